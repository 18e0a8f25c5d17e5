"""The small process beside each kernel. It starts the kernel, passes signals on, and ends it when nobody wants it.

A connection to the fork server is a kernel's lifetime: first a request with open files, then single bytes, each a
signal for the kernel. The answers are JSON lines: ``{"pid": 12}`` when the kernel runs or ``{"error": "..."}`` when it
cannot be started, and at the end ``{"exit": -9, "cause": "..."}``. When the connection closes, whatever the reason, the
kernel is killed; when the supervisor is killed, the operating system kills the kernel.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import struct
from contextlib import suppress
from typing import Any

from autograder.kernels import monitor, sandbox
from autograder.kernels.launch import become_kernel, end_with_parent
from autograder.kernels.limits import Limits
from autograder.kernels.request import Request, receive

POLL = 0.1  # seconds between looks at a sandboxed kernel's memory


def supervise(connection: socket.socket) -> int:
    """Serve one connection to its end. Runs in a fork of the server; returns its exit status."""
    try:
        request, files = receive(connection)
    except ConnectionError:
        return 1
    try:
        with connection:
            _serve(connection, request, files)
    finally:
        if request.sockets:
            shutil.rmtree(request.sockets, ignore_errors=True)
    return 0


def _serve(connection: socket.socket, request: Request, files: list[int]) -> None:
    if request.processors:
        os.sched_setaffinity(0, request.processors)  # this process too: it looks at all that the kernel starts
    reports, report = os.pipe()
    if request.limits is None:
        parent = os.pidfd_open(os.getpid())
        pid = os.fork()
        if pid == 0:
            os.setsid()
            end_with_parent(parent)
            become_kernel(request, files, report)
    else:
        pid = sandbox.fork(Limits(**request.limits), request, files, report)
    os.close(report)
    for file in files:
        os.close(file)
    with open(reports, "rb", buffering=0) as pipe:
        said = json.loads(_line(pipe) or '{"error": "the kernel ended before it was ready"}')
        _tell(connection, {"pid": pid, **said})
        watch = None
        if request.limits is not None:
            client = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
            watches = monitor.memory_watch(pid, request.limits["memory"]), monitor.client_watch(client)
            watch = lambda: next(filter(None, (look() for look in watches)), None)  # noqa: E731
        exit_code, cause = _attend(connection, pid, watch)
        rest = _line(pipe)  # the first process of a sandbox tells how the kernel in it ended
    if rest and cause is None:
        exit_code = json.loads(rest)["exit"]
    _tell(connection, {"exit": exit_code, "cause": cause})


def _line(pipe: Any) -> bytes:
    line = b""
    while not line.endswith(b"\n") and (byte := pipe.read(1)):
        line += byte
    return line


def _tell(connection: socket.socket, what: dict[str, Any]) -> None:
    with suppress(OSError):  # nobody is there any more who would want to know
        connection.sendall(json.dumps(what).encode() + b"\n")


def _attend(connection: socket.socket, pid: int, watch: Any) -> tuple[int, str | None]:
    """Pass signals on until the kernel ends; end it when the client is gone or it takes too much memory."""
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(connection, select.POLLIN)
    cause = None
    while True:
        ready = {file for file, _ in poll.poll(None if watch is None else 1000 * POLL)}
        if ended in ready:
            os.close(ended)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), cause
        if connection.fileno() in ready:
            numbers = _signals(connection)
            if not numbers:
                poll.unregister(connection)
            for number in numbers or [signal.SIGKILL]:
                _signal(pid, number, sandboxed=watch is not None)
        if cause is None and watch is not None and (cause := watch()):
            os.kill(pid, signal.SIGKILL)


def _signals(connection: socket.socket) -> bytes:
    try:
        return connection.recv(64)
    except OSError:
        return b""


def _signal(pid: int, number: int, *, sandboxed: bool) -> None:
    """Signal the kernel and what it started, as Jupyter does; a sandbox's first process does that for its kernel."""
    if sandboxed:
        os.kill(pid, number)
        return
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        os.kill(pid, number)
