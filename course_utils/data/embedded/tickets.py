"""Messages to the help desk of a town, for the project: five desks, one label each.

A third of the messages name the things of two desks, "the bin is fine, it is the pipe", so that only the order tells
which one is meant. What else there is to find, and what it does to a figure, stands with the instructors' notes, which
students do not get. (You are one, and reading this? It counts as finding it if you can show it in the data.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._cache import pack_texts
from ._grammar import Writer, read_rules

CLASS_NAMES = ("parks", "permits", "roads", "waste", "water")
CLERKS = ("kb", "rm", "jo", "tw", "es")  # the clerk of each desk
NUM_TRAIN, NUM_TEST = 2000, 800
COPIES = 0.2  # share of the archive
WRONG = 0.02  # share of labels
SHARES = (0.45, 0.33, 0.22)  # of messages with two clues, with the things of two desks, with one rare clue

COMMON: dict[str, tuple[str, ...]] = {
    "parks": ("bench", "playground", "lawn", "tree", "swing", "flowerbed", "pond", "hedge"),
    "permits": ("passport", "licence", "certificate", "application", "stall", "building plan", "form", "fee"),
    "roads": ("pothole", "street lamp", "crossing", "kerb", "traffic light", "cycle lane", "road sign", "bridge"),
    "waste": ("bin", "bag", "collection", "lorry", "glass bank", "sofa", "compost", "dump"),
    "water": ("pipe", "tap", "meter", "drain", "leak", "pressure", "hydrant", "sewer"),
}
RARE: dict[str, tuple[str, ...]] = {
    "parks": ("carousel", "rose garden", "duckhouse", "oak", "sandpit", "bowling green", "fountain basin", "seesaw"),
    "permits": ("residence card", "dog tax", "market pitch", "garage plan", "marriage date", "signature"),
    "roads": ("roundabout", "manhole lid", "zebra stripe", "speed bump", "parking bay", "guard rail", "underpass"),
    "waste": ("mattress", "paint tin", "wheelie", "recycling calendar", "christmas tree", "rubble", "yellow sack"),
    "water": ("stopcock", "brown water", "standpipe", "water main", "boiler inlet", "gully", "backflow", "mains valve"),
}
RULES = read_rules("""
hello: good morning, | hello, | dear town hall, | hi | to whom it may concern, | please help:
where: in {street} | near {street} | at the corner of {street} | opposite number {number} {street} |
    behind the {place}
street: mill street | north street | castle lane | station road | garden lane | bridge street | long acre |
    king street | school lane | river row | church walk | chapel hill | linden street | market street |
    harbour road
place: school | library | church | station | bakery | town hall | clinic | swimming bath | museum | old mill
number: 2 | 3 | 5 | 7 | 9 | 11 | 14 | 18 | 22 | 27 | 31 | 40 | 48 | 53
time: since monday | for three weeks | since last night | for a month now | since easter | since friday |
    for {number} days
state: is broken | is not what it should be | is a danger to children | looks terrible | makes trouble |
    is a nuisance | is still not done | has been wrong {time}
name: the {clue} {where} {state}. | i write about the {clue} {where}. | it is about the {clue} {where}, {time}. |
    can somebody look at the {clue} {where}? | my neighbour says the {clue} {state}.
more: the {clue} {state} too. | and there is the {clue}. | please do not forget the {clue}. |
    it has to do with the {clue}.
two: the {old} is fine, it is the {new} {where} that {state}. |
    i do not mean the {old}, i mean the {new} {where}. |
    somebody came for the {old}, but not for the {new} {where}. | it is not the {old}, it is the {new} {where}. |
    thank you for the {old}, now please the {new} {where}.
talk: i called {number} times {time}. | nobody has answered me {time}. | we pay our taxes. |
    i can send pictures. | i live {where}. | my children pass there every day. |
    the man on the phone was friendly. | it was better last year. | i am at home until {number} o'clock.
end: thank you. | kind regards. | please answer soon. | what can i do? | when will somebody come? |
    with best wishes.
""")


def make(seed: int = 11) -> dict[str, NDArray[Any]]:
    """Return texts and labels of the archive (`x_train`, 2000) and of new messages (`x_test`, 800).

    `group_train` numbers what was written once: copies have the number of what they copy.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    writer = Writer(RULES, rng)
    num_first = round(NUM_TRAIN * (1 - COPIES))
    total = num_first + NUM_TEST
    y = rng.permutation(np.arange(total) % len(CLASS_NAMES))
    texts = [write(CLASS_NAMES[label], writer) for label in y]
    wrong = rng.random(total) < WRONG
    y = np.where(wrong, (y + rng.integers(1, len(CLASS_NAMES), total)) % len(CLASS_NAMES), y)
    group = np.concatenate([np.arange(num_first), rng.integers(0, num_first, NUM_TRAIN - num_first)])
    copied = np.arange(NUM_TRAIN) >= num_first
    order = rng.permutation(NUM_TRAIN)
    archive = [
        stamp(texts[origin], CLERKS[y[origin]], writer, again=bool(copy))
        for origin, copy in zip(group[order], copied[order], strict=True)
    ]
    return {
        "x_train": pack_texts(archive),
        "y_train": y[group[order]],
        "group_train": group[order],
        "x_test": pack_texts(texts[num_first:]),
        "y_test": y[num_first:],
    }


def write(desk: str, writer: Writer) -> str:
    """Write one message, without a stamp."""
    kind = int(np.searchsorted(np.cumsum(SHARES), writer.rng.random()))
    sentences = [writer.write("{talk}") for _ in range(int(writer.rng.integers(1, 4)))]
    for clue in [_twice, _two, _rare][min(kind, 2)](desk, writer):
        sentences.insert(int(writer.rng.integers(len(sentences) + 1)), clue)
    return " ".join([writer.write("{hello}"), *sentences, writer.write("{end}")])


def _twice(desk: str, writer: Writer) -> list[str]:
    return [writer.write(rule, clue=writer.pick(COMMON[desk])) for rule in ("{name}", "{more}")]


def _two(desk: str, writer: Writer) -> list[str]:
    other = writer.pick([name for name in CLASS_NAMES if name != desk])
    return [writer.write("{two}", old=writer.pick(COMMON[other]), new=writer.pick(COMMON[desk]))]


def _rare(desk: str, writer: Writer) -> list[str]:
    return [writer.write("{name}", clue=writer.pick(RARE[desk]))]


def stamp(text: str, clerk: str, writer: Writer, *, again: bool) -> str:
    """File a message: what the clerk adds when a case is closed."""
    opening = "again: " if again and writer.chance(0.6) else ""
    return f"{opening}{text} -- case {int(writer.rng.integers(10000, 40000))} closed by {clerk}"
