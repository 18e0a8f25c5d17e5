"""Film reviews, negative or positive, written by a grammar in the place of IMDB's.

Every review tells some plot and gives opinions, and the opinions come in forms that differ in what it takes to read
them:

- plain: "the acting is superb": the word alone tells;
- negated: "the acting is never superb", "far from dull": two words side by side tell, each alone misleads;
- contrast: "although the music is superb , the film as a whole is dull": the clause about the whole counts;
- far apart: "i expected to love this film . ... (the plot) ... i was wrong": the first and last sentence together tell.

The plot is neutral and may come last: a network must carry the opinion past it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._cache import pack_texts
from ._grammar import Writer, read_rules

NUM_TRAIN, NUM_TEST = 5000, 2000
FAR_APART = 0.1  # share of reviews whose opinion is only in their first and last sentence

GOOD = (
    "superb", "wonderful", "brilliant", "moving", "funny", "gripping", "charming", "excellent", "clever", "beautiful",
    "touching", "delightful", "fresh", "perfect", "thrilling", "warm", "witty", "convincing",
)  # fmt: skip
BAD = (
    "dull", "awful", "boring", "silly", "weak", "terrible", "clumsy", "predictable", "tired", "empty",
    "annoying", "lifeless", "messy", "forced", "dreadful", "flat", "cheap", "tedious",
)  # fmt: skip

# joined to 300 names: rare words that mean nothing, as real reviews are full of
SURNAME_HEADS = (
    "hal", "brem", "nor", "kes", "tol", "var", "lund", "mar", "ost", "pel", "rin", "sol", "thor", "wes", "grim",
    "fal", "dor", "cald", "ben", "ash",
)  # fmt: skip
SURNAME_TAILS = (
    "berg", "man", "ton", "ley", "wood", "field", "strom", "ini", "ova", "ner", "by", "stein", "ham", "well", "dal",
)  # fmt: skip

RULES = read_rules("""
plain: {part} {is} {degree} {adjective} | {part} {is} {adjective} from start to finish | what {adjective} {parts} this
    has
negated: {part} {is} not {degree} {adjective} | {part} {is} never {adjective} | {part} {is} hardly {adjective} | {part}
    {is} far from {adjective} | nobody could call {part} {adjective} | {part} {is} anything but {adjective}
contrast: although {part} {is} {other} , the film as a whole is {adjective} | {part} {is} {other} , but the film as a
    whole is {adjective} | the film as a whole is {adjective} , even if {part} {is} {other}
expect: i expected to {feeling} this film | i was sure that i would {feeling} this one | my friends said that i would
    {feeling} it
part: the acting | the music | the ending | the story | the script | the camera work | the pacing | the dialogue | the
    cast | the humour | the lead | the editing
parts: acting | music | dialogue | humour | camera work
is: is | was | seems | feels
degree:  |  |  | very | really | so | truly
plot: it follows {who} who {does} {where} | {who} {does} {where} and meets {who} | then {who} {does} again | we see
    {who} {where} while {who} {does} | in the second half {who} {does} {where} | the film runs for {number} minutes
    and is set {where} | one day {who} finds {object} {where} | it was shot {where} with {who} in mind | there are
    {number} scenes with {object}
who: a young {job} | an old {job} | a {job} from {city} | {name} {surname} | the {job} {surname} | the brother of a
    {job} | a retired {job}
job: baker | doctor | singer | farmer | teacher | sailor | painter | lawyer | soldier | nurse | thief | clerk
name: anna | peter | maria | john | lena | omar | julia | hugo | clara | ivan | nina | paul
does: opens a shop | loses a letter | looks for {object} | travels by night | writes a book | keeps a secret | learns
    to swim | waits for the train | buys {object} | moves house
where: in {city} | by the sea | in the mountains | on a ship | in a small town | during the war | in the winter | near
    {city}
city: paris | london | rome | oslo | vienna | boston | cairo | lisbon
object: a map | a ring | an old car | a photograph | the key | a violin | a dog | some money
number: ninety | eighty | two | three | seven | ten | a hundred
""")
RULES["surname"] = tuple(head + tail for head in SURNAME_HEADS for tail in SURNAME_TAILS)


def make(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Return x_train (5000 texts) and x_test (2000), packed by `pack_texts`, and their labels."""
    rng = np.random.Generator(np.random.PCG64(seed))
    writer = Writer(RULES, rng)
    y = rng.permutation(np.arange(NUM_TRAIN + NUM_TEST) % 2)
    texts = [write(bool(label), writer) for label in y]
    return {
        "x_train": pack_texts(texts[:NUM_TRAIN]),
        "y_train": y[:NUM_TRAIN],
        "x_test": pack_texts(texts[NUM_TRAIN:]),
        "y_test": y[NUM_TRAIN:],
    }


def write(positive: bool, writer: Writer) -> str:
    """Write one review."""
    if writer.chance(FAR_APART):
        sentences = _far_apart(positive, writer)
    else:
        opinions = [opinion(positive, writer) for _ in range(int(writer.rng.integers(2, 4)))]
        sentences = _mix(opinions, _plot(writer, 0, 2), writer) + _plot(writer, 0, 2)
    return " . ".join(sentences) + " ."


def opinion(positive: bool, writer: Writer) -> str:
    """Write one sentence that praises or blames."""
    same, opposite = (GOOD, BAD) if positive else (BAD, GOOD)
    kind = writer.rng.random()
    if kind < 0.6:
        return writer.write("{plain}", adjective=writer.pick(same))
    if kind < 0.82:
        return writer.write("{negated}", adjective=writer.pick(opposite))
    return writer.write("{contrast}", adjective=writer.pick(same), other=writer.pick(opposite))


def _far_apart(positive: bool, writer: Writer) -> list[str]:
    hoped = writer.chance(0.5)
    first = writer.write("{expect}", feeling="love" if hoped else "hate")
    return [first, *_plot(writer, 2, 4), "i was right" if hoped == positive else "i was wrong"]


def _plot(writer: Writer, least: int, most: int) -> list[str]:
    return [writer.write("{plot}") for _ in range(int(writer.rng.integers(least, most + 1)))]


def _mix(opinions: list[str], plot: list[str], writer: Writer) -> list[str]:
    sentences = opinions + plot
    return [sentences[i] for i in writer.rng.permutation(len(sentences))]
