"""Where submissions run: Dask's workers, by default processes of this machine, else a cluster by its address.

Each job goes out with all that it needs and comes back with all that it gave; a worker that dies has its job done by
another. No more jobs are out than there are workers, so memory stays flat, and a death is blamed on the job that was
run and not on those that waited behind it.
"""

from __future__ import annotations

import os
import queue
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from autograder.errors import AutograderError, ExecutorError

if TYPE_CHECKING:
    from distributed import Client, Future

J = TypeVar("J")
R = TypeVar("R")
DEATHS = 3  # of workers, after which a job is given up
TICK = 0.5  # seconds
_place = ContextVar("place", default=(0, 1))  # of this worker among those of its machine: its number, and how many
PATIENCE = 30  # seconds until a scheduler has answered
LOCAL = {
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.worker.daemon": False,  # a worker starts kernels
    "distributed.deploy.lost-worker-timeout": "1 hour",  # one that starts again slowly is not given up
    "distributed.worker.profile.enabled": False,  # looks at the stack a hundred times a second
    "distributed.admin.tick.interval": "500 ms",  # how often each process looks whether it is stuck; else fifty times
    "distributed.admin.low-level-log-length": 10,  # of what was sent last, jobs and all, each process keeps so many
    "distributed.admin.large-graph-warning-threshold": "1 GiB",  # a job carries all files of a submission, as it should
    "distributed.admin.log-format": "%(message)s",
    "logging.distributed": "critical",
}


@dataclass(frozen=True)
class Ended(Generic[J, R]):
    """A job that came to an end."""

    job: J
    result: R | None
    problem: str = ""  # why there is no result


@dataclass(frozen=True)
class State:
    """How things stand."""

    workers: int
    running: int
    dashboard: str = ""  # its address, where there is one


@contextmanager
def connect(scheduler: str | None = None, workers: int | None = None) -> Iterator[Client]:
    """Have workers for as long as a context lasts.

    Args:
        scheduler: the address of a cluster. None: the one that Dask is configured for (DASK_SCHEDULER_ADDRESS), or else
            processes of this machine.
        workers: how many processes; by default as many as cores and memory allow.

    Raises:
        ExecutorError: the scheduler does not answer, or its workers have several threads.
    """
    import dask
    from distributed import Client
    from distributed.security import Security

    with ExitStack() as stack:
        stack.enter_context(dask.config.set(LOCAL))
        address = elsewhere(scheduler)
        try:
            there = address or stack.enter_context(local(workers, security=Security.temporary()))
            client = stack.enter_context(Client(there, timeout=PATIENCE))
        except (OSError, ValueError) as error:
            raise ExecutorError(
                f"The scheduler {address or 'of this machine'} does not answer: {error}. Is `dask scheduler` running "
                "there, is the address right (tcp://host:8786), and can it be reached from here?"
            ) from error
        _refuse_threads(client)
        yield client


def elsewhere(scheduler: str | None = None) -> str | None:
    """Tell the address of the scheduler to use; None for processes of this machine."""
    import dask

    return scheduler or dask.config.get("scheduler-address", None)


def local(workers: int | None = None, security: Any = None) -> Any:
    """Start workers on this machine; Dask's `LocalCluster`, to be closed.

    Args:
        workers: how many processes; by default as many as cores and memory allow.
        security: keys that everybody needs who talks to them; without, other users of this machine could have the
            workers run what they like.
    """
    import logging

    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers or room(),
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,  # what needs memory are the kernels, and those have limits
        preload=["autograder.grading.worker"],
        security=security,
        env={**os.environ, "DASK_LOGGING__DISTRIBUTED": "critical"},
        silence_logs=logging.CRITICAL,
    )


def room(kernels: int = 3 << 30) -> int:
    """Tell how many submissions this machine can run at a time.

    Args:
        kernels: memory that one takes, in bytes.
    """
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT  # both know what a container, or a batch system, leaves of the machine

    return int(max(1, min(CPU_COUNT, MEMORY_LIMIT // kernels)))


def _refuse_threads(client: Client) -> None:
    if any(number > 1 for number in client.nthreads().values()):
        raise ExecutorError(
            "A worker of that cluster runs several jobs at a time in one process, which nbgrader cannot. "
            "Start them so: dask worker ADDRESS --nthreads 1 --nworkers NUMBER"
        )


def run(
    client: Client, function: Callable[[J], R], jobs: Iterator[J], watch: Callable[[State], None] = lambda state: None
) -> Generator[Ended[J, R] | None, None, None]:
    """Do jobs on the workers.

    Args:
        client: as from `connect`.
        function: what to do with each; one that workers can import.
        jobs: taken one by one, when there is a worker for the next.
        watch: called when something has changed.

    Yields:
        What each came to, as they end; None now and then when nothing has.

    Raises:
        AutograderError: that the function raised: it concerns all jobs.
        ExecutorError: when the scheduler is lost.
    """
    out: dict[Future[Any], J] = {}
    ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
    dashboard = client.dashboard_link if client.scheduler_info().get("services", {}).get("dashboard") else ""
    left, one = True, None
    try:
        while left or out:
            workers = client.nthreads()
            while left and len(out) < max(1, len(workers)):
                if left := (job := next(jobs, None)) is not None:
                    future = _submit(client, function, job, places(workers))
                    out[future] = job
                    future.add_done_callback(ended.put)
            watch(State(len(workers), len(out), dashboard))
            yield one  # while the workers have their next jobs
            one = None
            with suppress(queue.Empty):
                future = ended.get(timeout=TICK)
                one = _ended(out.pop(future), future)
                future.release()
                watch(State(len(workers), len(out), dashboard))
        yield one
    finally:
        client.cancel(list(out), force=True)


def places(workers: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Count the workers of each machine.

    Args:
        workers: their addresses, such as ``tcp://10.0.0.7:4321``.

    Returns:
        For each address the worker's number on its machine, from 0, and how many workers there are.
    """
    machines = defaultdict(list)
    for address in sorted(workers):
        machines[urlsplit(address).hostname].append(address)
    return {a: (number, len(there)) for there in machines.values() for number, a in enumerate(there)}


def processors() -> list[int]:
    """Tell this worker's share of its machine's processors; where it is the only one, all that it may use.

    A submission's kernels stay on their worker's share: a hundred busy processes of one take no time from another's.
    """
    if not hasattr(os, "sched_getaffinity"):
        return []
    usable, (number, workers) = sorted(os.sched_getaffinity(0)), _place.get()
    return usable[number::workers] or [usable[number % len(usable)]]


def _submit(client: Client, function: Callable[[Any], Any], job: Any, there: dict[str, tuple[int, int]]) -> Future[Any]:
    from distributed.protocol.pickle import dumps

    # As bytes: Dask would look into the job for values to compute first. The key tells no name: dashboards show it
    return client.submit(_call, dumps((function, job, there)), key=f"grade-{uuid4().hex}", pure=False)


def _call(packed: bytes) -> Any:
    from distributed import get_worker
    from distributed.protocol.pickle import loads

    function, job, there = loads(packed)
    _place.set(there.get(get_worker().address, (0, 1)))  # one that joined meanwhile uses all for its first job
    return function(job)


def _ended(job: J, future: Future[Any]) -> Ended[J, Any]:
    from distributed import CancelledError, KilledWorker

    try:
        return Ended(job, future.result())
    except AutograderError:
        raise
    except KilledWorker as error:
        number = "three" if error.allowed_failures + 1 == DEATHS else error.allowed_failures + 1
        return Ended(job, None, f"It brought {number} workers down, one after the other.")
    except CancelledError as error:
        raise ExecutorError(f"The scheduler was lost ({error}). What was finished is kept; run it again.") from None
    except Exception as error:  # noqa: BLE001  (one job's trouble is not the others')
        return Ended(job, None, f"{type(error).__name__}: {error}")
