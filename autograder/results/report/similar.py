"""Answers that are worth a look because they are alike in what few others wrote. No verdict: people decide.

Winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003), the
method behind MOSS, on Python tokens. Each answer is cut into overlapping pieces of `PIECE` tokens, each piece is
hashed, and of every `WINDOW` hashes in a row the smallest is kept. Whatever two answers share over
`PIECE` + `WINDOW` - 1 tokens is found, whatever is shorter than `PIECE` is not.

Names that students choose are one token, so renaming hides nothing; comments, docstrings, blanks and IPython's magics
are none. What the released notebook holds is left out, and so is what more than `common` students wrote: the ways that
everybody finds. An index from hashes to students takes the place of comparing all pairs. What a pair has in common
weighs the more the fewer others have it, -log2 of their share (Spärck Jones, "A statistical interpretation of term
specificity", Journal of Documentation 28, 1972), so agreeing in a whole notebook comes before agreeing in one answer.

Why not a library: copydetect (Pygments' tokens, winnowing; last release of 2024) compares all pairs of files, which is
out of reach for ten thousand submissions, and Pygments takes six times as long as the regular expression below.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

PIECE = 8  # tokens: about a short line
WINDOW = 4
SHARED = 16  # so many fingerprints that few others have must agree before a pair is shown: about five lines
OVERLAP = 0.7  # and so much of the shorter answer
LONGEST = 20_000  # characters of an answer that are looked at
WIDEST = 400  # characters of a line that are shown
Hashes = NDArray[np.uint64]

MAGIC = re.compile(r"(?m)^[ \t]*(?:%%?[A-Za-z]|!).*$")
TOKEN = re.compile(
    r"""
    (?P<blank>\s+|\\\n|\#[^\n]*)
    |(?P<text>(?i:[rbuft]{0,2})(?:'{3}(?:\\.|[^\\])*?(?:'{3}|\\?\Z)|"{3}(?:\\.|[^\\])*?(?:"{3}|\\?\Z)
        |'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?))
    |(?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\w*)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^=<>!]=|\.{3}|.)
    """,
    re.VERBOSE | re.DOTALL,
)
FIXED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})
FACTORS = np.array([pow(0x9E3779B97F4A7C15, n, 2**64) for n in range(PIECE)], dtype=np.uint64)


@dataclass(frozen=True)
class Match:
    """One exercise in which two answers are alike."""

    exercise: str
    overlap: float  # share of the shorter answer's fingerprints that the other has too
    left: list[tuple[str, bool]]  # lines, and whether they are alike
    right: list[tuple[str, bool]]


@dataclass(frozen=True)
class Pair:
    """Two students whose answers are worth a look."""

    left: str
    right: str
    shared: int  # fingerprints in common that few others have
    weight: float  # of all that they have in common, in bits: less for what many have
    matches: list[Match]


def similar(answers: Mapping[str, Mapping[str, str]], released: Iterable[str], *, common: int) -> list[Pair]:
    """Find pairs of students whose answers are alike in what few others wrote.

    Args:
        answers: for each answer cell, sources by student.
        released: the code that everybody got.
        common: what more students than this wrote counts as nobody's.

    Returns:
        The pairs, those with most weight first. A pair's exercises are those where the answers overlap by `OVERLAP`.
    """
    known = _join(fingerprints(source) for source in released)
    own = {name: _own(sources, known) for name, sources in answers.items()}
    total: Counter[tuple[str, str]] = Counter()
    held = {name: _Held.by(found) for name, found in own.items()}
    for index in held.values():
        total.update(index.pairs(common))
    pairs = [_pair(names, answers, own, held, common) for names, number in total.items() if number >= SHARED]
    return sorted((p for p in pairs if p.shared >= SHARED), key=lambda p: (-p.weight, p.left, p.right))


def common_limit(students: int) -> int:
    """How many students may write the same before it counts as nobody's: a tenth, from 3 to MOSS's 10.

    Args:
        students: how many handed something in.
    """
    return max(3, min(10, students // 10))


def tokens(source: str) -> list[tuple[str, int]]:
    """Cut Python into tokens, whether or not it is valid.

    Args:
        source: code, maybe with IPython's magics.

    Returns:
        Each token and its line, from 0. Names that students choose are ``name``, strings ``text``.
    """
    source = MAGIC.sub("", source[:LONGEST].replace("\r\n", "\n"))
    found: list[tuple[str, int]] = []
    line = 0
    for match in TOKEN.finditer(source):
        word, kind = match[0], match.lastgroup
        if kind == "name" and word not in FIXED and not (found and found[-1][0] == "."):
            word = "name"
        elif kind == "text":
            word = "" if _alone(source, match) else "text"
        if word and kind != "blank":
            found.append((word, line))
        if kind in {"blank", "text"}:
            line += match[0].count("\n")
    return found


@cache
def fingerprints(source: str) -> Hashes:
    """Winnow an answer.

    Args:
        source: code.

    Returns:
        The fingerprints of the answer, sorted, each once.
    """
    return np.unique(_winnowed(_pieces(tokens(source))))


def _alone(source: str, match: re.Match[str]) -> bool:
    """Whether a string is a statement of its own: a docstring, or a comment in quotes."""
    start = source.rfind("\n", 0, match.start()) + 1
    end = source.find("\n", match.end())
    after = source[match.end() : end if end >= 0 else len(source)]
    return not source[start : match.start()].strip() and not after.split("#")[0].strip()


@cache
def _number(token: str) -> int:
    return int.from_bytes(blake2b(token.encode(errors="replace"), digest_size=8).digest(), "little")


def _pieces(found: list[tuple[str, int]]) -> Hashes:
    """Hash every piece of `PIECE` tokens, by Karp and Rabin's polynomial modulo 2**64."""
    if len(found) < PIECE:
        return np.zeros(0, dtype=np.uint64)
    numbers = np.array([_number(token) for token, _ in found], dtype=np.uint64)
    hashes: Hashes = (np.lib.stride_tricks.sliding_window_view(numbers, PIECE) * FACTORS).sum(axis=1, dtype=np.uint64)
    return hashes


def _winnowed(hashes: Hashes) -> Hashes:
    if len(hashes) <= WINDOW:
        return hashes.min(keepdims=True) if len(hashes) else hashes
    least: Hashes = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).min(axis=1)
    return least


def _join(several: Iterable[Hashes]) -> Hashes:
    found = list(several)
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def _own(sources: Mapping[str, str], known: Hashes) -> dict[str, Hashes]:
    """Fingerprints of each student's answer that were not in the released notebook."""
    return {
        student: np.setdiff1d(fingerprints(source), known, assume_unique=True) for student, source in sources.items()
    }


@dataclass(frozen=True)
class _Held:
    """An index of one exercise: who has which fingerprint."""

    students: list[str]
    hashes: Hashes  # each once, sorted
    sizes: NDArray[np.intp]  # how many students have it
    starts: NDArray[np.intp]  # where they begin in `whose`
    whose: NDArray[np.intp]  # numbers of students, grouped by fingerprint

    @classmethod
    def by(cls, own: Mapping[str, Hashes]) -> _Held:
        """Index fingerprints by what they are."""
        every = np.concatenate([np.zeros(0, dtype=np.uint64), *own.values()])
        whose = np.repeat(np.arange(len(own)), [len(found) for found in own.values()])
        order = np.argsort(every, kind="stable")
        hashes, starts, sizes = np.unique(every[order], return_index=True, return_counts=True)
        return cls(list(own), hashes, sizes, starts, whose[order])

    def pairs(self, common: int) -> Iterator[tuple[str, str]]:
        """Yield each pair of students once for every fingerprint that they share with few others."""
        few = (self.sizes >= 2) & (self.sizes <= common)
        for start, size in zip(self.starts[few], self.sizes[few], strict=True):
            yield from combinations(sorted(self.students[k] for k in self.whose[start : start + size]), 2)

    def rare(self, hashes: Hashes, common: int) -> Hashes:
        """Leave out what more students than `common` have."""
        return hashes[self.holders(hashes) <= common]

    def holders(self, hashes: Hashes) -> NDArray[np.intp]:
        """How many students have each of some fingerprints."""
        found: NDArray[np.intp] = self.sizes[np.searchsorted(self.hashes, hashes)]
        return found


def _pair(
    names: tuple[str, str],
    answers: Mapping[str, Mapping[str, str]],
    own: Mapping[str, Mapping[str, Hashes]],
    held: Mapping[str, _Held],
    common: int,
) -> Pair:
    matches, shared, weight = [], 0, 0.0
    for exercise, found in own.items():
        one, other = (found.get(name, np.zeros(0, dtype=np.uint64)) for name in names)
        one, other = (held[exercise].rare(hashes, common) for hashes in (one, other))
        both = np.intersect1d(one, other, assume_unique=True)
        if not len(both) or len(both) < OVERLAP * min(len(one), len(other)):
            continue
        holders = held[exercise].holders(both)
        shared += len(both)
        weight += float(np.log2(len(found) / holders).sum())
        overlap = len(both) / min(len(one), len(other))
        matches.append((exercise, overlap, both))
    if shared < SHARED:
        return Pair(*names, shared, weight, [])
    return Pair(*names, shared, weight, [_match(names, answers[e], e, overlap, both) for e, overlap, both in matches])


def _match(names: tuple[str, str], sources: Mapping[str, str], exercise: str, overlap: float, both: Hashes) -> Match:
    left, right = (_lines(sources[name], both) for name in names)
    return Match(exercise, overlap, left, right)


def _lines(source: str, both: Hashes) -> list[tuple[str, bool]]:
    """Mark the lines of an answer that the pieces in common cover."""
    found = tokens(source)
    alike: set[int] = set()
    for start in np.flatnonzero(np.isin(_pieces(found), both)):
        alike.update(line for _, line in found[start : start + PIECE])
    lines = source[:LONGEST].replace("\r\n", "\n").split("\n")
    return [
        (text if len(text) <= WIDEST else f"{text[:WIDEST]}…", number in alike) for number, text in enumerate(lines)
    ]
