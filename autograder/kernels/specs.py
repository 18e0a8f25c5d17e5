"""Makes the kernelspecs known to this environment: python -m autograder.kernels.specs (part of `make`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ipykernel.kernelspec import get_kernel_dict, write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager

from autograder.kernels import SANDBOXED, WARM

SPECS = {
    WARM: ("Deep learning (ready at once)", "warm-provisioner"),
    SANDBOXED: ("Deep learning (sandboxed, for grading)", "sandbox-provisioner"),
}


def install(prefix: Path) -> list[Path]:
    """Write the kernelspecs, replacing older ones, and return their folders."""
    found = []
    for name, (title, provisioner) in SPECS.items():
        with tempfile.TemporaryDirectory() as scratch:
            metadata = {**get_kernel_dict()["metadata"], "kernel_provisioner": {"provisioner_name": provisioner}}
            overrides = {"display_name": title, "metadata": metadata}
            written = write_kernel_spec(Path(scratch) / name, overrides=overrides)
            found.append(Path(KernelSpecManager().install_kernel_spec(written, name, prefix=str(prefix))))
    return found


def ensure() -> None:
    """Write the kernelspecs if this environment does not have them, as when it was made without `make`."""
    folder = Path(sys.prefix, "share", "jupyter", "kernels")
    if not all((folder / name / "kernel.json").exists() for name in SPECS):
        install(Path(sys.prefix))


if __name__ == "__main__":
    for folder in install(Path(sys.prefix)):
        print(folder)
