"""Programming questions in four languages, written by a grammar in the place of Stack Overflow's.

As in the original the language's name is replaced by "blank", and what gives it away comes in kinds:

- common words (`linq`, `arraylist`, `jquery`, `pandas`), which even a small vocabulary holds;
- rare names in the language's style (`OrderViewModel`, `orderDaoImpl`, `onOrderClick`, `parse_order`): over a
  thousand of them, each seldom, so that a larger vocabulary pays;
- two languages' common words at once, "moving my linq code to pandas": only the order tells which one is asked about;
- nothing: some questions could be about any language.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._cache import pack_texts
from ._grammar import Writer, read_rules

CLASS_NAMES = ("csharp", "java", "javascript", "python")
NUM_TRAIN, NUM_TEST = 4000, 2000
SHARES = (0.3, 0.42, 0.2, 0.08)  # of questions with common words, rare names, two languages, nothing

COMMON: dict[str, tuple[str, ...]] = {
    "csharp": (
        "linq",
        "wpf",
        "winforms",
        "datagridview",
        "asp.net",
        "ienumerable",
        "xaml",
        "nuget",
        "unity",
        "foreach",
    ),
    "java": ("arraylist", "swing", "jframe", "eclipse", "maven", "hibernate", "spring", "servlet", "hashmap", "jvm"),
    "javascript": ("jquery", "dom", "onclick", "ajax", "div", "node", "angular", "callback", "innerhtml", "undefined"),
    "python": ("pandas", "django", "numpy", "tuple", "dict", "pip", "lambda", "tkinter", "flask", "dataframe"),
}

SNIPPETS: dict[str, tuple[str, ...]] = {  # the first two are the same everywhere
    "csharp": ("{var} = {name}()", "print({name}())", "{name} {var} = await {name}();"),
    "java": ("{var} = {name}()", "print({name}())", "final {name} {var} = new {name}();"),
    "javascript": ("{var} = {name}()", "print({name}())", "const {var} = {name}();"),
    "python": ("{var} = {name}()", "print({name}())", "with {name}() as {var}:"),
}

NOUNS = (
    "order", "user", "item", "price", "file", "image", "report", "game", "player", "score", "node", "cell",
    "task", "event", "message", "account", "invoice", "product", "sensor", "route", "song", "letter", "date", "page",
    "city", "team", "photo", "ticket", "recipe", "lesson", "color", "robot", "email", "planet", "animal", "book",
)  # fmt: skip

STYLES: dict[str, tuple[str, ...]] = {
    "csharp": (
        "{N}ViewModel", "I{N}Repository", "Get{N}Async", "{N}EventArgs", "{N}DbContext", "On{N}Changed",
        "{N}Form", "Try{N}Parse", "{N}Dto", "{N}Handler",
    ),
    "java": (
        "{N}DaoImpl", "{N}FactoryBean", "get{N}List", "{N}Activity", "{N}Listener", "Abstract{N}",
        "{N}ServiceImpl", "{N}Panel", "{N}Thread", "{N}Serializer",
    ),
    "javascript": (
        "on{N}Click", "{n}Promise", "{n}Div", "render{N}", "{n}Callback", "{n}Box", "{n}Json", "{n}Selector",
        "fetch{N}s", "{n}Component",
    ),
    "python": (
        "parse_{n}", "{n}_df", "load_{n}s", "{n}_tuple", "{n}_list", "{n}_dict", "is_{n}", "{n}_iter", "print_{n}",
        "self_{n}",
    ),
}  # fmt: skip

RULES = read_rules("""
title: how to {act} a {thing} in blank | {thing} is {trouble} when i {act} it in blank | blank: best way to {act} a
    {thing} | why is my {thing} {trouble}? | {act} every {thing} without a loop in blank | blank program {trouble}
    after i {act} the {thing} | can i {act} a {thing} from another {thing}?
act: sort | read | print | copy | remove | update | split | search | count | compare | save | open | convert | reverse
thing: list | string | file | table | number | button | window | array | date | image | form | value | line | class |
    object | method
trouble: empty | slow | wrong | null | frozen | not found | repeated | too large | out of order | printed twice
intro: i am new to blank and want to {act} a {thing}. | i have a {thing} that holds each {thing} of my program. | i
    need to {act} the {thing} before i {act} the next {thing}. | my teacher asked us to {act} a {thing}. | i wrote a
    small blank program that should {act} a {thing}. | i have been trying to {act} this {thing} for {number} hours.
story: it works for {number} of them, but then the {thing} is {trouble}. | the output should be {number} but i get
    {number}. | i tried to {act} the {thing} first, and that did not help. | i looked at the documentation and it is
    not clear to me. | if i {act} it by hand the {thing} is {trouble}. | the {thing} is created in a loop and looks
    fine there. | i also get an error in line {number}. | there are about {number} lines in the {thing}.
end: what am i doing wrong? | any help is appreciated. | is there a better way? | thanks in advance! | how can i fix
    this? | what is the right way to {act} it? | please help me {act} this {thing}.
number: 2 | 3 | 5 | 8 | 10 | 12 | 20 | 50 | 100 | 200 | 404 | 1000
var: x | a | i | temp | foo | bar | data | result | value | obj | item | s
use: i am using {clue} for this. | the {thing} comes from {clue}. | i know {clue} a little. | the problem seems to be
    in the {clue} part. | do i need {clue} to {act} it? | it happens with {clue} only.
move: i am moving my {old} code to {new}. | this was {old} before and has to be {new} now. | it worked with {old} but
    it must work with {new}. | how do i say this {old} line in {new}? | i come from {old} and have to learn {new}.
""")


def make(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Return x_train (4000 texts) and x_test (2000), packed by `pack_texts`, and their labels."""
    rng = np.random.Generator(np.random.PCG64(seed))
    writer = Writer(RULES, rng)
    y = rng.permutation(np.arange(NUM_TRAIN + NUM_TEST) % len(CLASS_NAMES))
    texts = [write(CLASS_NAMES[label], writer) for label in y]
    return {
        "x_train": pack_texts(texts[:NUM_TRAIN]),
        "y_train": y[:NUM_TRAIN],
        "x_test": pack_texts(texts[NUM_TRAIN:]),
        "y_test": y[NUM_TRAIN:],
    }


def write(language: str, writer: Writer) -> str:
    """Write one question."""
    kind = int(np.searchsorted(np.cumsum(SHARES), writer.rng.random()))
    clues = [_common, _rare, _two, _none][min(kind, 3)](language, writer)
    sentences = [writer.write(rule) for rule in ("{intro}", *["{story}"] * int(writer.rng.integers(1, 4)))]
    for clue in clues:
        sentences.insert(int(writer.rng.integers(len(sentences) + 1)), clue)
    return " ".join([writer.write("{title}"), *sentences, writer.write("{end}")])


def _common(language: str, writer: Writer) -> list[str]:
    return [writer.write("{use}", clue=writer.pick(COMMON[language])) for _ in range(2)]


def _rare(language: str, writer: Writer) -> list[str]:
    snippet = writer.pick(SNIPPETS[language])
    return [
        writer.write("{use}", clue=name(language, writer)),
        writer.write(snippet, name=name(language, writer)),
    ]


def _two(language: str, writer: Writer) -> list[str]:
    other = writer.pick([name for name in CLASS_NAMES if name != language])
    return [writer.write("{move}", old=writer.pick(COMMON[other]), new=writer.pick(COMMON[language]))]


def _none(_language: str, writer: Writer) -> list[str]:
    return [writer.write("{story}")]


def name(language: str, writer: Writer) -> str:
    """Make up a name in the style of a language."""
    noun = writer.pick(NOUNS)
    return writer.write(writer.pick(STYLES[language]), n=noun, N=noun.capitalize())
