"""The embedded sets: drawn and written by this package (digits: from scikit-learn), the same on every computer.

Each module has `make`, which returns arrays by name from a seed.
"""
