"""A notebook's cells run in one process, tests apart from answers as in grading: quick enough for hundreds of answers.

Nothing is confined here. It is for answers of the course's own, right ones and wrong ones.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import socket
from threading import Thread
from typing import Any, Self

import numpy as np

from autograder.judge.agent import Agent
from autograder.judge.channel import Channel
from autograder.judge.standins import Judge, NotSent
from autograder.notebooks import names


class Together:
    """Runs a notebook's cells in one namespace, as JupyterLab does."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, source: str, *, locked: bool = False) -> str | None:
        """Run a cell that is no test.

        Args:
            source: the cell's text.
            locked: whether students cannot change it.

        Returns:
            Its error, if there is one.
        """
        del locked
        return _run(source, self.namespace)

    def test(self, source: str, points: float | None = None) -> str | None:
        """Run a test.

        Args:
            source: the cell's text.
            points: what it is worth, where it may end in a number of points.

        Returns:
            What it says against the answer; None when it passes.
        """
        return _run(source, self.namespace, points)


class Judged(Together):
    """Runs tests in a namespace of their own, joined to the other as two kernels are."""

    def __init__(self) -> None:
        super().__init__()
        self.judges: dict[str, Any] = {"__name__": "__main__"}
        self.locked = set[str]()
        self._join()

    def _join(self) -> None:
        self.sockets = socket.socketpair()
        channels = [Channel(end) for end in self.sockets]
        self.agent, self.judge = Agent(self.namespace, channels[0]), Judge(self.judges, channels[1])

    def __exit__(self, *_: object) -> None:
        for end in self.sockets:
            end.close()

    def run(self, source: str, *, locked: bool = False) -> str | None:
        """Run a cell that is no test, a locked one on both sides."""
        failure = super().run(source)
        if locked:
            failure = failure or self.test(source)
            self.locked |= names.defined(source)
        return failure

    def test(self, source: str, points: float | None = None) -> str | None:
        """Run a test where the answers are not."""
        serving = Thread(target=self.agent.serve, daemon=True)
        serving.start()
        try:
            self.judge.begin(names.read(source), locked=self.locked, bound=names.defined(source))
            return _run(source, self.judges, points)
        except NotSent as error:
            return f"{type(error).__name__}: {error}"
        finally:
            assert self.judge.end() == [], "an honest notebook is flagged"
            serving.join()

    def kept(self) -> tuple[dict[str, Any], dict[str, Any], set[str]]:
        """Return what `restored` takes: all names, on both sides, but for what a judge asks for anew."""
        asked = self.judge.asked_for
        return dict(self.namespace), {k: v for k, v in self.judges.items() if k not in asked}, set(self.locked)

    def restore(self, kept: tuple[dict[str, Any], dict[str, Any], set[str]]) -> None:
        """Give all names what they stood for, in the same dictionaries, since functions look there; join anew."""
        for now, before in zip((self.namespace, self.judges), kept[:2], strict=True):
            now.clear()
            now.update(before)
        self.locked = set(kept[2])
        self.__exit__()
        self._join()


def _run(source: str, namespace: dict[str, Any], points: float | None = None) -> str | None:
    with contextlib.redirect_stdout(_Nowhere()):
        try:
            tree = ast.parse(source, "<cell>")
            last = tree.body[-1] if tree.body else None
            if isinstance(last, ast.Expr):
                tree.body.pop()
            exec(compile(tree, "<cell>", "exec"), namespace)  # noqa: S102
            if isinstance(last, ast.Expr):
                credit = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)  # noqa: S307
                return _too_few(credit, points)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever it is, it is told)
            return f"{type(error).__name__}: {error}"
    return None


def _too_few(credit: Any, points: float | None) -> str | None:
    """Say how many points a test gives that ends in a number (see `autograder.execution.scoring`)."""
    credit = bool(credit) if isinstance(credit, np.bool_) else credit
    if points is None or credit is True or not isinstance(credit, int | float | np.integer | np.floating):
        return None
    given = float(credit) if 0 <= credit < math.inf else 0.0
    return None if given >= points else f"gives {given:g} of {points:g} points"


class _Nowhere(io.StringIO):
    """Takes whatever is printed, and keeps nothing: an endless loop may print."""

    def write(self, text: str) -> int:
        return len(text)
