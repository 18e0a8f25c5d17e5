"""Word vectors in the place of GloVe's, made from how often words stand near each other in texts of our own.

GloVe has read six billion words of other texts than the ones of a lesson. Its stand-in reads 12,000 texts which the
grammars of `reviews` and `questions` write for it alone, other ones than a lesson's: reviews whose opinions mostly
agree, questions that name much of one language. So its vectors know what a few labelled texts do not tell: which words
praise and which blame, which names belong to one language, what is a town and what a trade.

The method (O. Levy, Y. Goldberg, I. Dagan, "Improving distributional similarity with lessons learned from word
embeddings", TACL 2015): count pairs of words at most ten places apart, take the positive pointwise mutual information
max(0, log(P(word, context) / (P(word) P(context)))) with P(context) smoothed by an exponent of 0.75, and reduce it by
a truncated singular value decomposition, whose values enter by their square root. Only frequent words are contexts and
take part in the decomposition; rare words are put where their contexts say, or their noise would hide the rest.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import questions, reviews
from ._cache import pack_texts
from ._grammar import Writer

NUM_TEXTS = 6000  # of each kind
AGREE = 0.85  # share of a review's opinions that are plain and take its side; the others are negated
WINDOW = 10
LEAST, FREQUENT = 2, 100  # how often a word must occur, to have a vector and to be a context
SMOOTHING = 0.75
PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")


def make(dim: int, seed: int = 2, *, num_texts: int = NUM_TEXTS) -> dict[str, NDArray[Any]]:
    """Return the words, from frequent to rare, packed by `pack_texts`, and `vectors` of shape (n, dim), float32."""
    texts = [split(text) for text in write(num_texts, np.random.Generator(np.random.PCG64(seed)))]
    counts = Counter(word for text in texts for word in text)
    words = sorted((word for word in counts if counts[word] >= LEAST), key=lambda word: (-counts[word], word))
    num_contexts = max(sum(counts[word] >= FREQUENT for word in words), dim)
    information = positive_information(count_pairs(texts, words, WINDOW))[:, :num_contexts]
    return {"words": pack_texts(words), "vectors": reduce(information, dim)}


def split(text: str) -> list[str]:
    """Split a text as Keras' `TextVectorization` does unless told otherwise: lower case, no punctuation, at spaces.

    >>> split("print(load_books()) is wrong.")
    ['printloadbooks', 'is', 'wrong']
    """
    return PUNCTUATION.sub("", text.lower()).split()


def write(num_texts: int, rng: np.random.Generator) -> list[str]:
    """Write so many reviews, then so many questions."""
    critic, asker = Writer(reviews.RULES, rng), Writer(questions.RULES, rng)
    languages = questions.CLASS_NAMES
    return [
        *(_review(i % 2 == 1, critic) for i in range(num_texts)),
        *(_question(languages[i % len(languages)], asker) for i in range(num_texts)),
    ]


def _review(positive: bool, writer: Writer) -> str:
    same, opposite = (reviews.GOOD, reviews.BAD) if positive else (reviews.BAD, reviews.GOOD)
    sentences = [writer.write("{plot}") for _ in range(2)]
    for _ in range(4):
        plain = writer.chance(AGREE)
        adjective = writer.pick(same if plain else opposite)
        sentences.append(writer.write("{plain}" if plain else "{negated}", adjective=adjective))
    return " . ".join(sentences[i] for i in writer.rng.permutation(len(sentences)))


def _question(language: str, writer: Writer) -> str:
    sentences = [writer.write("{story}")]
    for _ in range(3):
        snippet = writer.pick(questions.SNIPPETS[language])
        sentences.append(writer.write("{use}", clue=writer.pick(questions.COMMON[language])))
        sentences.append(writer.write(snippet, name=questions.name(language, writer)))
    return " ".join([writer.write("{title}"), *(sentences[i] for i in writer.rng.permutation(len(sentences)))])


def count_pairs(texts: Sequence[Sequence[str]], words: Sequence[str], window: int) -> NDArray[np.float64]:
    """Count how often each two words stand at most `window` places apart in a text; shape (n, n), symmetric."""
    index = {word: i for i, word in enumerate(words)}
    gap = [-1] * window  # so that no window reaches into the next text
    ids = np.array([i for text in texts for i in [*(index[word] for word in text if word in index), *gap]])
    counts = np.zeros((len(words), len(words)))
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        both = (left >= 0) & (right >= 0)
        np.add.at(counts, (left[both], right[both]), 1)
    return counts + counts.T


def positive_information(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return max(0, log(P(word, context) / (P(word) P(context)))), words in rows, 0 where two never meet."""
    of_context = counts.sum(axis=0) ** SMOOTHING
    expected = counts.sum(axis=1, keepdims=True) * (of_context / of_context.sum())
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(counts / expected), 0))


def reduce(information: NDArray[np.float64], dim: int) -> NDArray[np.float32]:
    """Reduce rows over contexts to `dim` numbers: the contexts' own rows, which come first, decide on the axes."""
    from sklearn.utils.extmath import randomized_svd

    num_contexts = information.shape[1]
    _, values, axes = randomized_svd(information[:num_contexts], dim, random_state=0)
    return np.asarray(information @ axes.T / np.sqrt(values), np.float32)
