"""Writes sentences from rules: the name of a rule in braces is replaced by one of the rule's alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

Rules = Mapping[str, Sequence[str]]


def read_rules(text: str) -> dict[str, Sequence[str]]:
    r"""Read rules: each a name, a colon and alternatives with bars between; indented lines go on.

    >>> read_rules("colour: red | green\nthing: {colour} car |\n    bike")
    {'colour': ['red', 'green'], 'thing': ['{colour} car', 'bike']}
    """
    lines = re.sub(r"\n +", " ", text).strip().splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {name: [option.strip() for option in options.split("|")] for name, options in pairs}


class Writer:
    """Expands templates by rules and a source of chance.

    Args:
        rules: alternatives by name; alternatives may hold names of rules in braces themselves.
        rng: chooses among alternatives, all equally likely.
    """

    def __init__(self, rules: Rules, rng: np.random.Generator) -> None:
        self.rules, self.rng = rules, rng

    def write(self, template: str, **more: str) -> str:
        """Expand a template; `more` sets names for this text only. "a" becomes "an" before a vowel.

        >>> Writer({"thing": ["{colour} car"], "colour": ["red"]}, np.random.default_rng(0)).write("a {thing}")
        'a red car'
        """
        while "{" in template:
            template = re.sub(r"\{(\w+)\}", lambda m: more.get(m[1]) or self.pick(self.rules[m[1]]), template)
        return re.sub(r" +", " ", re.sub(r"\ba (?=[aeiou])", "an ", template))

    def pick(self, options: Sequence[str]) -> str:
        """Choose one."""
        return options[int(self.rng.integers(len(options)))]

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return bool(self.rng.random() < probability)
