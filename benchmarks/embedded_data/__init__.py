"""Measures whether the embedded sets show what the lessons teach; see `__main__`."""
