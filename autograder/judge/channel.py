"""Messages over the pair of sockets between a student's kernel and its judge."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections import deque

VARIABLE = "AUTOGRADER_CHANNEL"
"""The environment variable by which a kernel finds its end: the number of an open file."""

MAX_MESSAGE = 160 << 20  # bytes
_HEAD = struct.Struct("!Q")


class ChannelError(Exception):
    """What the other side sends is no message."""


class GoneError(ChannelError):
    """The other side is gone."""


class Channel:
    """One end of the pair. Interrupting `receive` loses nothing; an interrupted `send` closes the channel."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over a connected socket."""
        self._socket = connection
        self._unread = bytearray()

    @classmethod
    def of_this_kernel(cls) -> Channel:
        """Open the channel that this kernel was started with.

        Raises:
            ChannelError: when there is none.
        """
        try:
            return cls(socket.socket(fileno=int(os.environ[VARIABLE])))
        except (KeyError, ValueError, OSError):
            raise ChannelError("this kernel has no channel to another one") from None

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def send(self, message: bytes) -> None:
        """Send a message.

        Raises:
            GoneError: when nobody is there to receive it.
        """
        try:
            self._socket.sendall(_HEAD.pack(len(message)) + message)
        except OSError:
            self.close()
            raise GoneError("the other kernel is gone") from None
        except BaseException:
            self.close()  # half a message: what followed it could not be told from its rest
            raise

    def receive(self) -> bytes:
        """Wait for a message.

        Raises:
            GoneError: when the other side is gone.
            ChannelError: when it announces more than `MAX_MESSAGE` bytes.
        """
        self._fill(_HEAD.size)
        size = _HEAD.unpack_from(self._unread)[0]
        if size > MAX_MESSAGE:
            self.close()
            raise ChannelError(f"a message of {size} bytes was announced; {MAX_MESSAGE} are allowed")
        self._fill(_HEAD.size + size)
        message = bytes(memoryview(self._unread)[_HEAD.size : _HEAD.size + size])
        del self._unread[: _HEAD.size + size]
        return message

    def _fill(self, size: int) -> None:
        while len(self._unread) < size:
            before = len(self._unread)
            # Received and kept by one call: an interrupt between the two would lose what was received
            step = map(self._unread.extend, map(self._socket.recv, [min(1 << 20, size - before)]))
            with contextlib.suppress(OSError):
                deque(step, maxlen=0)
            if len(self._unread) == before:
                self.close()
                raise GoneError("the other kernel is gone")
