"""The kernel inside a sandbox: ipykernel's, but for where its sockets come from."""

from __future__ import annotations

from typing import Any

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp
from traitlets import List


class SandboxedKernelApp(IPKernelApp):  # type: ignore[misc]
    """A kernel whose sockets were opened outside; they come as file descriptors, in the order of `CHANNELS`."""

    channels = List()

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
