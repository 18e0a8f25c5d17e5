"""Predict, then run: a choice that is made before an experiment and shown again beside its result.

In a notebook, before and after the cells of an experiment::

    predictions.ask("race", ["the dense net", "about equal", "the convnet"])
    ...
    predictions.recall("race")

Where widgets live (JupyterLab) a choice is one click; elsewhere it is a letter: ``ask("race", [...], mine="b")``. It
gives no points. What was chosen, and when, is kept in ``predictions.json`` beside the notebook, and what `recall` shows
is saved with the notebook.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from html import escape
from pathlib import Path
from string import ascii_lowercase
from typing import Any

FILE = "predictions.json"
MADE = "application/vnd.course.prediction+json"  # in the output of `recall`: which one, and whether it was made
HOW = 'Click on what you expect. No buttons here? Put its letter into the call: mine="a".'

_made: dict[str, dict[str, str]] = {}
_asked: set[str] = set()


def ask(name: str, options: Sequence[str], mine: str | None = None) -> None:
    """Show the options; keep the one that is clicked, or whose letter is given.

    Args:
        name: of the prediction, another one for each in a notebook.
        options: two to six things that one may expect, in words.
        mine: the letter of an option, ``"a"`` for the first, where there are no buttons to click.

    Raises:
        ValueError: when there are not two to six options, or `mine` is none of their letters.
    """
    if not 2 <= len(options) <= 6:
        raise ValueError(f"the prediction {name!r} has {len(options)} options, but should have two to six")
    letters = ascii_lowercase[: len(options)]
    _asked.add(name)
    if mine is not None:
        if mine not in letters or len(mine) != 1:
            raise ValueError(f"mine={mine!r} is no option of {name!r}. Choose one of the letters {', '.join(letters)}.")
        _keep(name, options[letters.index(mine)])
    _display(_panel(name, options), options)


def recall(name: str) -> None:
    """Show what was chosen, beside the result.

    Args:
        name: of the prediction.

    Raises:
        ValueError: when nothing of this name was asked for.
    """
    made = _load().get(name)
    if made is None and name not in _asked:
        raise ValueError(
            f"no prediction {name!r} was asked for. Run the cell with predictions.ask({name!r}, ...) first."
        )
    if made is None:
        text, html = "You made no prediction here. A guess costs nothing, and whoever guesses first learns more.", None
    else:
        text = f"You expected: {made['choice']}"
        html = f"You expected: <strong>{escape(made['choice'])}</strong>"
    _publish(text, html or escape(text), {MADE: {"name": name, "made": made is not None}})


def _panel(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Give live buttons as an output, or nothing where there are no widgets."""
    try:
        from ipywidgets import HTML, Layout, RadioButtons, VBox
    except ImportError:
        return {}
    chosen = _load().get(name, {}).get("choice")
    layout = Layout(width="max-content")
    buttons = RadioButtons(options=list(options), value=chosen if chosen in options else None, layout=layout)
    said = HTML(_said(chosen))

    def keep(change: dict[str, Any]) -> None:
        _keep(name, change["new"])
        said.value = _said(change["new"])

    buttons.observe(keep, "value")
    panel: dict[str, Any] = VBox([buttons, said])._repr_mimebundle_()
    return panel


def _said(choice: str | None) -> str:
    return f"Kept: {escape(choice)}" if choice else "Click on what you expect, then go on."


def _display(panel: dict[str, Any], options: Sequence[str]) -> None:
    lines = [f"{letter}) {option}" for letter, option in zip(ascii_lowercase, options, strict=False)]
    panel.pop("text/plain", None)
    # no <ol type="a">: pages' own styles make numbers of its letters
    html = f"<p>{'<br>'.join(escape(line) for line in lines)}</p><p>{escape(HOW)}</p>"
    _publish("\n".join([*lines, HOW]), html, panel)


def _publish(text: str, html: str, others: dict[str, Any]) -> None:
    from IPython.display import display

    display({**others, "text/html": html, "text/plain": text}, raw=True)


def _load() -> dict[str, dict[str, str]]:
    """Give all predictions made in this folder: kept by this kernel, or by one before it."""
    with suppress(OSError, ValueError):
        stored = json.loads(Path(FILE).read_text(encoding="utf-8"))
        if isinstance(stored, dict):
            return {**{k: v for k, v in stored.items() if isinstance(v, dict) and "choice" in v}, **_made}
    return dict(_made)


def _keep(name: str, choice: str) -> None:
    _made[name] = {"choice": choice, "when": datetime.now().astimezone().isoformat(timespec="seconds")}
    with suppress(OSError):  # a folder that cannot be written to: kept until the kernel ends
        Path(FILE).write_text(json.dumps(_load(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
