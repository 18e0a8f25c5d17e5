# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 Text vectorisation
#
# Someone asks for help, and the name of the programming language has been blacked out:
#
# > *why is my table empty in* ▇▇▇▇▇*? i wrote `with load_orders() as df:` and then tried to sort it.*
#
# **Which language is it?** You probably know. But how? And how could a network know, which adds and multiplies
# numbers and has never seen a letter?
#
# First the text has to become numbers. There are many ways to do this. Each keeps something and loses
# something, and a good choice here can be worth more than a clever network. You will measure that.
#
# **When you are done, you can**
#
# 1. turn text into tokens and tokens into numbers by hand: as lists of numbers, counts, 0s and 1s, or weighted by TF-IDF,
# 2. say what each of these keeps and what it loses,
# 3. do the same with Keras' `TextVectorization`, inside a saved model and without leaking validation text,
# 4. train a text classifier, compare it fairly with cheap baselines, and study what matters, over several seeds,
# 5. explain what a word embedding is, and find a word's neighbours in one.
#
# **Builds on** notebook 00 (tensors, a layer as a matrix product, ReLU, softmax, cross-entropy, gradient descent) and
# 01 (a window that slides).
#
# **Time** Less than a minute to run every cell on a laptop with two cores; plan three hours to work through it.
#
# Nothing is downloaded with `profile = "quick"`. With `"full"` the questions are real ones from Stack Overflow,
# and it takes about half an hour. Exercises are marked with ✏️ and worth 20 points in total. Do them in order:
# later cells use *your* functions.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
import string
from collections import Counter

import numpy as np

from course_utils import checks

# %% [markdown]
# ## 1. Three steps from text to numbers
#
# Three very small texts carry the first half of this notebook. The first one is the lecture's.

# %%
corpus = [
    "John likes to watch movies. Mary likes movies too.",
    "Mary also likes to watch football games.",
    "Movies? No, John likes Mary!",
]

# %% [markdown]
# The steps are always the same three:
#
# 1. **standardise**: make equal what should count as equal (`Movies?` and `movies.`),
# 2. **tokenise**: cut the text into pieces, the **tokens**; words, most often,
# 3. **index**: give every different token a number.
#
# Step one, by hand. Lower-case the text, then drop the punctuation.

# %%
text = corpus[2]
print(text)
print(text.lower())
print(text.lower().replace("?", "").replace(",", "").replace("!", ""))

# %% [markdown]
# Listing the marks one by one is tedious. Python knows 32 of them:

# %%
print(string.punctuation)

# %% [markdown]
# ### ✏️ Exercise 1: `standardize` (2 points)
#
# **Goal:** the first step, for any text.
#
# **Given:** a text in English letters. `string` is imported.
#
# **Question:** What is the text in lower case and without the 32 marks of `string.punctuation`?
#
# A mark is *dropped*: nothing takes its place. All else stays, spaces and line ends too.
#
# <details><summary>Hint 1: where to begin</summary>
# A string has a method for lower case. For the marks: go through the text letter by letter.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Keep the letters that are not in <code>string.punctuation</code> and glue them together again.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>"".join(...)</code> glues. Inside goes an expression with <code>for letter in ... if letter not in ...</code>.
# </details>


# %% nbgrader={"grade_id": "standardize", "solution": true}
def standardize(text):
    """Return the text in lower case without the marks of string.punctuation.

    text: a str.
    Returns a str. Letters, digits, spaces and line ends stay, in their order.
    """
    ### BEGIN SOLUTION
    return "".join(letter for letter in text.lower() if letter not in string.punctuation)
    ### END SOLUTION


# %% nbgrader={"grade_id": "standardize-test", "points": 2}
checks.equal(
    standardize("Don't panic, it's ONLY text!"),
    "dont panic its only text",
    """standardize("Don't panic, it's ONLY text!")""",
    misconceptions={
        "upper case is left as it is": "Dont panic its ONLY text",
        "the punctuation is still there": "don't panic, it's only text!",
        "a space takes the place of each mark": "don t panic  it s only text ",
        "the spaces are dropped too": "dontpanicitsonlytext",
        "apostrophes are kept": "don't panic it's only text",
    },
)
checks.equal(
    standardize("x = 10;\ny = [2]"),
    "x  10\ny  2",
    r'standardize("x = 10;\ny = [2]")',
    misconceptions={
        "several spaces in a row are made one": "x 10\ny 2",
        "spaces and line ends are tidied up": "x 10 y 2",
        "digits are dropped": "x  \ny  ",
        "the line end is lost": "x  10 y  2",
    },
)
print("standardize: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_marks = {chr(_code) for _code in range(33, 127)} - set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)
for _mark in sorted(_marks):
    checks.equal(standardize(f"A{_mark}b {_mark}{_mark} 7"), "ab  7", f"standardize of a text with the mark {_mark}")
checks.equal(standardize(""), "", "standardize of an empty text")
checks.equal(standardize("?!"), "", "standardize of a text of marks only")
checks.equal(
    standardize(" The_Quick-Brown  FOX\tjumped (99 times).\n"),
    " thequickbrown  fox\tjumped 99 times\n",
    "standardize of a text with tab, underscore and spaces at its ends",
)
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** Four bits of program text. What is left of each? Does anything go wrong? *I expect ...*

# %% tags=["demo"]
for code in ["load_orders()", "x.append(3)", "C++ or C#?", "a=b.c"]:
    print(f"{code:14} -> {standardize(code)}")

# %% [markdown]
# C++ and C# became the same, and `x.append` became a word that nobody has ever used. Keep this in mind: standardising
# always loses something, and whether that matters depends on the task. We will measure what it costs here.

# %% [markdown]
# ### Cutting it up
#
# Step two. Cut at the spaces, and the tokens are words:

# %% tags=["demo"]
tokens = standardize(corpus[0]).split()
print(len(tokens), "words:", tokens)

# %% [markdown]
# Or make every letter a token:

# %% tags=["demo"]
letters = list(standardize(corpus[0]))
print(len(letters), "characters:", letters[:12], "...")

# %% [markdown]
# | tokens | how many different ones | a text becomes | one token says |
# |---|---|---|---|
# | characters | few: some dozens | long | next to nothing |
# | words | many: ten thousands | short | a lot |
#
# There is something in between, and beyond. Put **n neighbours** together and you have an **n-gram**. The 2-grams of
# *the cat sat down* are *the cat*, *cat sat*, *sat down*. Now a token knows a little about order.

# %%
words = ["the", "cat", "sat", "down"]
print(words[0:2], "->", " ".join(words[0:2]))
print(words[1:3], "->", " ".join(words[1:3]))

# %% [markdown]
# ### ✏️ Exercise 2: `ngrams` (2 points)
#
# **Goal:** tokens that keep a bit of order.
#
# **Given:** a list of tokens and a number `n` of at least 1.
#
# **Question:** Which n-grams does the list hold, from left to right?
#
# <details><summary>Hint 1: where to begin</summary>
# It is a sliding window, as in notebook 01: which starts are there for n = 2 and four tokens?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Loop over the starts, cut out a slice of n tokens at each, join it with a space, collect the strings in a list.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The last start is <code>len(tokens) - n</code>, and <code>range</code> leaves out its end. The slice is
# <code>tokens[i : i + n]</code>.
# </details>


# %% nbgrader={"grade_id": "ngrams", "solution": true}
def ngrams(tokens, n):
    """Return all groups of n neighbouring tokens, each joined by single spaces.

    tokens: a list of str.
    n: how many tokens are in a group, an int of at least 1.
    Returns a list of str in the order of the text; an empty list when there are fewer than n tokens.
    """
    ### BEGIN SOLUTION
    return [" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "ngrams-test", "points": 2}
checks.equal(
    ngrams(["the", "cat", "sat", "down"], 2),
    ["the cat", "cat sat", "sat down"],
    'ngrams(["the", "cat", "sat", "down"], 2)',
    misconceptions={
        "the last group is missing": ["the cat", "cat sat"],
        "a group that is too short is used as well": ["the cat", "cat sat", "sat down", "down"],
        "the groups do not overlap": ["the cat", "sat down"],
        "the tokens are joined without a space": ["thecat", "catsat", "satdown"],
        "single tokens are in the list as well": ["the", "cat", "sat", "down", "the cat", "cat sat", "sat down"],
        "the tokens of a group are not joined to one string": [("the", "cat"), ("cat", "sat"), ("sat", "down")],
        "the tokens of a group are not joined to one text": [["the", "cat"], ["cat", "sat"], ["sat", "down"]],
    },
)
checks.equal(ngrams(["a", "b"], 3), [], 'ngrams(["a", "b"], 3)')
print("ngrams: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
for _n, _length in [(1, 1), (1, 5), (2, 2), (3, 7), (4, 4), (5, 4), (2, 0), (6, 9)]:
    _tokens = [f"w{_i * _i % 7}" for _i in range(_length)]
    _wanted = [" ".join(_group) for _group in zip(*[_tokens[_i:] for _i in range(_n)], strict=False)]
    checks.equal(ngrams(_tokens, _n), _wanted, f"ngrams({_length} tokens, {_n})")
### END HIDDEN TESTS

# %% tags=["demo"]
print(ngrams(tokens, 2))

# %% [markdown]
# ### A number for every token
#
# Step three. The list of all known tokens is the **vocabulary**; the place of a token in it is its number. Frequent
# tokens come first, so that a short vocabulary holds what matters most. Count them:

# %% tags=["demo"]
token_lists = [standardize(text).split() for text in corpus]
counts = Counter(token for tokens in token_lists for token in tokens)
print(counts.most_common())

# %% [markdown]
# Two places are kept free at the front, as in Keras:
#
# - number 0 is **padding**, written as an empty string `""`: it fills up short texts, so that all have one length,
# - number 1 is **unknown**, written `"[UNK]"`: it stands for each token that is not in the vocabulary.
#
# When two tokens are equally frequent, some rule must decide. Ours is Keras': the one *later* in the alphabet comes
# first. (Any rule would do. With the same rule we can compare results.)

# %% [markdown]
# ### ✏️ Exercise 3: `build_vocabulary` (2 points)
#
# **Goal:** decide which tokens get a number.
#
# **Given:** the token lists of several texts, and how many entries the vocabulary may have, the two free places
# included. `Counter` is imported.
#
# **Question:** What is the vocabulary?
#
# <details><summary>Hint 1: where to begin</summary>
# Count all tokens of all texts together, as above. Then sort the different tokens by their counts.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Sort by a pair: the count first, then the token itself. Both should run from large to small. Cut the sorted list to
# what fits behind the two free places.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>sorted(counts, key=lambda token: (counts[token], token), reverse=True)</code> sorts both downwards. How many
# of these may stay?
# </details>


# %% nbgrader={"grade_id": "build_vocabulary", "solution": true}
def build_vocabulary(token_lists, max_tokens):
    """Return the vocabulary: "", "[UNK]", then tokens from frequent to rare.

    token_lists: a list with a list of str for each text.
    max_tokens: the largest allowed length of the result, an int of at least 2.
    Returns a list of str without repetitions. Of equally frequent tokens the later one in the alphabet comes first.
    """
    ### BEGIN SOLUTION
    counts = Counter(token for tokens in token_lists for token in tokens)
    ranked = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
    return ["", "[UNK]", *ranked[: max_tokens - 2]]
    ### END SOLUTION


# %% nbgrader={"grade_id": "build_vocabulary-test", "points": 2}
checks.equal(
    build_vocabulary([["b", "a", "c", "a"], ["d", "e", "b"]], 10),
    ["", "[UNK]", "b", "a", "e", "d", "c"],
    'build_vocabulary([["b", "a", "c", "a"], ["d", "e", "b"]], 10)',
    misconceptions={
        "the two free places at the front are missing": ["b", "a", "e", "d", "c"],
        "equally frequent tokens are in the order of the alphabet": ["", "[UNK]", "a", "b", "c", "d", "e"],
        "equally frequent tokens are in the order of the text": ["", "[UNK]", "b", "a", "c", "d", "e"],
        "the counts play no part": ["", "[UNK]", "e", "d", "c", "b", "a"],
        "rare tokens come first": ["", "[UNK]", "c", "d", "e", "a", "b"],
        "the two free places are swapped": ["[UNK]", "", "b", "a", "e", "d", "c"],
        "a token that a text holds twice is counted once": ["", "[UNK]", "b", "e", "d", "c", "a"],
    },
)
checks.equal(
    build_vocabulary([["x", "y", "y", "z", "z", "z"]], 4),
    ["", "[UNK]", "z", "y"],
    'build_vocabulary([["x", "y", "y", "z", "z", "z"]], 4)',
    misconceptions={
        "the result is longer than max_tokens": ["", "[UNK]", "z", "y", "x"],
        "the result is shorter than it may be": ["", "[UNK]", "z"],
    },
)
print("build_vocabulary: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_lists = [["go", "up", "go"], ["up", "or", "down", "or"], [], ["down", "zoo", "up", "ant"], ["zoo"] * 2]
_ranks = {}
for _token in [_token for _list in _lists for _token in _list]:
    _ranks[_token] = _ranks.get(_token, 0) + 1
_order = ["zoo", "up", "or", "go", "down", "ant"]
assert [_ranks[_token] for _token in _order] == [3, 3, 2, 2, 2, 1]
for _size in (2, 3, 5, 7, 8, 9, 100):
    _wanted = ["", "[UNK]", *_order[: _size - 2]]
    checks.equal(build_vocabulary(_lists, _size), _wanted, f"build_vocabulary(five texts, {_size})")
checks.equal(build_vocabulary([["a"], ["b"], ["b"]], 3), ["", "[UNK]", "b"], "build_vocabulary(three texts, 3)")
### END HIDDEN TESTS

# %% tags=["demo"]
vocabulary = build_vocabulary(token_lists, 9)
for number, token in enumerate(vocabulary):
    print(number, repr(token))

# %% [markdown]
# The vocabulary has nine entries here, so the rarest words found no place. And now a text can be written
# as numbers. Say *Mary likes chess* with five numbers: *Mary* and *likes* have theirs, *chess* is unknown, and two
# places are padded.
#
# **Predict, then run.** Which five numbers? *I expect ...*

# %% tags=["demo"]
print([vocabulary.index("mary"), vocabulary.index("likes"), 1, 0, 0])

# %% [markdown]
# ### ✏️ Exercise 4: `encode` (2 points)
#
# **Goal:** texts as rows of numbers, all of one length.
#
# **Given:** the tokens of one text, a vocabulary as above, and the length of the row.
#
# **Question:** Which numbers stand in the row?
#
# A text that is too long loses its end. Padding goes to the end of a short one.
#
# <details><summary>Hint 1: where to begin</summary>
# Three cases: the token is in the vocabulary, it is not, there is no token any more. Which number belongs to each?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make a dictionary from token to number. Look up the first <code>length</code> tokens, with 1 for those that it does
# not hold. Add zeros until the row is full.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>numbers.get(token, 1)</code> looks up with a stand-in. <code>[0] * 3</code> is a list of three zeros, and
# <code>[0] * -2</code> is an empty one.
# </details>


# %% nbgrader={"grade_id": "encode", "solution": true}
def encode(tokens, vocabulary, length):
    """Return the numbers of the tokens in a vocabulary, as a row of a fixed length.

    tokens: a list of str.
    vocabulary: a list of str that opens with "" (padding, 0) and "[UNK]" (unknown, 1).
    length: how many numbers the row has.
    Returns a list of int.
    """
    ### BEGIN SOLUTION
    numbers = {token: number for number, token in enumerate(vocabulary)}
    row = [numbers.get(token, 1) for token in tokens[:length]]
    return row + [0] * (length - len(row))
    ### END SOLUTION


# %% nbgrader={"grade_id": "encode-test", "points": 2}
checks.close(
    encode(["a", "cat", "a", "bird"], ["", "[UNK]", "a", "cat"], 6),
    [2, 3, 2, 1, 0, 0],
    'encode(["a", "cat", "a", "bird"], ["", "[UNK]", "a", "cat"], 6)',
    misconceptions={
        "padding goes to the front": [0, 0, 2, 3, 2, 1],
        "unknown tokens are left out, or are taken for padding": [2, 3, 2, 0, 0, 0],
        "unknown and padding are swapped": [2, 3, 2, 0, 1, 1],
    },
)
checks.close(
    encode(["a", "cat", "a", "bird"], ["", "[UNK]", "a", "cat"], 2),
    [2, 3],
    'encode(["a", "cat", "a", "bird"], ["", "[UNK]", "a", "cat"], 2)',
    misconceptions={"a long text is not cut": [2, 3, 2, 1], "a long text loses its beginning": [2, 1]},
)
print("encode: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_known = ["", "[UNK]", "e", "t", "a", "o", "n"]
for _tokens, _length in [
    ("tea", 3),
    ("tea", 7),
    ("notexpected", 5),
    ("xyz", 4),
    ("", 3),
    ("onetone", 7),
    ("a", 1),
    ("ax", 0),
]:
    _row = [_known.index(_token) if _token in _known[2:] else 1 for _token in _tokens][:_length]
    while len(_row) < _length:
        _row.append(0)
    _got = encode(list(_tokens), list(_known), _length)
    if _length == 0:
        assert len(_got) == 0, "encode(two tokens, a vocabulary, 0) should be empty."
    else:
        checks.close(_got, _row, f"encode({len(_tokens)} tokens, a vocabulary of 7, {_length})")
### END HIDDEN TESTS

# %% tags=["demo"]
for tokens in token_lists:
    print(encode(tokens, vocabulary, 9), " ".join(tokens))

# %% [markdown]
# This is the form that keeps everything the vocabulary knows: which words, how often, in which order. But look at the
# numbers themselves. Is *mary* twice of *to*? Of course not: they are *names* that happen to be numbers. A layer
# that multiplies them would take them at face value. The next sections give two remedies: bags, and embeddings.

# %% [markdown]
# ## 2. Bags of words
#
# Shake the words of a text in a bag, and only how often each is in there remains: a **bag of words**. As a
# vector it has one place per entry of the vocabulary. No place is needed for padding, so the vocabulary
# opens with `"[UNK]"` this time.

# %% tags=["demo"]
bag_words = build_vocabulary(token_lists, 100)[1:]
print(len(bag_words), "places:", bag_words)

# %% [markdown]
# ### ✏️ Exercise 5: `count_vector` (2 points)
#
# **Goal:** the bag of words as a vector.
#
# **Given:** the tokens of a text and a list of words, which opens with `"[UNK]"`.
#
# **Question:** How often does each word of the list occur in the text? Tokens that are not in the list are counted at
# `"[UNK]"`.
#
# <details><summary>Hint 1: where to begin</summary>
# Start with zeros, one per word. Each token of the text adds 1 somewhere.
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each token find its place: its position in <code>words</code>, or 0 if it is not in there.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>words.index(token) if token in words else 0</code> is the place.
# </details>


# %% nbgrader={"grade_id": "count_vector", "solution": true}
def count_vector(tokens, words):
    """Return how often each word occurs among the tokens.

    tokens: a list of str.
    words: a list of different str that opens with "[UNK]".
    Returns numbers of shape (len(words),): an array or a list. Its first entry counts the tokens not in words.
    """
    ### BEGIN SOLUTION
    counts = np.zeros(len(words), dtype=int)
    for token in tokens:
        counts[words.index(token) if token in words else 0] += 1
    return counts
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_vector-test", "points": 2}
checks.close(
    count_vector(["a", "cat", "or", "a", "bird"], ["[UNK]", "a", "cat", "dog"]),
    [2, 2, 1, 0],
    'count_vector(["a", "cat", "or", "a", "bird"], ["[UNK]", "a", "cat", "dog"])',
    misconceptions={
        "unknown tokens are not counted": [0, 2, 1, 0],
        "a token that occurs twice is counted once": [1, 1, 1, 0],
        "unknown tokens are counted once, however many there are": [1, 2, 1, 0],
        "unknown tokens are counted at the last word": [0, 2, 1, 2],
    },
)
print("count_vector: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(75)
for _length, _size in [(0, 3), (1, 1), (6, 2), (20, 4), (40, 6), (30, 8)]:
    _words = ["[UNK]", *"gfedcba"[: _size - 1]]
    _tokens = [str(_token) for _token in _rng.choice(list("abcdefghij"), _length)]
    _wanted = [sum(_token == _word for _token in _tokens) for _word in _words]
    _wanted[0] = _length - sum(_wanted[1:])
    checks.close(count_vector(_tokens, _words), _wanted, f"count_vector({_length} tokens, {_size} words)")
### END HIDDEN TESTS

# %% [markdown]
# Here are the three texts. Often it is enough to know *whether* a word occurs: put 1 for every count that is not 0,
# and the vector is called **multi-hot**.

# %% tags=["demo"] alt="Two tables with three rows, one per text, and twelve columns, one per word. Left, counts: likes and movies have a 2 in the first row, all other entries are 0 or 1. Right, multi-hot: the same table with 1 in place of each 2."
import matplotlib.pyplot as plt

from course_utils import plots

plots.use_course_style()
bags = np.array([count_vector(tokens, bag_words) for tokens in token_lists])
fig, axes = plt.subplots(2, 1, figsize=(9, 4.6))
for ax, table, title in zip(axes, [bags, (bags > 0).astype(int)], ["counts", "multi-hot"], strict=True):
    plots.number_grid(ax, table, title)
    ax.set_xticks(range(len(bag_words)), labels=bag_words, rotation=30)
    ax.set_yticks(range(3), labels=["text 0", "text 1", "text 2"])
    ax.grid(visible=False)
plt.show()

# %% [markdown]
# ### What the bag forgets
#
# **Predict, then run.** Two programmers with opposite problems. Do their bags differ? *I expect ...*

# %% tags=["demo"]
there = standardize("I am moving my Java code to Python.").split()
back = standardize("I am moving my Python code to Java.").split()
pair_words = build_vocabulary([there, back], 100)[1:]
print("same bag of words:  ", np.array_equal(count_vector(there, pair_words), count_vector(back, pair_words)))

# %% [markdown]
# The same bag, and so *any* network on top of it gives both programmers the same answer. With 2-grams the
# bags differ:

# %% tags=["demo"]
pair_grams = build_vocabulary([ngrams(there, 2), ngrams(back, 2)], 100)[1:]
one, other = (count_vector(ngrams(tokens, 2), pair_grams) for tokens in (there, back))
print("same bag of 2-grams:", np.array_equal(one, other))
print("they differ in     :", [gram for gram, a, b in zip(pair_grams, one, other, strict=True) if a != b])

# %% [markdown]
# The price: there are far more different 2-grams than words, and each of them is rare. Longer ones are rarer still.
# Notebook 08 finds a better way to see order.

# %% [markdown]
# ### Not all words are equally telling: TF-IDF
#
# *likes* is in all three texts, so it does not help to tell them apart. *football* is in one only. **TF-IDF** weighs
# words by how telling they are. It is a product:
#
# - **term frequency**: how often the word occurs in *this* text, our count,
# - **inverse document frequency**: large for words that occur in few texts. With $N$ texts, of which $n_w$ hold the
#   word $w$ (once or more often):
#
# $$\text{idf}(w) = \ln\left(1 + \frac{N}{1 + n_w}\right)$$
#
# There are several formulas of this kind. This one is Keras'. By hand, for a word in all three texts and a word in one:

# %%
print(f"likes:    ln(1 + 3 / (1 + 3)) = {np.log(1 + 3 / (1 + 3)):.3f}")
print(f"football: ln(1 + 3 / (1 + 1)) = {np.log(1 + 3 / (1 + 1)):.3f}")

# %% [markdown]
# ### ✏️ Exercise 6: `tf_idf` (2 points)
#
# **Goal:** weigh a table of counts.
#
# **Given:** counts of shape (texts, words), as in the left table.
#
# **Question:** What is each count times its word's idf, with the formula above?
#
# <details><summary>Hint 1: where to begin</summary>
# One idf per word, that is per column. What is the number of texts in the table?
# </details>
# <details><summary>Hint 2: a plan</summary>
# A text that holds a word twice is still one text. So first ask which entries are not 0, and count those along
# the axis of the texts. Then apply the formula to all words at once.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>(counts > 0).sum(axis=...)</code> gives one number per word if you choose the right axis. The product of the table
# with this row of numbers is spread over all rows by NumPy.
# </details>


# %% nbgrader={"grade_id": "tf_idf", "solution": true}
def tf_idf(counts):
    """Weigh counts by the inverse document frequency of their words.

    counts: shape (texts, words), integers of at least 0; nested lists are fine (use np.asarray).
    Returns real numbers of the same shape: each count times ln(1 + N / (1 + texts that hold the word)).
    """
    ### BEGIN SOLUTION
    counts = np.asarray(counts)
    holding = (counts > 0).sum(axis=0)
    return counts * np.log(1 + len(counts) / (1 + holding))
    ### END SOLUTION


# %% nbgrader={"grade_id": "tf_idf-test", "points": 2}
checks.close(
    tf_idf([[1, 2], [1, 0], [3, 0], [0, 0]]),
    [[0.6931472, 2.1972246], [0.6931472, 0.0], [2.0794415, 0.0], [0.0, 0.0]],
    "tf_idf([[1, 2], [1, 0], [3, 0], [0, 0]])",
    rtol=1e-4,
    misconceptions={
        "a word is counted as often as it occurs, not once per text": [[0.5108256, 1.6945957], [0.5108256, 0.0], [1.5324769, 0.0], [0.0, 0.0]],
        "N is the number of words, not of texts": [[0.4054651, 1.3862944], [0.4054651, 0.0], [1.2163953, 0.0], [0.0, 0.0]],
        "the idf is returned, without the counts": [[0.6931472, 1.0986123]] * 4,
        "the two 1s in the formula are missing": [[0.2876821, 2.7725887], [0.2876821, 0.0], [0.8630462, 0.0], [0.0, 0.0]],
        "the 1 below the fraction bar is missing": [[0.8472979, 3.2188758], [0.8472979, 0.0], [2.5418936, 0.0], [0.0, 0.0]],
        "the 1 in front of the fraction is missing": [[0.0, 1.3862944], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
        "the counts are divided by the length of the text": [[0.2310491, 0.7324082], [0.6931472, 0.0], [0.6931472, 0.0], [0.0, 0.0]],
        "the counts are made 0 or 1 first": [[0.6931472, 1.0986123], [0.6931472, 0.0], [0.6931472, 0.0], [0.0, 0.0]],
        "the words of each text are counted, not the texts of each word": [[0.8472979, 1.6945957], [1.0986123, 0.0], [3.2958369, 0.0], [0.0, 0.0]],
        "the logarithm has base 10": [[0.3010300, 0.9542425], [0.3010300, 0.0], [0.9030900, 0.0], [0.0, 0.0]],
        "the logarithm has base 2": [[1.0, 3.1699250], [1.0, 0.0], [3.0, 0.0], [0.0, 0.0]],
    },
)  # fmt: skip
print("tf_idf: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(76)
for _texts, _words in [(1, 4), (2, 5), (6, 3), (7, 7), (9, 2)]:
    _counts = _rng.integers(0, 4, (_texts, _words))
    _wanted = np.zeros((_texts, _words))
    for _j in range(_words):
        _holding = sum(1 for _i in range(_texts) if _counts[_i, _j] >= 1)
        for _i in range(_texts):
            _wanted[_i, _j] = _counts[_i, _j] * np.log((1 + _holding + _texts) / (1 + _holding))
    checks.close(tf_idf(_counts), _wanted, f"tf_idf(counts of shape {(_texts, _words)})")
    checks.close(tf_idf(_counts.tolist()), _wanted, f"tf_idf(list of shape {(_texts, _words)})")
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** Which word of the first text gets the largest weight, and which the smallest? *I expect ...*

# %% tags=["demo"] alt="Bar chart of the TF-IDF weights of the seven different words of the first text, from large to small: movies 1.39, likes 1.12, too 0.92, then watch, to and john with 0.69 each, and mary 0.56."
weights = tf_idf(bags)[0]
order = [i for i in np.argsort(-weights, kind="stable") if weights[i] > 0]
fig, ax = plt.subplots(figsize=(7, 2.6))
ax.bar([bag_words[i] for i in order], weights[order])
ax.set(title=f"TF-IDF: {corpus[0]}", ylabel="weight")
plt.show()
print(", ".join(f"{bag_words[i]} {weights[i]:.2f}" for i in order))

# %% [markdown]
# *likes* and *movies* both occur twice, and *movies* weighs more as fewer texts mention it. *too* occurs once, in
# this text only, and outweighs all the other single words.

# %% [markdown]
# ## 3. The same with Keras
#
# `TextVectorization` does all of it. It is a layer with a memory: `adapt` shows it texts, and it builds its
# vocabulary from them. Then it can be called. These are its settings (the first two are what it does anyway):

# %% tags=["demo"]
import keras

vectorizer = keras.layers.TextVectorization(
    standardize="lower_and_strip_punctuation",
    split="whitespace",
    max_tokens=9,
    output_mode="int",
    output_sequence_length=9,
)
vectorizer.adapt(corpus)
print([str(word) for word in vectorizer.get_vocabulary()])

# %% [markdown]
# **Predict, then run.** Your functions against the layer, for lists of numbers and three kinds of bags. *I expect ...*

# %% tags=["demo"]
theirs = keras.ops.convert_to_numpy(vectorizer(corpus))
ours = np.array([encode(tokens, vocabulary, 9) for tokens in token_lists])
print("vocabulary equal:", vectorizer.get_vocabulary() == vocabulary)
print("int        equal:", np.array_equal(theirs, ours))

# %% tags=["demo"]
for mode, ours in [("count", bags), ("multi_hot", bags > 0), ("tf_idf", tf_idf(bags))]:
    layer = keras.layers.TextVectorization(max_tokens=100, output_mode=mode)
    layer.adapt(corpus)
    theirs = keras.ops.convert_to_numpy(layer(corpus))
    print(f"{mode:10} equal: {np.allclose(theirs, ours, atol=1e-5)}, shape {theirs.shape}")

# %% [markdown]
# And the other two ways to cut: `ngrams=2` gives single words *and* 2-grams, `split="character"` gives letters.

# %% tags=["demo"]
layer = keras.layers.TextVectorization(ngrams=2, output_mode="multi_hot")
layer.adapt(corpus)
ours = build_vocabulary([tokens + ngrams(tokens, 2) for tokens in token_lists], 100)[1:]
print("words and 2-grams:", len(ours), "entries, equal:", layer.get_vocabulary() == ours)
layer = keras.layers.TextVectorization(split="character")
layer.adapt(corpus)
ours = build_vocabulary([list(standardize(text)) for text in corpus], 100)
print("characters:       ", len(ours), "entries, equal:", layer.get_vocabulary() == ours)

# %% [markdown]
# No secrets left in this layer. From now on we let it work, for it is fast.

# %% [markdown]
# ## 4. Which language is it?
#
# Now for the questions of the beginning. Each belongs to one of four programming languages, whose name has been replaced by
# *blank*. The `quick` questions are made by a small grammar in the style of the real ones, which `full` uses.

# %% tags=["demo"]
from course_utils import data

questions = data.stack_overflow(profile)
questions.describe()
languages = list(questions.class_names)
print(dict(enumerate(languages)))

# %% [markdown]
# **Predict, then run.** First try yourself! Here are four questions. Write down the languages before you run
# the next cell. *I expect ...*

# %% tags=["demo"]
import textwrap

for number in range(5, 9):
    print(f"({number})", textwrap.fill(questions.x_train[number][:400], 110), "\n")

# %% tags=["demo"]
print([languages[label] for label in questions.y_train[5:9]])

# %% [markdown]
# Some questions give it away with one word, some with the style of a name, and some cannot be told at all. So do not
# expect 100 %.
#
# ### Three sets, and no leaks
#
# The questions are split. From the **training** set the network learns its weights. On the **validation** set
# we compare networks and make choices; it is 20 % of what there was to learn from. The **test** set waits until the very
# end, and is used once.
#
# What is learnt from training data also includes *the vocabulary*, and the idf of TF-IDF! If the vectoriser is adapted to
# validation text as well, it knows words that in real life it would never have seen. This is called a **leak**:
# the validation accuracy no longer tells how the model does on new text.

# %% tags=["demo"]
train_texts, val_texts = list(questions.x_train), list(questions.x_val)
split_words = [{word for text in texts for word in standardize(text).split()} for texts in (train_texts, val_texts)]
print(f"training:   {len(train_texts)} texts, {len(split_words[0])} different words")
print(f"validation: {len(val_texts)} texts, {len(split_words[1])} different words")
print(f"in validation only: {len(split_words[1] - split_words[0])} words")

# %% [markdown]
# Those last words must be `[UNK]`. Adapt to the training texts and ask the layer about one of them:

# %% tags=["demo"]
new_word = min(split_words[1] - split_words[0])
honest, leaky = keras.layers.TextVectorization(), keras.layers.TextVectorization()
honest.adapt(train_texts)
leaky.adapt(train_texts + val_texts)
for name, layer in [("honest", honest), ("leaky", leaky)]:
    print(f"{name:6}: {new_word} has the number {int(layer([new_word])[0, 0])}, 1 is [UNK]")

# %% [markdown]
# The rule: **adapt on training texts only**. All that follows does so.

# %% [markdown]
# ## 5. Cheap baselines first
#
# Before any network: what would a lazy person get? Always answering with the most frequent language of the training
# set is the **majority baseline**.

# %% tags=["demo"]
favourite = np.bincount(questions.y_train).argmax()
majority = float(np.mean(questions.y_val == favourite))
print(f"always {languages[favourite]}: {majority:.1%} of the validation questions are right")

# %% [markdown]
# A better one takes little more effort: **logistic regression**, the linear classifier from statistics, on multi-hot
# vectors and on TF-IDF vectors of at most 10,000 tokens. The helpers below are used to the end. Their argument `spaces`
# belongs to an experiment of section 7: it puts a space where a punctuation mark is, before the layer gets to see the
# text.

# %% tags=["demo"]
import re


def prepare(texts, spaces=False):
    return [re.sub(r"[^\w\s]|_", " ", text) for text in texts] if spaces else list(texts)


def vectors(layer, texts, spaces=False):
    return keras.ops.convert_to_numpy(layer(prepare(texts, spaces))).astype("float32")


# %% [markdown]
# Adapting a layer takes a while, above all for TF-IDF. `lru_cache` remembers the last four results.

# %% tags=["demo"]
from functools import cache, lru_cache


@lru_cache(maxsize=4)
def vectorized(max_tokens, mode, spaces):
    layer = keras.layers.TextVectorization(max_tokens=max_tokens, output_mode=mode)
    layer.adapt(prepare(train_texts, spaces))
    return layer, vectors(layer, train_texts, spaces), vectors(layer, val_texts, spaces)


# %% [markdown]
# **Predict, then run.** Four languages, so guessing gives about 25 %. What does logistic regression reach with 0s and
# 1s? Does TF-IDF help? *I expect ...*

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

baselines, baseline_accuracy = {}, {}
for mode in ("multi_hot", "tf_idf"):
    layer, x_train, x_val = vectorized(10_000, mode, False)
    model = LogisticRegression(max_iter=1000).fit(csr_matrix(x_train), questions.y_train)
    baselines[mode] = (layer, model)
    baseline_accuracy[mode] = model.score(csr_matrix(x_val), questions.y_val)
    print(f"logistic regression, {mode:9} of {x_val.shape[1]:,} tokens: {baseline_accuracy[mode]:.1%}")

# %% [markdown]
# On these questions TF-IDF helps: 72.4 %<!-- quick: logistic regression multi_hot --> without it,
# 78.0 %<!-- quick: logistic regression tf_idf --> with it. Do not make a law of that. On the *real* questions it is the
# other way round: 77.1 %<!-- full: logistic regression multi_hot --> with 0s and 1s, and
# 74.4 %<!-- full: logistic regression tf_idf --> with TF-IDF. Section 7 comes back to this.
#
# The `quick` questions do not even have 10,000 different words: the limit leaves all of them in.

# %% [markdown]
# ## 6. The network
#
# The lecture's network is as small as can be: a multi-hot vector goes into **one** dense layer with four outputs, one
# per language. These outputs are **logits**: any real numbers, before the softmax that would turn them into
# probabilities. (The loss applies the softmax itself, which is more exact.) The largest one wins.
#
# With 10,000 inputs there are $10{,}000 \cdot 4$ weights and 4 biases (with `quick`, there are fewer inputs). Next you
# build a version with any number of **hidden layers** of 16 units in between, for the study.

# %% nbgrader={"grade_id": "keras-import", "locked": true}
import keras

# %% [markdown]
# ### ✏️ Exercise 7: `build_classifier` (2 points)
#
# **Goal:** your first Keras model from a description.
#
# **Given:** the width of the input vectors and the number of hidden layers, which may be 0. `keras` is imported.
#
# **Question:** What is the model with that many dense layers of 16 units with ReLU, followed by a dense layer of 4 units
# that gives logits?
#
# <details><summary>Hint 1: where to begin</summary>
# <code>keras.Sequential</code> takes a list of layers. The first entry, <code>keras.layers.Input</code>, says what comes in. What
# does <code>[a] * 3</code> not do for you here?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make a Sequential with only an Input of shape <code>(width,)</code>. Then <code>model.add(...)</code> a new hidden layer
# in a loop, and the last layer after the loop.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A hidden layer is <code>keras.layers.Dense(16, activation="relu")</code>. Logits are what comes out of a dense layer
# <em>without</em> an activation.
# </details>


# %% nbgrader={"grade_id": "build_classifier", "solution": true}
def build_classifier(width, hidden_layers):
    """Return a Keras model (not compiled) that maps vectors of shape (batch, width) to logits of shape (batch, 4).

    width: how many numbers an input vector has.
    hidden_layers: how many dense layers of 16 units with ReLU come before the last layer, 0 or more.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(4))
    return model
    ### END SOLUTION


# %% nbgrader={"grade_id": "build_classifier-test", "points": 2}
for _width, _hidden, _count, _wrong in [
    (10, 0, 44, {"the biases are missing": 40, "there is a hidden layer": 244}),
    (10, 1, 244, {"the hidden layer is missing": 44, "one hidden layer too many": 516}),
    (10, 3, 788, {"hidden_layers is not used": 244, "one hidden layer too few": 516, "all hidden layers are the same one": 244}),
]:  # fmt: skip
    _what = f"build_classifier({_width}, {_hidden})"
    _model = build_classifier(_width, _hidden)
    assert _model is not None, f"{_what} is None. Is there a return?"
    assert _model.built, f"{_what} does not know its input yet. Is keras.layers.Input((width,)) in front?"
    checks.equal(tuple(_model.output_shape), (None, 4), f"the output shape of {_what}")
    checks.close(_model.count_params(), _count, f"the number of parameters of {_what}", misconceptions=_wrong)
print("build_classifier: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(77)
for _width, _hidden in [(3, 0), (7, 1), (5, 2), (4, 4)]:
    _what = f"build_classifier({_width}, {_hidden})"
    _model = build_classifier(_width, _hidden)
    _sizes = [_width] + [16] * _hidden + [4]
    _shapes = [_shape for _i in range(_hidden + 1) for _shape in [tuple(_sizes[_i : _i + 2]), (_sizes[_i + 1],)]]
    checks.equal([tuple(_w.shape) for _w in _model.get_weights()], _shapes, f"the shapes of the weights of {_what}")
    _weights = [_rng.normal(0, 0.5, _shape).astype("float32") for _shape in _shapes]
    _model.set_weights(_weights)
    _x = _rng.normal(size=(6, _width)).astype("float32")
    _y = _linear = _x
    for _i in range(0, len(_weights), 2):
        _y = (np.maximum(_y, 0) if _i else _y) @ _weights[_i] + _weights[_i + 1]
        _linear = _linear @ _weights[_i] + _weights[_i + 1]
    _got = np.asarray(keras.ops.convert_to_numpy(_model(_x)))
    _slips = {
        "the last layer has a ReLU, but logits may be negative": np.maximum(_y, 0),
        "the last layer has a softmax, but logits come before it": np.exp(_y) / np.exp(_y).sum(axis=1, keepdims=True),
        "the hidden layers have no ReLU": _linear,
    }
    checks.close(_got, _y, f"the output of {_what} with given weights", rtol=1e-3, atol=1e-4, misconceptions=_slips)
### END HIDDEN TESTS

# %% tags=["demo"]
for hidden_layers in (0, 1, 2):
    print(
        f"10,000 inputs, {hidden_layers} hidden layers: {build_classifier(10_000, hidden_layers).count_params():,} parameters"
    )

# %% [markdown]
# ### Training it
#
# An **epoch** is one pass over all training examples, a **batch** at a time. **Adam** is gradient descent
# that adapts the size of the step for every weight on its own; `learning_rate` scales all steps. `full` uses the
# lecture's setting: 25 epochs, batches of 32. `quick` has fewer questions and takes fewer, larger steps.

# %% tags=["demo"]
plan = {
    "quick": {"epochs": 5, "embedding_epochs": 8, "batch_size": 256, "learning_rate": 0.03},
    "full": {"epochs": 25, "embedding_epochs": 25, "batch_size": 32, "learning_rate": 0.001},
}[profile]


def accuracy(model, x, labels):
    logits = keras.ops.convert_to_numpy(model(x))
    return float(np.mean(logits.argmax(axis=1) == labels))


# %% [markdown]
# A **callback** is a function that Keras calls while it trains. Ours runs after each epoch and adds the accuracy on
# the validation questions to the record. (Keras' own way is `validation_data=...`. With networks this small, preparing
# that takes longer than the training itself. So does making special machine code, which `jit_compile=False` turns off;
# and without `optimizer.build` the training step would be prepared twice.)


# %% tags=["demo"]
def fit(model, x_train, x_val, epochs):
    def validate(epoch, logs):
        logs["val_accuracy"] = accuracy(model, x_val, questions.y_val)

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(plan["learning_rate"]), loss, metrics=["accuracy"], jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    watch = keras.callbacks.LambdaCallback(on_epoch_end=validate)
    how = {"epochs": epochs, "batch_size": plan["batch_size"], "callbacks": [watch], "verbose": 0}
    return model.fit(x_train, questions.y_train, **how).history


# %% [markdown]
# A network starts from random weights and sees its batches in random order: another **seed** of the random numbers,
# another result. So one run proves little, and we always make three. `cache` remembers the trained networks, so that
# none is trained twice.

# %% tags=["demo"]
seeds = range(seed, seed + 3)


@cache
def train(seed, max_tokens=10_000, hidden_layers=0, mode="multi_hot", spaces=False):
    layer, x_train, x_val = vectorized(max_tokens, mode, spaces)
    keras.utils.set_random_seed(seed)
    model = build_classifier(x_train.shape[1], hidden_layers)
    return layer, model, fit(model, x_train, x_val, plan["epochs"])


# %% [markdown]
# **Predict, then run.** How far will the training accuracy rise, and how far the validation accuracy? *I expect ...*

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread" alt="Accuracy over epochs for the network without hidden layers. The dashed training curve climbs steadily to about 90 per cent. The validation curve rises steeply at first and then stays flat at about 80 per cent, so that a gap opens between the two. A dotted line marks the majority baseline at about 25 per cent."
runs = [train(seed) for seed in seeds]
fig, ax = plt.subplots(figsize=(7, 3.6))
plots.learning_curves(ax, [history for _, _, history in runs], "accuracy", "multi-hot net")
ax.axhline(majority, color="grey", linestyle=":", label="majority")
ax.set(title="One dense layer on multi-hot vectors", ylim=(0, 1))
ax.legend(loc="lower right")
plt.show()
net_accuracy = [history["val_accuracy"][-1] for _, _, history in runs]
print(f"validation accuracy: {np.mean(net_accuracy):.1%} ± {np.std(net_accuracy, ddof=1):.1%} over {len(runs)} seeds")

# %% [markdown]
# The network soon knows its training questions better than new ones. This is called **overfitting**, and more epochs
# do not cure it.
#
# Does the network beat logistic regression? Think before you are proud of it: one dense layer with a softmax *is* the model
# of logistic regression! Only the fitting differs. scikit-learn runs to the end but punishes large weights, our
# network has no such penalty but stops after a few epochs.
#
# ### What did it learn?
#
# A network with one layer is easy to read. For each word and each language there is one weight: how much the word
# speaks for the language. Here are the strongest words that occur in at least 20 training questions.

# %% tags=["demo"]
layer, model, _ = runs[0]
net_words = np.array([str(word) for word in layer.get_vocabulary()])
net_weights = model.get_weights()[0]
frequent = vectorized(10_000, "multi_hot", False)[1].sum(axis=0) >= 20

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread" alt="Four bar charts, one per language, each with the eight words of the largest weights. For C# words such as linq, winforms and nuget, for Java hibernate, swing and maven, for JavaScript innerhtml, callback and ajax, for Python dataframe, pandas and flask."
fig, axes = plt.subplots(1, 4, figsize=(11, 3))
for label, ax in enumerate(axes):
    column = np.where(frequent, net_weights[:, label], -np.inf)
    top = np.argsort(-column)[:8]
    ax.barh(net_words[top], column[top])
    ax.invert_yaxis()
    ax.set(title=languages[label], xlabel="weight")
plt.show()

# %% [markdown]
# It has found the vocabulary of each community on its own. Which mistakes are left?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread" alt="Confusion matrix of the four languages on the validation questions. The counts on the diagonal are by far the largest; every other cell holds far fewer."
x_val = vectorized(10_000, "multi_hot", False)[2]
predicted = keras.ops.convert_to_numpy(model(x_val)).argmax(axis=1)
fig, ax = plt.subplots(figsize=(4.4, 4))
plots.confusion_matrix(ax, questions.y_val, predicted, languages)
ax.set_title("mistakes on validation questions")
plt.show()

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
wrong = np.flatnonzero(predicted != questions.y_val)
for number in wrong[:3]:
    truth, guess = languages[questions.y_val[number]], languages[predicted[number]]
    print(f"{truth}, taken for {guess}:", textwrap.fill(val_texts[number][:300], 110), "\n")

# %% [markdown]
# Would *you* have got these right? Some tell nothing. In others, the clue is a name that the network has never seen:
# it is `[UNK]`, and no weight belongs to it.

# %% [markdown]
# ## 7. A study: what matters?
#
# The lecture asks: which size of the vocabulary, and how many layers? A **study** changes one thing at a time and
# keeps all else. We add two settings: TF-IDF instead of 0s and 1s, and the question from section 1 of what to do with
# punctuation. In `x.append(3)` the lecture's standardisation *drops* the marks and makes `xappend3`. The alternative
# puts a *space* in place of each mark and makes three words.
#
# **Predict, then run.** Rank them before you look: a vocabulary of 100, 300 or 10,000 tokens; 0, 1 or 2 hidden
# layers; TF-IDF; spaces for punctuation. Which change helps most, and which hurts most? *I expect ...*

# %% tags=["demo"]
settings = {
    "100 tokens": {"max_tokens": 100},
    "300 tokens": {"max_tokens": 300},
    "10,000 tokens": {},
    "10,000, 1 hidden layer": {"hidden_layers": 1},
    "10,000, 2 hidden layers": {"hidden_layers": 2},
    "10,000, TF-IDF": {"mode": "tf_idf"},
    "10,000, spaces for marks": {"spaces": True},
}
if profile == "full":  # the real questions have words enough for more sizes: section 11 needs them
    settings |= {f"{size:,} tokens": {"max_tokens": size} for size in (500, 1000, 2000, 5000, 20_000)}

# %% tags=["demo"]
from course_utils.study import Study, evaluate_once


def measure(seed, **setting):
    history = train(seed, **setting)[2]
    return {"validation accuracy": history["val_accuracy"][-1], "training accuracy": history["accuracy"][-1]}


study = Study(measure, settings, seeds)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread" alt="Validation accuracies of seven settings, one row each, a dot per seed and a bar for mean and standard deviation. A hundred tokens are hardly better than guessing; 300 tokens are in between; 10,000 tokens reach about 80 per cent. Hidden layers change little. Spaces for punctuation marks are best of all, a few points ahead."
fig, ax = plt.subplots(figsize=(7.5, 0.6 + 0.46 * len(settings)))
study.plot(ax, "validation accuracy")
ax.axvline(majority, color="grey", linestyle=":")
ax.set_title("Mean ± standard deviation (dotted line: majority)")
plt.show()
summary = study.summary("validation accuracy")
for name, row in summary.iterrows():
    print(f"{name:25} {row['mean']:.1%} ± {row['std']:.1%}")
draw = np.sqrt(0.8 * 0.2 / len(val_texts))
print(f"and ± {draw:.1%} for an accuracy near 80 %, from which {len(val_texts)} questions were drawn for validation")

# %% [markdown]
# With 100 tokens the network is near chance: 31.2 %<!-- quick: 100 tokens -->. With 300 it reaches
# 65.0 %<!-- quick: 300 tokens -->, with 10,000 it reaches 79.8 %<!-- quick: 10,000 tokens -->. A hidden layer brings
# nothing: 77.5 %<!-- quick: 10,000, 1 hidden layer -->, and two bring 77.1 %<!-- quick: 10,000, 2 hidden layers -->. But a
# space in place of each punctuation mark, one line of code, lifts the same small network to
# 82.8 %<!-- quick: 10,000, spaces for marks -->.
#
# The spread is that over seeds. *Which* questions were drawn for validation is chance, too: a share $p$ of $n$
# questions varies by $\sqrt{p (1 - p) / n}$ from draw to draw, the last line above. All settings are measured on
# the same questions, so this matters less for which is better than for how good it is. Still, with `quick` TF-IDF and
# spaces are too close to tell which is better.
#
# Here is what we measured with `full`, on the real questions:
#
# | setting | full | quick |
# |---|---|---|
# | 100 tokens | 62.8 %<!-- full: 100 tokens --> | 31.2 %<!-- quick: 100 tokens --> |
# | 300 tokens | 68.6 %<!-- full: 300 tokens --> | 65.0 %<!-- quick: 300 tokens --> |
# | 10,000 tokens | 80.2 %<!-- full: 10,000 tokens --> | 79.8 %<!-- quick: 10,000 tokens --> |
# | 10,000, 1 hidden layer | 76.8 %<!-- full: 10,000, 1 hidden layer --> | 77.5 %<!-- quick: 10,000, 1 hidden layer --> |
# | 10,000, 2 hidden layers | 76.8 %<!-- full: 10,000, 2 hidden layers --> | 77.1 %<!-- quick: 10,000, 2 hidden layers --> |
# | 10,000, TF-IDF | 73.8 %<!-- full: 10,000, TF-IDF --> | 81.5 %<!-- quick: 10,000, TF-IDF --> |
# | 10,000, spaces for marks | 85.4 %<!-- full: 10,000, spaces for marks --> | 82.8 %<!-- quick: 10,000, spaces for marks --> |
#
# The real questions tell the same story, with two differences. A hundred tokens take you further there, as words like
# *public*, *string* and *var* are among the hundred most frequent. And **TF-IDF helps on our questions and *hurts* on
# the real ones.** We took it apart, and each of its two factors does harm there. *Counts:* real questions contain
# listings of code, where one name is repeated dozens of times and drowns the rest. *Idf:* it makes rare words loud, and
# the network learns them by heart. Dividing each vector by its length, as other libraries do, mends about half. So
# measure TF-IDF on *your* texts before you believe in it.
#
# The small change that wins on both was the most boring one. **Look at your tokens before you build a bigger network.**
#
# Why does a small vocabulary cost so much? Move the slider and see what is left of a question. (On a page without a
# running kernel you see the smallest size.)


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run" alt="The text of one training question. Words that a vocabulary of 100 tokens holds have a white background, those that it does not hold an orange one. The telling words are all orange. A menu chooses the vocabulary's size."
from course_utils import widgets

all_words = [str(word) for word in net_words]


def show_known(size):
    tokens = standardize(train_texts[7]).split()[:90]
    known = set(all_words[:size])
    fig, ax = plt.subplots(figsize=(9, 2.2))
    lost = [token not in known for token in tokens]
    plots.marked_text(
        ax, tokens, np.array(lost, dtype=float), f"vocabulary of {size}: {sum(lost)} of {len(tokens)} words are lost"
    )
    return fig


widgets.explore(show_known, size=[100, 300, 1000, 10_000])

# %% [markdown]
# With 100 tokens only *the*, *is* and their like are left of our questions: frequent, but they tell next to nothing
# about the language. The names that do are rarer. More layers cannot bring back what the vectoriser has thrown away!

# %% [markdown]
# ## 8. Words as points: embeddings
#
# In a multi-hot vector each word has a place of its own. A single word alone is a **one-hot** vector: a 1 at its place, else
# only 0s. These vectors are *long* (as the vocabulary) and *sparse* (nearly all 0). And they know nothing: between any
# two different words the angle is the same, a right angle. *pandas* is no closer to *numpy* than to *hibernate*.
#
# A **word embedding** gives each word a *short, dense* vector instead, a few learnt numbers. Words that are used alike can
# then lie close together. Three words with vectors of length 2, made up for the example:

# %%
tiny = np.array([[2.0, 1.0], [1.5, 1.0], [-1.0, 2.0]])
tiny_words = ["pandas", "numpy", "hibernate"]

# %% [markdown]
# How do we say *close*? By the angle between the two vectors. Its cosine is 1 in the same direction, 0 at a right angle,
# and -1 in opposite directions:
#
# $$\text{similarity}(a, b) = \frac{a \cdot b}{\lVert a \rVert \, \lVert b \rVert}$$
#
# where $a \cdot b$ is the sum of products and $\lVert a \rVert$ the length of $a$.

# %%
for other in (1, 2):
    dot = np.sum(tiny[0] * tiny[other])
    lengths = np.linalg.norm(tiny[0]) * np.linalg.norm(tiny[other])
    print(f"pandas and {tiny_words[other]:9}: {dot:.1f} / {lengths:.2f} = {dot / lengths:.3f}")

# %% [markdown]
# ### ✏️ Exercise 8: `nearest` (2 points)
#
# **Goal:** ask an embedding which words are alike.
#
# **Given:** a word, the list of all words, one vector per word (none of them all zero), and a number `k`.
#
# **Question:** Which `k` *other* words are most similar to it, the most similar first?
#
# <details><summary>Hint 1: where to begin</summary>
# Find the word's own vector. Then you need its similarity to every vector in the table.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Divide every row by its length. After that the similarity is just the sum of products. Sort, and leave the word
# itself out.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.linalg.norm(vectors, axis=1, keepdims=True)</code> gives all lengths; <code>@</code> gives all sums of products
# with one vector; <code>np.argsort(-x)</code> gives the places of the largest first.
# </details>


# %% nbgrader={"grade_id": "nearest", "solution": true}
def nearest(word, words, vectors, k):
    """Return the k other words whose vectors have the largest cosine similarity to the word's vector.

    word: a str that is in words.
    words: a list of different str.
    vectors: shape (len(words), dimensions), row i belongs to words[i]; nested lists are fine.
    k: an int, less than len(words).
    Returns a list of k str, the most similar first.
    """
    ### BEGIN SOLUTION
    vectors = np.asarray(vectors, dtype=float)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    place = list(words).index(word)
    order = np.argsort(-(unit @ unit[place]))
    return [words[i] for i in order if i != place][:k]
    ### END SOLUTION


# %% nbgrader={"grade_id": "nearest-test", "points": 2}
checks.equal(
    nearest("pandas", ["pandas", "numpy", "hibernate"], [[2.0, 1.0], [1.5, 1.0], [-1.0, 2.0]], 1),
    ["numpy"],
    'nearest("pandas", ["pandas", "numpy", "hibernate"], the vectors above, 1)',
    misconceptions={"the word itself is in the list": ["pandas"], "the least similar word comes first": ["hibernate"]},
)
checks.equal(
    nearest("up", ["far", "up", "tall", "side", "down"], [[20, 90], [0, 1], [1, 60], [1, 0], [0, -2]], 4),
    ["tall", "far", "side", "down"],
    'nearest("up", ["far", "up", "tall", "side", "down"], [[20, 90], [0, 1], [1, 60], [1, 0], [0, -2]], 4)',
    misconceptions={
        "words are sorted by distance, not by angle": ["side", "down", "tall", "far"],
        "the sums of products are not divided by the lengths of the vectors": ["far", "tall", "side", "down"],
        "the sign of the similarity is lost": ["down", "tall", "far", "side"],
        "the least similar words come first": ["down", "side", "far", "tall"],
    },
)
print("nearest: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(78)
for _count, _dimensions, _k in [(5, 2, 4), (9, 3, 1), (20, 6, 5), (12, 4, 11), (7, 5, 3)]:
    _names = [f"w{_i}" for _i in range(_count)]
    _table = _rng.normal(size=(_count, _dimensions)) * _rng.uniform(0.1, 9, (_count, 1))
    for _place in range(0, _count, 3):
        _cosines = []
        for _row in _table:
            _cosines.append(sum(_row * _table[_place]) / (sum(_row**2) * sum(_table[_place] ** 2)) ** 0.5)
        _ranked = sorted((_i for _i in range(_count) if _i != _place), key=lambda i: -_cosines[i])
        _got = nearest(_names[_place], list(_names), _table.tolist(), _k)
        checks.equal(
            [str(_word) for _word in _got], [_names[_i] for _i in _ranked[:_k]], f"nearest({_count} words, k={_k})"
        )
### END HIDDEN TESTS

# %% [markdown]
# ### The layer
#
# Keras' `Embedding` layer is a table with one row per token, and all it does is look up. It is worth seeing
# that this is a dense layer in disguise: one-hot vectors times the table.

# %% tags=["demo"]
table = np.array([[0, 0], [9, 9], [2, 1], [1.5, 1], [-1, 2]])  # a row for padding, [UNK], pandas, numpy, hibernate
row = np.array([2, 4, 1, 0])  # pandas, hibernate, an unknown word, padding
one_hot = np.eye(5)[row]
print(one_hot.astype(int))
lookup = keras.layers.Embedding(5, 2)
lookup.build()
lookup.set_weights([table])
print(
    "same:", np.allclose(one_hot @ table, table[row]), np.allclose(keras.ops.convert_to_numpy(lookup(row)), table[row])
)

# %% [markdown]
# | | one-hot | embedding |
# |---|---|---|
# | length | size of the vocabulary | free choice, often 16 to 300 |
# | entries | a single 1, else 0: *sparse* | real numbers: *dense* |
# | made by | counting places | training |
# | two different words are | always equally far apart | near if they are used alike |
#
# Now a network: look up a vector of 16 numbers for each token, **average** the vectors of all tokens, and put the average into a
# dense layer of 4. It needs the tokens as rows of numbers, the form of Exercise 4. Padding must not
# count in the average: `mask_zero=True` tells the next layer to skip it.

# %% tags=["demo"]
length = 100 if profile == "quick" else 250
to_numbers = keras.layers.TextVectorization(max_tokens=10_000, output_sequence_length=length)
to_numbers.adapt(train_texts)
rows = {
    name: keras.ops.convert_to_numpy(to_numbers(texts)) for name, texts in [("train", train_texts), ("val", val_texts)]
}
print("training rows:", rows["train"].shape)


# %% tags=["demo"]
def build_embedder():
    return keras.Sequential(
        [
            keras.layers.Input((length,)),
            keras.layers.Embedding(to_numbers.vocabulary_size(), 16, mask_zero=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(4),
        ]
    )


print(f"{build_embedder().count_params():,} parameters")

# %% [markdown]
# Most of them are in the table, 16 per token. The order of the words plays no part: an average is a bag, too. The table
# starts from random numbers, so `quick` gives it a few epochs more.
#
# **Predict, then run.** 16 numbers instead of thousands. Better or worse than the multi-hot net? *I expect ...*

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
embedders, embedder_accuracy = [], []
for run_seed in seeds:
    keras.utils.set_random_seed(run_seed)
    embedders.append(build_embedder())
    history = fit(embedders[-1], rows["train"], rows["val"], plan["embedding_epochs"])
    embedder_accuracy.append(history["val_accuracy"][-1])
print(f"embedding net: {np.mean(embedder_accuracy):.1%} ± {np.std(embedder_accuracy, ddof=1):.1%}")
print(f"multi-hot net: {np.mean(net_accuracy):.1%} ± {np.std(net_accuracy, ddof=1):.1%}")

# %% [markdown]
# ### Who lives next door?
#
# Nobody told the network what any word means. Ask its embedding for neighbours, with *your* function. Rare words are
# left out: they have hardly been trained.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
kept = 250 if profile == "quick" else 4000
common_words = [str(word) for word in to_numbers.get_vocabulary()[2:kept]]
common_vectors = embedders[0].layers[0].get_weights()[0][2:kept]
for word in [word for word in ["pandas", "linq", "jquery", "hibernate", "the"] if word in common_words]:
    print(f"{word:10}", nearest(word, common_words, common_vectors, 5))

# %% [markdown]
# Telling words have found the others of their language. But mind what *near* means here: the network was trained to
# tell four languages apart, and so two words are near if they speak for the same language. *pandas*
# handles tables. Its neighbours do quite different jobs, most of them, in the same language. An embedding learns what
# its task needs, no more.
#
# 16 dimensions cannot be drawn. **Principal component analysis** (PCA) finds the two directions in which the points are
# spread most, and shows the points from there, like a well-chosen photo of a sculpture.

# %% tags=["demo"]
telling = {}
for label, language in enumerate(languages):
    places = [i for i, word in enumerate(net_words) if frequent[i] and word in common_words]
    best = sorted(places, key=lambda i: -net_weights[i, label])[:5]
    telling[language] = [common_words.index(net_words[i]) for i in best]

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread" alt="Scatter plot of the embedding's words in two dimensions. Most words form a grey cloud near the middle. The five most telling words of each language, written out and in one colour and marker per language, lie further out, those of each language together in their own direction."
from sklearn.decomposition import PCA

flat = PCA(2, random_state=0).fit_transform(common_vectors)
fig, ax = plt.subplots(figsize=(8, 6))
ax.plot(*flat.T, ".", color="lightgrey", markersize=4)
for (language, places), marker in zip(telling.items(), "osD^", strict=True):
    ax.plot(*flat[places].T, marker, label=language)
ax.set(title="The embedding's words, seen by PCA", xlabel="first component", ylabel="second component")
ax.legend()
shown = [place for places in telling.values() for place in places]
plots.label_points(ax, flat[shown], [common_words[place] for place in shown])
plt.show()

# %% [markdown]
# ## 9. Ready to use
#
# So far the network takes vectors. Someone who wants to use it has text, and would have to redo our
# standardisation and our vocabulary *exactly*. Better put the vectoriser into the model, and save both together.

# %% tags=["demo"]
import tempfile
from pathlib import Path

layer, model, _ = runs[0]
whole = keras.Sequential([keras.layers.Input((), dtype="string"), layer, model, keras.layers.Softmax()])
folder = tempfile.TemporaryDirectory()
whole.save(Path(folder.name) / "languages.keras")
loaded = keras.models.load_model(Path(folder.name) / "languages.keras")
folder.cleanup()

# %% [markdown]
# The loaded model takes plain text. Put in a question of your own! (The last two are the twins of section 2, with other words.)
#
# **Predict, then run.** What does it say to the twins? *I expect ...*

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
mine = [
    "my dataframe is empty after i read the file with pandas",
    "the div is still there after my ajax callback",
    "i am moving my linq code to pandas",
    "i am moving my pandas code to linq",
]
probabilities = keras.ops.convert_to_numpy(loaded(keras.ops.convert_to_tensor(mine, dtype="string")))
for question, row in zip(mine, probabilities, strict=True):
    print(f"{languages[row.argmax()]:10} {row.max():4.0%}  {question}")

# %% tags=["demo"]
direct = keras.ops.softmax(model(vectors(layer, mine)))
print("loaded model and parts agree:", np.allclose(probabilities, keras.ops.convert_to_numpy(direct), atol=1e-5))
print("twins get the same answer:   ", np.allclose(probabilities[2], probabilities[3], atol=1e-6))

# %% [markdown]
# The twins have the same bag, so they get the same answer, whatever the weights are. To see order, a network must slide a
# window over the words: notebook 08.

# %% [markdown]
# ## 10. The test set, once
#
# All choices are made. On validation data the network with spaces for punctuation came out best, so it goes into the final,
# beside the lecture's network and the baselines. `evaluate_once` makes sure that the test questions are used once.


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
def final():
    texts, y = questions.x_test, questions.y_test
    scores = {"majority": [float(np.mean(y == favourite))]}
    for mode, (layer, model) in baselines.items():
        scores[f"logistic regression, {mode}"] = [model.score(csr_matrix(vectors(layer, texts)), y)]
    for name, setting in [("multi-hot net", {}), ("net with spaces", {"spaces": True})]:
        nets = [train(run_seed, **setting) for run_seed in seeds]
        x = vectors(nets[0][0], texts, **setting)
        scores[name] = [accuracy(net, x, y) for _, net, _ in nets]
    x = keras.ops.convert_to_numpy(to_numbers(list(texts)))
    scores["embedding net"] = [accuracy(net, x, y) for net in embedders]
    return scores


test_scores = evaluate_once("questions", final)
for name, scores in test_scores.items():
    spread = f" ± {np.std(scores, ddof=1):.1%}" if len(scores) > 1 else ""
    print(f"{name:30} {np.mean(scores):.1%}{spread}")

# %% [markdown]
# Side by side with the lecture, which states about 80 % for its network. `quick` stands for the questions that you have
# just used, `full` for the real ones from Stack Overflow. Means over three seeds, all on the test set.
#
# | | lecture | full | quick |
# |---|---|---|---|
# | majority | | 25.0 %<!-- full: test majority --> | 24.1 %<!-- quick: test majority --> |
# | logistic regression, multi-hot | | 77.8 %<!-- full: test logistic regression, multi_hot --> | 75.1 %<!-- quick: test logistic regression, multi_hot --> |
# | logistic regression, TF-IDF | | 75.4 %<!-- full: test logistic regression, tf_idf --> | 78.5 %<!-- quick: test logistic regression, tf_idf --> |
# | **multi-hot net**, the lecture's | about 80 % | 80.8 %<!-- full: test multi-hot net --> | 80.0 %<!-- quick: test multi-hot net --> |
# | embedding net | | 80.0 %<!-- full: test embedding net --> | 79.0 %<!-- quick: test embedding net --> |
# | **multi-hot net, spaces for marks** | | 86.4 %<!-- full: test net with spaces --> | 81.8 %<!-- quick: test net with spaces --> |
#
# Everything but TF-IDF comes out in the same order. TF-IDF changes sides.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from course_utils import ledger

validation = {f"logistic regression {mode}": value for mode, value in baseline_accuracy.items()}
table = study.results()
for name in settings:
    validation[name] = table.loc[table["setting"] == name, "validation accuracy"].tolist()
training = table.loc[table["setting"] == "10,000 tokens", "training accuracy"].tolist()
measured = {"majority": majority, **validation, "embedding": embedder_accuracy, "training": training}
ledger.record(
    "07_text_vectorisation", profile, measured | {f"test {name}": scores for name, scores in test_scores.items()}
)

# %% [markdown]
# ## 11. What did we find?
#
# A larger vocabulary was better each time. Is it worth it? It has a price: weights, memory, and many rare
# words that are seen too seldom to learn from. Here is what `full` measured on the *real* questions, which have enough
# words: validation accuracies of the network without hidden layers for six sizes of the vocabulary, three seeds each.

# %% nbgrader={"grade_id": "measured", "locked": true}
accuracy_by_size = {
    500: [0.7269, 0.7212, 0.7288],  # full: 500 tokens
    1000: [0.7625, 0.7612, 0.7675],  # full: 1,000 tokens
    2000: [0.7831, 0.7775, 0.78],  # full: 2,000 tokens
    5000: [0.7925, 0.79, 0.7975],  # full: 5,000 tokens
    10_000: [0.8031, 0.7994, 0.805],  # full: 10,000 tokens
    20_000: [0.8063, 0.8056, 0.8],  # full: 20,000 tokens
}

# %% [markdown]
# ### ✏️ Exercise 9: `chosen_size` (1 point)
#
# **Goal:** choose a model by a rule instead of by its lucky digits.
#
# **Given:** `accuracy_by_size` from the cell above.
#
# **Question:** Which is the *smallest* vocabulary that is as good as the best one, up to chance?
#
# "Up to chance" means: its mean is at most **two** standard deviations (those of the best one) below the best mean. Give
# `best_size`, the size with the best mean; `best_mean` and `best_spread`, its mean and standard deviation (with
# $n - 1$ in the denominator, as everywhere in this notebook); and `chosen_size`.
#
# <details><summary>Hint 1: where to begin</summary>
# One mean per size. <code>max</code> with a <code>key</code> finds the best of them.
# </details>
# <details><summary>Hint 2: a plan</summary>
# Best size, then its mean and spread, then a limit: mean minus twice the spread. Which sizes have a mean of at least that? Take the
# smallest.
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.std(values, ddof=1)</code> divides by n - 1. The choice is
# <code>min(size for size in ... if ... &gt;= limit)</code>.
# </details>

# %% nbgrader={"grade_id": "choice", "solution": true}
# best_size = size with the best mean
# best_mean = its mean
# best_spread = its standard deviation
# chosen_size = the smallest size that is as good, up to chance
### BEGIN SOLUTION
means = {size: np.mean(values) for size, values in accuracy_by_size.items()}
best_size = max(means, key=means.get)
best_mean = means[best_size]
best_spread = np.std(accuracy_by_size[best_size], ddof=1)
chosen_size = min(size for size, mean in means.items() if mean >= best_mean - 2 * best_spread)
print(f"best {best_size:,}: {best_mean:.2%} ± {best_spread:.2%}, chosen {chosen_size:,}")
### END SOLUTION

# %% nbgrader={"grade_id": "choice-test", "points": 1}
for _name, _size in [("best_size", best_size), ("chosen_size", chosen_size)]:
    assert _size in accuracy_by_size, f"{_name} should be one of the sizes in accuracy_by_size, and is {_size!r}."
assert 0 < best_mean < 1, f"best_mean should be a share between 0 and 1, and is {best_mean}."
assert 0 < best_spread < 0.1, f"best_spread is {best_spread}: that cannot be a standard deviation of these numbers."
print("choice: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_means = {_size: sum(_values) / len(_values) for _size, _values in accuracy_by_size.items()}
_best = sorted(_means, key=lambda size: -_means[size])[0]
_squares = sum((_value - _means[_best]) ** 2 for _value in accuracy_by_size[_best])
_spread = (_squares / (len(accuracy_by_size[_best]) - 1)) ** 0.5
checks.close(best_size, _best, "best_size")
checks.close(best_mean, _means[_best], "best_mean", atol=1e-4)
checks.close(best_spread, _spread, "best_spread", atol=5e-5)
checks.close(
    chosen_size, sorted(_size for _size in _means if _means[_size] >= _means[_best] - 2 * _spread)[0], "chosen_size"
)
### END HIDDEN TESTS

# %% [markdown]
# ### ✏️ Exercise 10: your recommendation (3 points, written)
#
# A team wants to sort incoming questions by language. They ask you: *"Which vectorisation shall we use, and is it
# worth making the network deeper?"* Comment on your findings in six to ten sentences and identify the best
# model.
#
# | points | for |
# |---|---|
# | 1 | a recommendation that rests on validation figures with their spread, compared with at least one cheap baseline; says when a difference is too small to count |
# | 1 | an explanation of the two largest effects in the study: what information was lost, or was made useful |
# | 1 | a limit that no bag of words can overcome, with an example, and one thing that must be right in practice (no leak, vectoriser inside the model, or test set used once) with the reason |

# %% [markdown] nbgrader={"grade_id": "recommendation", "solution": true, "points": 3}
# **Model answer.** I recommend multi-hot vectors of up to 10,000 tokens, with a space in place of each punctuation mark, and a
# single dense layer. It reached 82.8 %<!-- quick: 10,000, spaces for marks --> on the validation questions,
# against 79.8 %<!-- quick: 10,000 tokens --> with the marks dropped and 72.4 %<!-- quick: logistic regression multi_hot -->
# for logistic regression on the same vectors; always giving one language gets 25.5 %<!-- quick: majority -->. The
# spread over seeds is below one point, so these differences count. TF-IDF comes close,
# 81.5 %<!-- quick: 10,000, TF-IDF -->, too close to tell; but on the real questions it lost accuracy, so I would not rely on it. Hidden layers are not worth it: with one the mean is
# 77.5 %<!-- quick: 10,000, 1 hidden layer -->, not above the net without. The largest effect is that of the vocabulary: with 100 tokens
# only words that occur in every question are left, all telling names become unknown, and
# 31.2 %<!-- quick: 100 tokens --> is near chance. The second is punctuation: dropping it glues names together (`x.append`
# becomes `xappend`), to words so rare that most new ones are unknown, while their parts are frequent. No
# bag can tell "from java to python" and "from python to java" apart, as both have the same words; that needs order, for example 2-grams. In
# practice the vectoriser must be adapted to training text only, or the validation figure is too good, and saved with
# the model, or the words get other numbers than in training.
#
# **Marking guide.** One point per row of the table that students see. Figures are those of `quick`; the student's may
# differ by a point or two.
#
# - Row 1: needs at least two figures of one table, a spread, and a baseline. TF-IDF as the recommendation is fine if it
#   rests on the figures of `quick` and says that it failed on the real questions. No point for a choice by test figures, or by the best single run.
# - Row 2: the size of the vocabulary *and* punctuation (or TF-IDF: rare, telling words weigh more). The reason has to be
#   about information, not just the figures again.
# - Row 3: needs order (or another true limit, such as negation or words never seen) with an example, *and* one practical point with
#   its reason.

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can turn text into tokens and tokens into numbers by hand: as lists of numbers, counts, 0s and 1s, or weighted by TF-IDF.
# - [ ] I can say what each of these keeps and what it loses.
# - [ ] I can do the same with `TextVectorization`, inside a saved model and without leaking validation text.
# - [ ] I can train a text classifier, compare it fairly with cheap baselines, and study what matters, over several seeds.
# - [ ] I can explain what a word embedding is, and find a word's neighbours in one.
#
# **What if ...**
#
# - ... all TF-IDF vectors had the same length? Divide each by its norm (Exercise 8 did it to embeddings) and train again.
# - ... the bag held 2-grams as well? Give `vectorized` an argument `ngrams` and try it. How large must the
#   vocabulary be before it pays?
# - ... the tokens were characters? Which of the four languages could you still tell apart by how often `{`, `;` or `_`
#   occur, and which step throws these away?
# - ... `load_orders` and `load_books` should share what they have in common, but no space or mark tells you where to cut?
#   Look up *subword tokenisation*, which today's language models use.
#
# **Further reading**
#
# - F. Chollet, *Deep Learning with Python*, the chapter on deep learning for text.
# - H. Lane, C. Howard, H. M. Hapke, *Natural Language Processing in Action*, chapters 2 and 3 (tokens, TF-IDF).
# - G. James, D. Witten, T. Hastie, R. Tibshirani, *An Introduction to Statistical Learning*, 2nd ed., section 10.4
#   (document classification) and 6.1.3 (choosing the simplest model that is as good).
# - T. Mikolov et al., *Efficient Estimation of Word Representations in Vector Space*, arXiv:1301.3781: the embeddings
#   that started it.
