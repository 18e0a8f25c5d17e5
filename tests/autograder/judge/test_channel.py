"""Messages over a socket: whole ones only, nothing lost to an interrupt, and an end that is noticed."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from threading import Thread
from types import FrameType

import pytest

from autograder.judge import channel
from autograder.judge.channel import VARIABLE, Channel, ChannelError, GoneError


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    pair = socket.socketpair()
    with pair[0], pair[1]:
        yield pair


def framed(message: bytes) -> bytes:
    return struct.pack("!Q", len(message)) + message


@pytest.mark.parametrize("size", [0, 1, 65536, 3 << 20])
def test_message_arrives_whole(ends: tuple[socket.socket, socket.socket], size: int) -> None:
    message = os.urandom(size)
    sending = Thread(target=Channel(ends[0]).send, args=[message])
    sending.start()
    assert Channel(ends[1]).receive() == message
    sending.join()


def test_messages_that_come_in_pieces_or_together(ends: tuple[socket.socket, socket.socket]) -> None:
    stream = b"".join(framed(message) for message in (b"one", b"", b"two" * 50, b"three"))
    receiver = Channel(ends[1])

    def dribble() -> None:
        for place in range(len(stream)):
            ends[0].sendall(stream[place : place + 1])

    sending = Thread(target=dribble)
    sending.start()
    assert [receiver.receive() for _ in range(4)] == [b"one", b"", b"two" * 50, b"three"]
    sending.join()
    ends[0].sendall(stream)
    assert [receiver.receive() for _ in range(4)] == [b"one", b"", b"two" * 50, b"three"]


def test_announcing_too_much_ends_the_channel(ends: tuple[socket.socket, socket.socket]) -> None:
    receiver = Channel(ends[1])
    ends[0].sendall(struct.pack("!Q", channel.MAX_MESSAGE + 1) + b"anything")
    with pytest.raises(ChannelError, match="was announced") as caught:
        receiver.receive()
    assert not isinstance(caught.value, GoneError)
    with pytest.raises(ChannelError):
        receiver.receive()
    with pytest.raises(GoneError):
        receiver.send(b"hello?")


@pytest.mark.parametrize("last", [b"", b"\x00" * 7, framed(b"whole") + framed(b"half")[:-1]])
def test_end_of_the_other_side_is_noticed(ends: tuple[socket.socket, socket.socket], last: bytes) -> None:
    receiver = Channel(ends[1])
    ends[0].sendall(last)
    ends[0].close()
    if len(last) > 8:
        assert receiver.receive() == b"whole"
    with pytest.raises(GoneError):
        receiver.receive()


def test_nobody_to_send_to(ends: tuple[socket.socket, socket.socket]) -> None:
    sender = Channel(ends[0])
    ends[1].close()
    with pytest.raises(GoneError):
        sender.send(b"x" * (1 << 20))
    with pytest.raises(GoneError):
        sender.send(b"x")


def test_closing_while_the_other_side_sends(ends: tuple[socket.socket, socket.socket]) -> None:
    receiver = Channel(ends[1])
    closing = Thread(target=lambda: (time.sleep(0.05), receiver.close()))
    closing.start()
    with pytest.raises(GoneError):
        Channel(ends[0]).send(bytes(20 << 20))
    closing.join()


class Interrupted(BaseException):
    pass


@pytest.fixture
def _interrupts_raise() -> Iterator[None]:
    def interrupt(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_filename == channel.__file__:  # not where a test catches the one before
                raise Interrupted
            frame = frame.f_back

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_interrupts_raise")
def test_interrupts_while_receiving_lose_no_half_of_a_message(ends: tuple[socket.socket, socket.socket]) -> None:
    messages = [bytes([number % 256]) * (number * 37 % 3000) for number in range(1500)]
    received: list[bytes] = []
    interrupts = 0

    def send() -> None:
        sender = Channel(ends[0])
        for message in messages:
            sender.send(message)
        ends[0].shutdown(socket.SHUT_WR)

    sending, receiver = Thread(target=send), Channel(ends[1])
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
    sending.start()
    gone = False
    while not gone:
        try:
            while True:
                message = receiver.receive()
                received.append(message)
        except Interrupted:
            interrupts += 1
        except GoneError:
            gone = True
    signal.setitimer(signal.ITIMER_REAL, 0)
    sending.join()
    assert interrupts > 10
    assert set(received) <= set(messages)
    assert len(received) > len(messages) - interrupts


@pytest.mark.usefixtures("_interrupts_raise")
def test_interrupted_receive_goes_on_where_it_was(ends: tuple[socket.socket, socket.socket]) -> None:
    receiver = Channel(ends[1])
    whole = framed(b"a message")
    for place in range(len(whole)):
        ends[0].sendall(whole[place : place + 1])
        if place < len(whole) - 1:
            signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
            with pytest.raises(Interrupted):
                receiver.receive()
            signal.setitimer(signal.ITIMER_REAL, 0)
    assert receiver.receive() == b"a message"


@pytest.mark.usefixtures("_interrupts_raise")
def test_interrupted_send_ends_the_channel(ends: tuple[socket.socket, socket.socket]) -> None:
    sender = Channel(ends[0])
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    with pytest.raises(Interrupted):
        sender.send(bytes(20 << 20))
    signal.setitimer(signal.ITIMER_REAL, 0)
    with pytest.raises(GoneError):
        sender.send(b"x")


def test_channel_of_a_kernel(ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(os.dup(ends[0].fileno())))
    kernel = Channel.of_this_kernel()
    kernel.send(b"here")
    assert Channel(ends[1]).receive() == b"here"
    kernel.close()


@pytest.mark.parametrize("value", [None, "", "one", "99999"])
def test_kernel_without_a_channel(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ChannelError, match="no channel"):
        Channel.of_this_kernel()
