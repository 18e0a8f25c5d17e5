"""Kernels that were forked: ipykernel's, but for when clients hear of them and where a sandbox's sockets come from."""

from __future__ import annotations

import os
from typing import Any

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp
from traitlets import Integer, List


class WarmKernelApp(IPKernelApp):  # type: ignore[misc]
    """A kernel that says when it listens: a client that connects sooner tries again only a tenth of a second later."""

    report = Integer()  # the pipe to say so

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write what clients need to know, which comes after the sockets, and say that they can come."""
        super().write_connection_file(**kwargs)
        os.write(self.report, b"{}\n")
        os.close(self.report)


class SandboxedKernelApp(IPKernelApp):  # type: ignore[misc]
    """A kernel whose sockets were opened outside; they come as file descriptors, in the order of `CHANNELS`."""

    channels = List()

    def init_shell(self) -> None:
        """Make the shell; what its ``!lines`` run has no terminal, for there is none in a sandbox."""
        super().init_shell()
        self.shell.system = self.shell.system_raw

    def _try_bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.channels[port - 1])
        return super()._try_bind_socket(s, port)  # type: ignore[no-any-return]

    def _apply_curve_client_options(self, socket: Any) -> None:
        socket.reconnect_ivl = -1  # the debugger's socket: what it would connect to is outside

    def init_heartbeat(self) -> None:
        """Start the heartbeat, on a socket that is there already."""
        channel = self.channels[self.hb_port - 1]

        class Beat(Heartbeat):  # type: ignore[misc]
            def _try_bind_socket(self) -> None:
                self.socket.setsockopt(zmq.USE_FD, channel)
                super()._try_bind_socket()

        self.heartbeat = Beat(zmq.Context(), (self.transport, self.ip, self.hb_port))
        self.heartbeat.start()
