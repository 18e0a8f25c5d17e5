"""A request for a kernel: what a client asks for, how it travels, and what a sandboxed kernel is given."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.kernels import INLINE
from autograder.kernels.limits import Limits
from autograder.kernels.rootfs import SCRATCH

MAX_REQUEST = 4 << 20  # bytes; the environment's variables are most of it


@dataclass(frozen=True)
class Request:
    """What a client wants to be started.

    Attributes:
        arguments: of the ordinary kernel's command line, after ``python -m ipykernel_launcher``.
        variables: all environment variables of the kernel.
        cwd: the folder it starts in; a sandboxed one gets a copy of its files.
        limits: None for a kernel that is trusted, else the sandbox's limits (`autograder.kernels.limits.Limits`).
        connection: for a sandboxed kernel, the content of its connection file.
        sockets: for a sandboxed kernel, the folder of its sockets; removed at the end.
        processors: numbers of those that it may run on; none: all.
        has_channel: whether the last of the open files is a channel to another kernel (`autograder.judge.channel`).
    """

    arguments: list[str]
    variables: dict[str, str]
    cwd: str
    limits: dict[str, Any] | None = None
    connection: dict[str, Any] | None = None
    sockets: str | None = None
    processors: list[int] = field(default_factory=list)
    has_channel: bool = False


def send(connection: socket.socket, request: dict[str, Any], files: list[int]) -> None:
    """Send a request and open files, as `receive` reads them."""
    text = json.dumps(request).encode()
    socket.send_fds(connection, [struct.pack("!I", len(text))], files)
    connection.sendall(text)


def receive(connection: socket.socket) -> tuple[Request, list[int]]:
    """Read a request and its open files.

    Raises:
        ConnectionError: when the client went away, or sent what is no request.
    """
    head, files, _, _ = socket.recv_fds(connection, 4, 16)
    if len(head) < 4 or (length := struct.unpack("!I", head)[0]) > MAX_REQUEST:
        raise ConnectionError("not a request for a kernel")
    text = bytearray()
    while len(text) < length:
        part = connection.recv(length - len(text))
        if not part:
            raise ConnectionError("the client went away")
        text += part
    return Request(**json.loads(text)), list(files)


CHANNELS = ("shell", "iopub", "stdin", "hb", "control")


def variables(limits: Limits) -> dict[str, str]:
    """Give the environment variables of a sandboxed kernel: of the grader's own, only what nbgrader tells tests."""
    told = {name: os.environ[name] for name in ("NBGRADER_EXECUTION",) if name in os.environ}
    return told | {
        "HOME": str(SCRATCH),
        "PATH": f"{Path(sys.prefix, 'bin')}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TMPDIR": str(SCRATCH),
        "MPLBACKEND": INLINE,
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": str(limits.threads),
        "PIP_RETRIES": "0",  # there is no network: the cell that brings the course to Colab would wait 7 s for it
    }


def listen(path: str) -> list[int]:
    """Open the listening sockets of a kernel's channels: ``path-1`` is the shell's, and so on as in `CHANNELS`."""
    opened = []
    for number in range(1, len(CHANNELS) + 1):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{path}-{number}")
        listener.listen(64)
        opened.append(listener.detach())
    return opened
