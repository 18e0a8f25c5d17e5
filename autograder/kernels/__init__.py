"""Jupyter kernels that are ready at once, and kernels that cannot hurt anyone.

`server`       one process per environment has imported TensorFlow and forks; each fork becomes a kernel
`supervisor`   the small process beside each kernel: starts it, passes signals on, watches it, cleans up after it
`sandbox`      what a kernel for untrusted notebooks gives up before it runs a line of them
`provisioner`  how Jupyter asks for such kernels (entry points in pyproject.toml)
`specs`        the kernelspecs by which any Jupyter tool can name them
"""

WARM = "deep-learning"
SANDBOXED = "deep-learning-sandboxed"
INLINE = "module://matplotlib_inline.backend_inline"  # figures appear below the cell
