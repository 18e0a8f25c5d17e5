"""One kernel that runs single cells of a submission within limits; what happens at a limit has a name (`OUTCOMES`).

A kernel is hostile: it may send anything, as much as it likes, or nothing. Each step ends in time all the same.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import signal
import threading
import time
from contextlib import suppress
from queue import Empty
from subprocess import DEVNULL
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, validate
from nbgrader.preprocessors import Execute
from zmq import EVENT_DISCONNECTED, EVENTS, POLLIN, ZMQError

from autograder.execution.outcomes import KERNEL_DIED, OUT_OF_MEMORY, TIMED_OUT, named_error
from autograder.execution.output import Output, Verdict, rename
from autograder.kernels import SANDBOXED, WARM, server
from autograder.kernels.limits import Limits
from autograder.notebooks.cells import is_ours

GRACE = 10  # seconds after its time until a cell is ended that cannot be interrupted
SIGNAL = 0.2  # seconds until a signal that was sent has come to something
DEAF = "it could not be interrupted"


class Kernel(Execute):  # type: ignore[misc]
    """A kernel that runs single cells within limits."""

    def __init__(
        self,
        nb: NotebookNode,
        folder: str,
        channel: int,
        allowed: Limits,
        *,
        sandbox: bool,
        processors: list[int] | None = None,
        config: Any,
    ) -> None:
        """Prepare a kernel.

        Args:
            nb: the notebook whose cells it runs; their outputs go there.
            folder: where it starts; a sandboxed one gets a copy.
            channel: its end of the channel to the other kernel, an open file.
            allowed: its limits.
            sandbox: whether it is confined.
            processors: the only ones that it may run on; none: all.
            config: as of nbgrader.
        """
        super().__init__(config=config)
        self.nb = nb
        self.resources = {"metadata": {"path": folder}}
        self.kernel_name = SANDBOXED if sandbox else WARM
        self.shutdown_kernel, self.record_timing = "immediate", False  # the same submission gives the same file
        self.timeout_func = lambda cell: allowed.own_time if is_ours(cell) else allowed.cell_time
        self.error_on_timeout = named_error(
            TIMED_OUT, f"stopped after {allowed.cell_time} s. Is there a loop that does not end?"
        )
        self._start: dict[str, Any] = {"limits": allowed} if sandbox else {"env": server.neutral(os.environ)}
        self._start["processors"] = processors or []
        self.language_info = NotebookNode()  # what a notebook's metadata say about it; known when it has started
        self._channel = channel
        self._allowed = allowed
        self._output = Output(allowed)
        self._line: Any = None  # tells when what shows its outputs is cut off

    async def start(self) -> None:
        """Start it; what it writes past Jupyter to the terminal goes nowhere."""
        self.create_kernel_manager()
        await self.async_start_new_kernel(stdout=DEVNULL, stderr=DEVNULL, channel=self._channel, **self._start)
        self.kc = self.km.client(context=self.km.context)  # which the provisioner has given bounds
        self._line = self.kc.iopub_channel.socket.get_monitor_socket(EVENT_DISCONNECTED)
        self.kc.start_channels(hb=False)  # a heartbeat's thread waits for ever if a kernel spoils its own sockets
        self.kc.allow_stdin = False  # which starting its channels has set; nobody is there to answer input()
        await self._be_ready()

    async def _be_ready(self) -> None:
        """Wait until it answers and is heard: what it shows before that is lost.

        jupyter_client's `wait_for_ready` goes on until nothing has come for 0.2 s. There is no need to: what belongs
        to no cell is passed over.
        """
        end = time.monotonic() + self.startup_timeout
        while time.monotonic() < end:
            reply = await self._reply(self.kc.kernel_info(), 1)
            if self.is_dead():
                raise RuntimeError("The kernel died before it was ready.")
            with suppress(Empty):
                await self.kc.iopub_channel.get_msg(timeout=0.2)
                if reply is not None:
                    self.language_info = NotebookNode(reply["language_info"])
                    return
        raise RuntimeError(f"The kernel was not ready after {self.startup_timeout} s.")

    async def stop(self) -> None:
        """End it."""
        if self._line is not None:
            self.kc.iopub_channel.socket.disable_monitor()
            self._line.close()
        if self.kc is not None:
            self.kc.stop_channels()  # before Jupyter does: it waits for what was not delivered
        if self.km is not None:
            if self.km.has_kernel:  # before Jupyter does: it looks ten times a second only whether it has ended
                self.km.provisioner.process.kill()
                await self.km.provisioner.wait()
            await self._async_cleanup_kernel()

    async def interrupt(self) -> None:
        """Interrupt what it is doing."""
        if not self.is_dead():
            self.km.provisioner.process.send_signal(signal.SIGINT)

    def is_dead(self) -> bool:
        """Tell whether it has ended."""
        return self.km.provisioner.process.poll() is not None

    async def ask(self, code: str, seconds: float | None, *, value: bool = False) -> dict[str, Any]:
        """Run code that is not the notebook's; what it shows is dropped.

        Args:
            code: a statement, or an expression whose value is wanted.
            seconds: how long it may take; None for as long as the caller waits.
            value: whether the value is wanted.

        Returns:
            What the kernel replied: ``status`` is ``"ok"`` or ``"error"``, or ``"silent"`` where there was no reply in
            time; ``value`` if wanted and there is one.
        """
        self._output.begin()
        wanted = {"user_expressions": {"it": code}} if value else {}
        try:
            request = self.kc.execute("" if value else code, silent=True, store_history=False, **wanted)
        except ZMQError:  # it does not even take a question
            self.km.provisioner.process.kill()
            return {"status": "silent"}
        dropping = asyncio.ensure_future(self._drop(request))
        try:
            reply = await self._reply(request, seconds)
            if reply is None:
                await self.interrupt()
                await self._reply(request, GRACE)
                return {"status": "silent"}
            if not (await asyncio.wait([dropping], timeout=GRACE / 2))[0]:  # its messages are lost or do not end
                self._end_for_output()
                await self.signalled()
        finally:
            dropping.cancel()
        if value and (found := reply.get("user_expressions", {}).get("it", {})).get("status") == "ok":
            reply["value"] = ast.literal_eval(found["data"]["text/plain"])
        return reply

    async def _reply(self, request: str, seconds: float | None) -> dict[str, Any] | None:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=0.2)
            except Empty:
                if self.is_dead():
                    return None
            except Exception:  # noqa: BLE001  (a kernel may send anything)
                self.km.provisioner.process.kill()
                return None
            else:
                if message["parent_header"].get("msg_id") == request:
                    return dict(message["content"])
        return None

    async def _drop(self, request: str) -> None:
        """Take what a kernel shows, until it is done, so that it does not pile up; stop it if that is too much."""
        while True:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=None)
                self._count(message)
                done = message["content"].get("execution_state") == "idle"
                if done and message["parent_header"].get("msg_id") == request:
                    return
            except (AttributeError, KeyError, TypeError, ValueError):  # no message of a kernel's; not wanted anyway
                continue

    def _count(self, message: dict[str, Any]) -> bool:
        """Tell whether a message is still within what may be shown; else stop what shows so much."""
        verdict = self._output.take(message)
        if verdict is Verdict.END:
            self.km.provisioner.process.kill()
        elif verdict is Verdict.INTERRUPT:
            self.km.provisioner.process.send_signal(signal.SIGINT)
        return verdict is Verdict.SHOW

    def flood(self, end: str = "it was stopped") -> list[NotebookNode]:
        """Give the error of a cell that has shown too much; nothing if it has not.

        Args:
            end: what came of it.
        """
        return [self._output.error(end)] if self.is_cut() or self._output.is_flood else []

    def is_cut(self) -> bool:
        """Tell whether ZeroMQ has cut the line at a vast message, and what came with it is lost."""
        return bool(self._line.get(EVENTS) & POLLIN) and not self.is_dead()

    async def run(self, cell: NotebookNode, index: int) -> None:
        """Run a cell of the notebook.

        Raises:
            KernelLostError: when the kernel cannot go on.
        """
        self._output.begin()
        late = threading.Event()
        seconds = self.timeout_func(cell)  # type: ignore[no-untyped-call]
        # A flood of messages can keep nbclient from looking at the clock
        watchdog = threading.Timer(seconds + GRACE, self._end_late_kernel, [late])
        watchdog.start()
        try:
            await self.async_execute_cell(cell, index)
            await self._settle()
            validate(cell, ref="code_cell", version=4, version_minor=5)
            json.dumps(cell.outputs, ensure_ascii=False).encode()  # half a character cannot be written to a file
        except Exception as error:  # noqa: BLE001  (a kernel may send anything: it is the submission's affair)
            if isinstance(error, CellTimeoutError) or late.is_set():
                [outcome] = self.flood(DEAF) or [named_error(TIMED_OUT, f"stopped after {seconds} s; {DEAF}.")]
            elif isinstance(error, DeadKernelError):
                outcome = self.why_dead()
            else:
                outcome = named_error(
                    KERNEL_DIED, f"this cell made the kernel send what none sends ({type(error).__name__})."
                )
            cell.update(outputs=[], execution_count=None)
            raise KernelLostError(index, outcome) from None
        finally:
            watchdog.cancel()
        cell.outputs += self.flood()

    async def signalled(self) -> None:
        """Wait until a signal that was sent for too much output has met this cell, not the next."""
        await asyncio.sleep(SIGNAL)  # between cells a kernel ignores interrupts
        end = time.monotonic() + GRACE
        while self._output.is_spent and not self.is_dead() and time.monotonic() < end:
            await asyncio.sleep(SIGNAL)

    async def _async_check_alive(self) -> None:
        if self.kc is None:  # nbclient still watches a cell that was given up when its kernel has been ended
            raise DeadKernelError("it was ended")
        await super()._async_check_alive()

    async def _settle(self) -> None:
        """See that what a cell has set going meets this cell and not the next."""
        if self.is_cut():
            self._end_for_output()
        elif not self._output.is_flood:
            return
        await self.signalled()
        if self.is_dead():
            raise DeadKernelError("ended for its output")

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take in what the kernel says about a cell, as far as it may say so much.

        Not what widgets say: nbclient answers them, and no test needs them.
        """
        if str(msg["msg_type"]).startswith("comm"):
            return None
        if msg["msg_type"] == "error":
            rename(msg["content"])
        if self._count(msg) or msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        return None

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Add an error that came with the reply only, cut short like all that a cell may say."""
        content = kwargs["execute_reply"]["content"]
        if "header" in kwargs["execute_reply"]:  # from the kernel, not from nbclient when the time was over
            rename(content)
        self._output.tidy(content)
        super().on_cell_executed(**kwargs)

    def _end_for_output(self) -> None:
        self._output.spend()
        self.km.provisioner.process.kill()

    def _end_late_kernel(self, late: threading.Event) -> None:
        late.set()
        self.km.provisioner.process.kill()

    def why_dead(self) -> NotebookNode:
        """Name what ended it, as the error of the cell that it ran."""
        cause = getattr(self.km.provisioner.process, "cause", None)
        if self._output.is_spent or cause == "output":
            return self._output.error(DEAF)
        if cause == "memory":
            memory = self._allowed.memory.human_readable(separator=" ")
            return named_error(OUT_OF_MEMORY, f"stopped: it used more than {memory} of memory.")
        return named_error(KERNEL_DIED, "this cell ended the whole Python process (exit, crash or out of memory).")


class KernelLostError(Exception):
    """A kernel cannot go on after a cell."""

    def __init__(self, index: int, error: NotebookNode, *, of_judge: bool = False) -> None:
        super().__init__(index)
        self.index, self.error, self.of_judge = index, error, of_judge
