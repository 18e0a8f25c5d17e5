"""Formulas as MathML, which browsers show without a script and without a network.

latex2mathml reads them. What it makes is not trusted: only known elements and attributes are kept, and their text is
escaped by whoever writes the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

Token = dict[str, Any]  # of html5lib's

LONGEST = 2_000  # characters of one formula
DEEPEST = 60
NAMESPACE = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = re.compile(
    "math|mrow|mi|mo|mn|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|mmultiscripts"
    "|mprescripts|mtable|mtr|mtd|mstyle|mpadded|mphantom|menclose|merror|none"
)
ATTRIBUTES = re.compile(
    "display|displaystyle|scriptlevel|mathvariant|mathsize|stretchy|fence|separator|form|accent|accentunder"
    "|movablelimits|largeop|symmetric|[lr]space|minsize|maxsize|linethickness|width|height|depth|voffset"
    "|columnalign|(?:row|column)(?:spacing|lines)|notation"
)
VALUE = re.compile(r"[\w .%+-]{0,60}")
DEFINES = re.compile(r"\\(?:def|let|newcommand|renewcommand|providecommand|gdef|edef|xdef|DeclareMathOperator)\b")


@lru_cache(maxsize=1000)
def tokens(formula: str, *, block: bool) -> tuple[Token, ...] | None:
    """Read a formula in LaTeX.

    Args:
        formula: without the dollars around it.
        block: on a line of its own.

    Returns:
        Its MathML as tokens of html5lib's; None where it cannot be read, is absurdly long or defines commands.
    """
    from latex2mathml.converter import convert_to_element

    if len(formula) > LONGEST or DEFINES.search(formula) or not formula.strip():
        return None
    try:
        root = convert_to_element(formula.strip(), display="block" if block else "inline")
        return tuple(_walk(root, 0))
    except Exception:  # noqa: BLE001  (students write anything, and the library has a dozen errors for it)
        return None


def _walk(element: Element, depth: int) -> Iterator[Token]:
    if depth > DEEPEST:
        raise RecursionError
    known = ELEMENTS.fullmatch(element.tag) is not None
    if known:
        kept = {
            (None, name): value
            for name, value in element.attrib.items()
            if ATTRIBUTES.fullmatch(name) and VALUE.fullmatch(value)
        }
        yield {"type": "StartTag", "name": element.tag, "namespace": NAMESPACE, "data": kept}
    if element.text:
        yield {"type": "Characters", "data": unescape(element.text)}
    for child in element:
        yield from _walk(child, depth + 1)
        if child.tail:
            yield {"type": "Characters", "data": unescape(child.tail)}
    if known:
        yield {"type": "EndTag", "name": element.tag, "namespace": NAMESPACE, "data": {}}
