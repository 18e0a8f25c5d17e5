"""Pictures as inline SVG, drawn here and not by matplotlib: they follow the page's width, font and colours.

Positions across are in percent and sizes down in pixels, so a picture shrinks to a phone while its letters stay. All
colours come from the page's style by class, so that a picture is right in light and dark and no ``style`` attribute has
to be allowed. Every picture has a title and a description; the page puts the numbers beside it in a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from autograder.results.report.measures import HAPPENED, Exercise, Seconds

Place = tuple[float, float]  # percent across, pixels down
ROW = 50  # height of a named row, in pixels
_ids = count(1)


def histogram(counts: Sequence[int], mean: float | None, description: str) -> Markup:
    """Draw how many students have how many points.

    Args:
        counts: students per equal part of the points.
        mean: mean share of the points; drawn as a line.
        description: what the picture says, in words.
    """
    height, base = 230, 190
    svg = _svg("How many students have how many points", description, height)
    wide, top = 100 / len(counts), max(counts) or 1
    for k, number in enumerate(counts):
        tall = 150 * number / top
        bar = _rect(svg, (k * wide + 0.12 * wide, base - tall), (0.76 * wide, tall), "data")
        SubElement(bar, "title").text = f"{_part(k, len(counts))}: {number}"
    if mean is not None:
        place = 100 * min(max(mean, 0.0), 1.0)  # extra credit may lead beyond
        _line(svg, (place, 22), (place, base), "mean")
        _text(svg, (place, 14), f"mean {100 * mean:.0f} %", _anchor(mean), "small")
    for k, number in enumerate(counts):
        if number:
            _text(svg, ((k + 0.5) * wide, base - 150 * number / top - 6), str(number), "middle", "small halo")
    _line(svg, (0, base), (100, base), "axis")
    for k in range(0, len(counts) + 1, 2):
        place = 100 * k / len(counts)
        _text(svg, (place, base + 18), f"{place:.0f} %", {0: "start", 100: "end"}.get(int(place), "middle"), "small")
    _text(svg, (50, base + 37), "share of the points", "middle", "quiet small")
    return _done(svg)


def difficulty(found: Sequence[Exercise], description: str) -> Markup:
    """Draw for each exercise how much of its points students got, and how well it tells them apart.

    Args:
        found: the exercises.
        description: what the picture says, in words.
    """
    svg = _svg("Difficulty and discrimination of the exercises", description, 44 + ROW * len(found))
    _text(svg, (0, 14), "mean share of points", "start", "quiet small")
    _text(svg, (60, 14), "discrimination", "start", "quiet small")
    for value in (-1, 0, 1):
        _text(svg, (_across(value), 34), f"{value:g}".replace("-", "−"), "middle", "quiet small")
    for value in (-1, 0, 1):
        _line(svg, (_across(value), 40), (_across(value), 40 + ROW * len(found)), "axis" if value == 0 else "faint")
    for k, exercise in enumerate(found):
        _exercise(svg, exercise, 44 + ROW * k)
    return _done(svg)


def happened(found: Sequence[Exercise], description: str) -> Markup:
    """Draw for each exercise how many answers passed, failed, were stopped, and so on.

    Args:
        found: the exercises.
        description: what the picture says, in words.
    """
    svg = _svg("What happened in each exercise", description, ROW * len(found))
    for k, exercise in enumerate(found):
        _text(svg, (0, ROW * k + 15), exercise.name, "start", "")
        left, whole = 0.0, sum(exercise.happened.values()) or 1
        for what in HAPPENED:
            number = exercise.happened.get(what, 0)
            wide = 100 * number / whole
            if not number:
                continue
            bar = _rect(svg, (left, ROW * k + 22), (wide, 20), slug(what))
            SubElement(bar, "title").text = f"{exercise.name}, {what}: {number}"
            if wide >= 9:
                _text(svg, (left + wide / 2, ROW * k + 37), str(number), "middle", f"small on-{slug(what)}")
            left += wide
    return _done(svg)


def times(found: Sequence[Seconds], description: str) -> Markup:
    """Draw for each cell how long it ran: the middle eight tenths, the median and the longest, on a log scale.

    Args:
        found: the cells.
        description: what the picture says, in words.
    """
    floor = math.floor(math.log10(max(min(one.low for one in found), 1e-3)))
    slowest = max(one.longest for one in found)
    ceiling = max(math.ceil(math.log10(max(slowest, 1e-3))), floor + 1)

    def across(value: float) -> float:
        return 2 + 96 * (math.log10(max(value, 10.0**floor)) - floor) / (ceiling - floor)

    svg = _svg("How long cells ran", description, 30 + ROW * len(found))
    for power in range(floor, ceiling + 1):
        _line(svg, (across(10.0**power), 20), (across(10.0**power), 26 + ROW * len(found)), "faint")
        anchor = "start" if power == floor else "end" if power == ceiling else "middle"
        _text(svg, (across(10.0**power), 14), f"{duration(10.0**power)}", anchor, "quiet small")
    for k, one in enumerate(found):
        y = 30 + ROW * k
        label = _text(svg, (0, y + 14), one.name, "start", "halo")
        SubElement(label, "title").text = f"{one.name}: median {duration(one.median)}, longest {duration(one.longest)}"
        _line(svg, (across(one.low), y + 30), (across(one.longest), y + 30), "axis")
        _rect(svg, (across(one.low), y + 23), (max(across(one.high) - across(one.low), 0.3), 14), "data")
        _line(svg, (across(one.median), y + 20), (across(one.median), y + 40), "median")
        _dot(svg, (across(one.longest), y + 30), 4, "solid")
    return _done(svg)


def slug(words: str) -> str:
    """Make a class name of the style from words.

    Args:
        words: such as ``"not run"``.
    """
    return words.replace(" ", "-")


def duration(value: float) -> str:
    """Write a number of seconds so that people can read it.

    Args:
        value: seconds.
    """
    if value < 0.0995:
        return f"{1000 * value:.2g} ms"
    if value < 120:
        return f"{value:.2g} s" if value < 9.95 else f"{value:.0f} s"
    minutes, hours, days = value / 60, value / 3600, value / 86400
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{hours:.0f} hours" if hours < 48 else f"{days:.0f} days"


def signed(number: float | None) -> str:
    """Write a correlation with two decimals and a true minus.

    Args:
        number: from -1 to 1; None where it is not defined.
    """
    return "not defined" if number is None else f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


def _exercise(svg: Element, exercise: Exercise, y: int) -> None:
    _text(svg, (0, y + 14), exercise.name, "start", "halo")
    share = exercise.difficulty
    if share is None:
        _text(svg, (0, y + 36), "no points yet", "start", "quiet small")
    else:
        _rect(svg, (0, y + 22), (40, 18), "trough")
        _rect(svg, (0, y + 22), (40 * min(share, 1.0), 18), "data")
        _text(svg, (41, y + 36), f"{100 * share:.0f} %", "start", "small")
    r = exercise.discrimination
    if r is None:
        _text(svg, (_across(0), y + 36), "not defined", "middle", "quiet small halo")
        return
    if exercise.interval:
        low, high = (_across(value) for value in exercise.interval)
        _line(svg, (low, y + 31), (high, y + 31), "spread")
    _line(svg, (_across(0), y + 31), (_across(r), y + 31), "stem")
    _dot(svg, (_across(r), y + 31), 6, "data" if r >= 0.2 else "warn")
    _text(svg, (_across(r), y + 19), signed(r), "end" if r > 0.7 else "middle", "small halo")


def _across(r: float) -> float:
    return 80 + 18 * r


def _part(k: int, parts: int) -> str:
    return f"{100 * k / parts:.0f} to {100 * (k + 1) / parts:.0f} %"


def _anchor(share: float) -> str:
    return "start" if share < 0.15 else "end" if share > 0.85 else "middle"


def _svg(title: str, description: str, height: int) -> Element:
    number = next(_ids)
    names = f"chart-{number}-title", f"chart-{number}-description"
    svg = Element(
        "svg", {"class": "chart", "width": "100%", "height": str(height), "role": "img", "aria-labelledby": names[0]}
    )
    svg.set("aria-describedby", names[1])
    SubElement(svg, "title", {"id": names[0]}).text = title
    SubElement(svg, "desc", {"id": names[1]}).text = description
    return svg


def _rect(svg: Element, at: Place, size: Place, name: str) -> Element:
    place = {"x": f"{at[0]:.2f}%", "y": f"{at[1]:.1f}", "width": f"{size[0]:.2f}%", "height": f"{size[1]:.1f}"}
    return SubElement(svg, "rect", {**place, "class": name})


def _line(svg: Element, start: Place, end: Place, name: str) -> None:
    place = {"x1": f"{start[0]:.2f}%", "y1": f"{start[1]:.1f}", "x2": f"{end[0]:.2f}%", "y2": f"{end[1]:.1f}"}
    SubElement(svg, "line", {**place, "class": name})


def _dot(svg: Element, at: Place, radius: int, name: str) -> None:
    SubElement(svg, "circle", {"cx": f"{at[0]:.2f}%", "cy": f"{at[1]:.1f}", "r": str(radius), "class": name})


def _text(svg: Element, at: Place, text: str, anchor: str, name: str) -> Element:
    place = {"x": f"{at[0]:.2f}%", "y": f"{at[1]:.1f}", "text-anchor": anchor, "class": name}
    element = SubElement(svg, "text", place)
    element.text = text
    return element


def _done(svg: Element) -> Markup:
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704  (ElementTree has escaped every text and attribute)
