"""Jupyter kernels that are ready at once, and kernels that cannot hurt anyone.

`provisioner`  how Jupyter asks for such kernels (entry points in pyproject.toml)
`server`       one process per environment has imported TensorFlow and forks; each fork becomes a kernel
`warmup`       what the server does once so that no kernel has to
`supervisor`   the small process beside each kernel: starts it, passes signals on, watches it, cleans up after it
`monitor`      what it looks at ten times a second: memory of the sandbox's processes, and of the client
`sandbox`      what a kernel for untrusted notebooks gives up before it runs a line of them
`rootfs`       the files that such a kernel sees
`launch`       how a fork becomes an IPython kernel; `kernelapp` is what it becomes
`request`      what a client asks for, and how that travels
`filters`      system calls and Landlock's rules; `syscalls`: calls that Python has no functions for
`limits`       what a submission may use
`layers`       is the sandbox tight here? Each layer is tried
`specs`        the kernelspecs by which any Jupyter tool can name them
"""

WARM = "deep-learning"
SANDBOXED = "deep-learning-sandboxed"
INLINE = "module://matplotlib_inline.backend_inline"  # figures appear below the cell
