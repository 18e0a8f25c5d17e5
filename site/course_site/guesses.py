"""Predictions on the site: buttons for what one expects; the browser keeps the choice and shows it by the result."""

from __future__ import annotations

import re
from html import escape

CALL = re.compile(r"""predictions\.(?P<what>ask|recall)\(\s*["'](?P<name>[^"']+)["']""")
OPTION = re.compile(r"(?m)^[a-f]\) (.+)$")


def made_live(source: str, shown: dict[str, str], notebook: str) -> dict[str, str]:
    """Return the output of a cell that asks for a prediction or recalls one, as the site shows it.

    Args:
        source: of the cell.
        shown: the output, by type; anything else than a prediction is returned as it is.
        notebook: its name: predictions have names of their own within it.
    """
    calls = {found["what"]: f"{notebook}/{found['name']}" for found in CALL.finditer(source)}
    text = shown.get("text/plain", "")
    options = OPTION.findall(text)
    if "ask" in calls and options and "predictions.ask" not in text:
        return {"text/html": _question(calls["ask"], options)}
    if "recall" in calls and text.startswith(("You made no prediction", "You expected")):
        return {"text/html": f'<p class="expected" data-guess="{escape(calls["recall"])}">You made no guess yet.</p>'}
    return shown


def _question(name: str, options: list[str]) -> str:
    buttons = "".join(
        f'<label><input type="radio" name="{escape(name)}" value="{escape(option)}"> {escape(option)}</label>'
        for option in options
    )
    return f'<fieldset class="guess" data-guess="{escape(name)}"><legend>I expect</legend>{buttons}</fieldset>'
