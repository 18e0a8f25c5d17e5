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
# 3. do the same with Keras' `TextVectorization`, inside a saved model, and say when validation text may not be looked at,
# 4. train a text classifier, compare it fairly with cheap baselines, and study what matters, over several seeds,
# 5. explain what a word embedding is, and find a word's neighbours in one.
#
# **Builds on** notebook 00 (tensors, a layer as a matrix product, ReLU, softmax, cross-entropy, gradient descent) and
# 01 (a window that slides).
#
# **Time** Less than a minute to run every cell on a laptop with two cores. Plan two sittings of an hour and a half:
# sections 1 to 4, and 5 to 11.
#
# Nothing is downloaded with `profile = "quick"`. With `"full"` the questions are real ones from Stack Overflow,
# and it takes about ten minutes. Exercises are marked with ✏️ and worth 20 points in total. If one does not work out, go
# on all the same: the big experiments, from section 5 on, need none of Exercises 1 to 6.

# %% tags=["parameters"]
profile = "quick"
seed = 0

# %% nbgrader={"grade_id": "setup", "locked": true}
try:
    from course_utils import checks
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs the course folder around it: open it from there with `make lab`, or `pip install -e` that folder."
    ) from None

import string
from collections import Counter

import numpy as np

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## 1. A machine that guesses languages
#
# Each question belongs to one of four languages, whose name has been replaced by *blank*. The `quick` questions are
# made by a small grammar in the style of the real ones, which `full` uses.

# %% tags=["demo"]
import keras
import matplotlib.pyplot as plt

from course_utils import data, plots, predictions

plots.use_course_style()
questions = data.stack_overflow(profile)
questions.describe()
languages = list(questions.class_names)

# %% [markdown]
# **Predict, then run.** First try yourself! Four questions follow, then their languages. How many will you get right?
# *I expect ...*

# %% tags=["demo"]
predictions.ask("by hand", ["all four", "three", "two", "one or none: no better than dice"])

# %% tags=["demo"]
import textwrap

for number in range(5, 9):
    print(f"({number})", textwrap.fill(questions.x_train[number][:400], 110), "\n")

# %% tags=["demo"]
print([languages[label] for label in questions.y_train[5:9]])
predictions.recall("by hand")

# %% [markdown]
# Some questions give it away with one word, some with the style of a name, and some cannot be told at all. So do not
# expect 100 %. Now the machine.
#
# ### Text in, numbers out
#
# The questions are split in three. From the **training** set the network learns its weights. On the **validation** set
# we compare networks and make choices; it is 20 % of what there was to learn from. The **test** set waits until the
# very end. A Keras layer called `TextVectorization` turns each text into a row of numbers. What it does with the
# words stays a secret until section 4. For now, shapes must do:

# %% tags=["demo"]
train_texts, val_texts = list(questions.x_train), list(questions.x_val)
vectorizer = keras.layers.TextVectorization(max_tokens=10_000, output_mode="multi_hot")
vectorizer.adapt(train_texts)
x_train, x_val = vectorizer(train_texts), vectorizer(val_texts)
print("training", x_train.shape, "validation", x_val.shape)

# %% [markdown]
# ### Train it once
#
# The lecture's network is as small as can be: **one** dense layer with four outputs, one per language. The outputs are
# **logits**: any real numbers, before the softmax that would turn them into probabilities. The largest one wins.

# %% tags=["demo"]
model = keras.Sequential([keras.layers.Input((x_train.shape[1],)), keras.layers.Dense(4)])
model.summary()

# %% [markdown]
# An **epoch** is one pass over all training questions, a **batch** at a time. **Adam** is gradient descent that adapts
# the size of the step for every weight on its own; the rate scales all steps. `from_logits=True`: the loss applies the
# softmax itself, which is more exact. (The lecture takes 25 epochs with batches of 32.)

# %% tags=["demo"]
epochs, batch_size, learning_rate = (8, 256, 0.03) if profile == "quick" else (20, 64, 0.001)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])

# %% [markdown]
# **Predict, then run.** Four languages. What share of the validation questions will it get right? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "first training",
    [
        "about 25 %: without grammar it can only guess",
        "about 50 %",
        "about 80 %",
        "nearly 100 %, like its training questions",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
keras.utils.set_random_seed(seed)
known = (x_val, questions.y_val)
history = model.fit(x_train, questions.y_train, epochs=epochs, batch_size=batch_size, validation_data=known, verbose=2)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
first_accuracy = model.evaluate(x_val, questions.y_val, verbose=0)[1]
print(f"{first_accuracy:.1%} of {len(val_texts)} validation questions are right")
predictions.recall("first training")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# 79 %<!-- quick: first training -->, and 81 %<!-- full: first training --> on the real questions (`full`): about what
# the lecture states for this network. Compare with the *training* accuracy in the table above. In the first epoch it is
# the lower one, as it is averaged over the epoch while the weights still change; validation is measured after it. Soon
# it is far above: the network knows its training questions better than new ones. That is **overfitting**.
#
# </details>
#
# And the question from the top of this page? `predict` gives its logits.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
opening = "why is my table empty in blank? i wrote `with load_orders() as df:` and then tried to sort it."
logits = model.predict(vectorizer([opening]), verbose=0)
opening_probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))[0]
print({language: f"{p:.0%}" for language, p in zip(languages, opening_probabilities, strict=True)})

# %% [markdown]
# Three such networks give Python 98 %<!-- quick: opening question --> on average. (Three that were trained on the real
# questions give it 35 %<!-- full: opening question -->: the real ones are not as neat.)
# So a machine can do it, and the network is only a matrix product. Whatever it knows of words, `TextVectorization` has put
# into those rows of numbers. Let us build that layer by hand.

# %% [markdown]
# ## 2. Three steps from text to numbers
#
# Three very small texts carry the next three sections. The first one is the lecture's.

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
# A string has a method for lower case. For the marks, go through the text letter by letter. Which letters do you keep,
# and do you have to know what kind of mark the others are?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Keep the letters that are not in <code>string.punctuation</code> and glue them together again, in their order. What
# should come out for a text of marks only?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The same with vowels instead of marks:
# <pre>word = "punctuation"
# print("".join(letter for letter in word if letter not in "aeiou"))</pre>
# Where in this line do the lower case and the marks go?
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
        "only marks at the two ends of the text are dropped": "don't panic, it's only text",
        "a space takes the place of each mark": "don t panic  it s only text ",
        "the spaces are dropped too": "dontpanicitsonlytext",
        "apostrophes are kept": "don't panic it's only text",
    },
)
checks.equal(
    standardize(" x_1 = 10;\ny = [2] "),
    " x1  10\ny  2 ",
    r'standardize(" x_1 = 10;\ny = [2] ")',
    misconceptions={
        "the underscore is a mark too": " x_1  10\ny  2 ",
        "several spaces in a row are made one": " x1 10\ny 2 ",
        "spaces at the ends are dropped": "x1  10\ny  2",
        "spaces and line ends are tidied up": "x1 10 y 2",
        "digits are dropped": " x  \ny   ",
        "the line end is lost": " x1  10 y  2 ",
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
# **Predict, then run.** Four bits of program text: `load_orders()`, `x.append(3)`, `C++ or C#?`, `a=b.c`. What is left
# of each? Does anything go wrong? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "code",
    [
        "names and numbers stay apart: load orders, x append 3",
        "each becomes one word, and no two become alike",
        "some become one long word, and two that differ become alike",
        "nothing changes: these marks are part of the names",
    ],
)

# %% tags=["demo"]
for code in ["load_orders()", "x.append(3)", "C++ or C#?", "a=b.c"]:
    print(f"{code:14} -> {standardize(code)}")
predictions.recall("code")

# %% [markdown]
# C++ and C# became the same, and `x.append(3)` became a word that nobody has ever used. Standardising always loses
# something. We will measure what that costs here.

# %% [markdown]
# ### Cutting it up
#
# Step two. Cut at the spaces, and the tokens are words. (Here and below, results of exercises are typed in, so that you
# can go on whether or not yours is ready.)

# %%
texts = [
    "john likes to watch movies mary likes movies too",
    "mary also likes to watch football games",
    "movies no john likes mary",
]
token_lists = [text.split() for text in texts]
tokens = token_lists[0]
print(len(tokens), "words:", tokens)

# %% [markdown]
# Or make every letter a token:

# %% tags=["demo"]
letters = list(texts[0])
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
# It is a sliding window, as in notebook 01. At which places can a window of 2 start among four tokens, and where of 3?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Loop over the starts, cut out a slice of n tokens at each, join it with a space, collect the strings in a list. What is
# the last start, for any n and any number of tokens?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The last start is <code>len(tokens) - n</code>, and <code>range</code> leaves out its end. The slice at a start is
# <code>tokens[i : i + n]</code>, and <code>" ".join(...)</code> makes one string of it. What must the argument of
# <code>range</code> be, so that the last start is used?
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
checks.equal(
    ngrams(["la", "la", "la", "la", "land"], 3),
    ["la la la", "la la la", "la la land"],
    'ngrams(["la", "la", "la", "la", "land"], 3)',
    misconceptions={
        "n is not used: these are pairs": ["la la", "la la", "la la", "la land"],
        "a group that occurs twice is there only once": ["la la la", "la la land"],
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
# Count all tokens of all texts together, as above. Then the different tokens are sorted by two things. Which of the two
# decides first?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Sort by a pair: the count first, then the token itself. Both should run from large to small. Then cut the sorted list.
# How many tokens fit behind the two free places?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# The same for a fruit seller: more sold first, and of two that sold equally often the later one in the alphabet.
# <pre>sold = {"kiwi": 2, "fig": 5, "plum": 2}
# print(sorted(sold, key=lambda fruit: (sold[fruit], fruit), reverse=True))</pre>
# In your dictionary, what stands in the place of the fruit, and what in that of 2, 5 and 2?
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
    build_vocabulary([["ski", "at", "do", "at"], ["cat", "so", "ski", "so"]], 10),
    ["", "[UNK]", "so", "ski", "at", "do", "cat"],
    'build_vocabulary([["ski", "at", "do", "at"], ["cat", "so", "ski", "so"]], 10)',
    misconceptions={
        "the two free places at the front are missing": ["so", "ski", "at", "do", "cat"],
        "equally frequent tokens are in the order of the alphabet": ["", "[UNK]", "at", "ski", "so", "cat", "do"],
        "equally frequent tokens are in the order of the text": ["", "[UNK]", "ski", "at", "so", "do", "cat"],
        "equally frequent tokens are compared by their first letter only": [
            "",
            "[UNK]",
            "ski",
            "so",
            "at",
            "do",
            "cat",
        ],
        "the counts play no part": ["", "[UNK]", "so", "ski", "do", "cat", "at"],
        "rare tokens come first": ["", "[UNK]", "cat", "do", "at", "ski", "so"],
        "the two free places are swapped": ["[UNK]", "", "so", "ski", "at", "do", "cat"],
        "a token that a text holds twice is counted once": ["", "[UNK]", "ski", "so", "do", "cat", "at"],
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
_lists = [["go", "up", "go"], ["up", "or", "down", "or"], [], ["down", "zoo", "us", "ant", "up"], ["zoo", "us"] * 2]
_ranks = {}
for _token in [_token for _list in _lists for _token in _list]:
    _ranks[_token] = _ranks.get(_token, 0) + 1
_order = ["zoo", "us", "up", "or", "go", "down", "ant"]
assert [_ranks[_token] for _token in _order] == [3, 3, 3, 2, 2, 2, 1]
for _size in (2, 3, 5, 7, 8, 9, 100):
    _wanted = ["", "[UNK]", *_order[: _size - 2]]
    checks.equal(build_vocabulary(_lists, _size), _wanted, f"build_vocabulary(five texts, {_size})")
checks.equal(build_vocabulary([["a"], ["b"], ["b"]], 3), ["", "[UNK]", "b"], "build_vocabulary(three texts, 3)")
checks.equal(
    build_vocabulary([["tea", "ten", "tent", "te", "team"]], 9),
    ["", "[UNK]", "tent", "ten", "team", "tea", "te"],
    "build_vocabulary(a text of five words with te in front, 9)",
)
### END HIDDEN TESTS

# %% tags=["demo"]
for number, token in enumerate(build_vocabulary(token_lists, 9)):
    print(number, repr(token))

# %% [markdown]
# The vocabulary has nine entries here, so the rarest words found no place. Once more, typed in:

# %%
vocabulary = ["", "[UNK]", "likes", "movies", "mary", "watch", "to", "john", "too"]

# %% [markdown]
# **Predict, then run.** Write *mary likes chess* with this vocabulary, as five numbers. *I expect ...*

# %% tags=["demo"]
predictions.ask("five numbers", ["4, 2, 0, 0, 0", "4, 2, 1, 0, 0", "0, 0, 4, 2, 1", "4, 2, 9, 1, 1"])

# %% tags=["demo"]
print([vocabulary.index("mary"), vocabulary.index("likes"), 1, 0, 0])
predictions.recall("five numbers")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# *chess* is not in the vocabulary, so it gets the 1 of `[UNK]`, and no number of its own. The two places that are left
# over at the end are padding, 0.
#
# </details>

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
# Cut the tokens to the length. Look up each: its place in the vocabulary, or 1 for those that it does not
# hold. Add zeros until the row is full. How many zeros are needed, and what if the text was too long?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A dictionary from token to number can look up with a stand-in: <code>numbers.get(token, 1)</code>. And zeros can be
# added as a list, <code>row + [0] * (length - len(row))</code>, for <code>[0] * 3</code> is a list of three zeros. How do you make
# the dictionary from <code>enumerate(vocabulary)</code>?
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
    encode(["cat", "a", "bird", "at"], ["", "[UNK]", "cats", "a", "at"], 6),
    [1, 3, 1, 4, 0, 0],
    'encode(["cat", "a", "bird", "at"], ["", "[UNK]", "cats", "a", "at"], 6)',
    misconceptions={
        "padding goes to the front": [0, 0, 1, 3, 1, 4],
        "unknown tokens are left out": [3, 4, 0, 0, 0, 0],
        "unknown tokens are taken for padding": [0, 3, 0, 4, 0, 0],
        "padding has the number of unknown tokens": [1, 3, 1, 4, 1, 1],
        "unknown and padding are swapped": [0, 3, 0, 4, 1, 1],
        "cat is taken for cats: a word counts only as a whole": [2, 2, 1, 2, 0, 0],
        "a part of a word is taken for the word": [2, 4, 1, 4, 0, 0],
        "the two free places are counted twice": [1, 5, 1, 6, 0, 0],
    },
)
checks.close(
    encode(["cat", "a", "bird", "at"], ["", "[UNK]", "cats", "a", "at"], 2),
    [1, 3],
    'encode(["cat", "a", "bird", "at"], ["", "[UNK]", "cats", "a", "at"], 2)',
    misconceptions={"a long text is not cut": [1, 3, 1, 4], "a long text loses its beginning": [1, 4]},
)
print("encode: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_known = ["", "[UNK]", "nets", "ten", "tent", "t", "eat", "at"]
for _text, _length in [
    ("ten tent net", 3),
    ("tent at e nets", 7),
    ("at at ate t ten", 4),
    ("ea te n s", 4),
    ("", 3),
    ("eat ten nets at tent t ne", 7),
    ("net", 1),
    ("ten at", 0),
]:
    _row = [_known.index(_token) if _token in _known[2:] else 1 for _token in _text.split()][:_length]
    while len(_row) < _length:
        _row.append(0)
    _got = encode(_text.split(), list(_known), _length)
    if _length == 0:
        assert len(_got) == 0, "encode(two tokens, a vocabulary, 0) should be empty."
    else:
        checks.close(_got, _row, f"encode({len(_text.split())} tokens, a vocabulary of 8, {_length})")
### END HIDDEN TESTS

# %% tags=["demo"]
for tokens in token_lists:
    print(encode(tokens, vocabulary, 9), " ".join(tokens))

# %% [markdown]
# This form keeps which words there are, how often, and in which order. But look at the numbers themselves. Is *to* twice
# of *movies*? Of course not: they are *names* that happen to be numbers, and a layer that multiplies them would take them
# at face value. There are two remedies: bags, and later embeddings.

# %% [markdown]
# ## 3. Bags of words
#
# Shake the words of a text in a bag, and only how often each is in there remains: a **bag of words**. As a
# vector it has one place per entry of the vocabulary. No place is needed for padding, so the list of words
# opens with `"[UNK]"` this time.

# %%
bag_words = ["[UNK]", "likes", "movies", "mary", "watch", "to", "john", "too", "no", "games", "football", "also"]

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
# Start with zeros, one per word. Each token of the text adds 1 somewhere. Where does a token add its 1 that no word of
# the list equals?
# </details>
# <details><summary>Hint 2: a plan</summary>
# For each token find its place: its position in <code>words</code>, or 0 if it is not in there. Then add 1 at this place.
# What must all the places add up to in the end?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# Zeros: <code>np.zeros(len(words), dtype=int)</code>. The place of one token:
# <code>words.index(token) if token in words else 0</code>. What is left to write is a loop. Over what does it run, the words or
# the tokens?
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
    count_vector(["cats", "at", "a", "cat", "at", "or", "or"], ["[UNK]", "a", "cat", "at", "dog"]),
    [3, 1, 1, 2, 0],
    'count_vector(["cats", "at", "a", "cat", "at", "or", "or"], ["[UNK]", "a", "cat", "at", "dog"])',
    misconceptions={
        "unknown tokens are not counted": [0, 1, 1, 2, 0],
        "a token that occurs twice is counted once": [1, 1, 1, 1, 0],
        "unknown tokens are counted once, however many there are": [1, 1, 1, 2, 0],
        "an unknown token that occurs twice is counted once": [2, 1, 1, 2, 0],
        "unknown tokens are counted at the last word": [0, 1, 1, 2, 3],
        "all tokens are counted at [UNK], known ones too": [7, 1, 1, 2, 0],
        "a word is found inside of other words, such as a in cat": [3, 5, 2, 4, 0],
        "a word is found inside of other words, and unknown tokens are not counted": [0, 5, 2, 4, 0],
        "a word is found inside of other words, so the rest is less than nothing": [-4, 5, 2, 4, 0],
    },
)
print("count_vector: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(75)
for _length, _size in [(0, 3), (1, 1), (6, 2), (20, 4), (40, 6), (30, 8)]:
    _words = ["[UNK]", *["go", "ego", "g", "gone", "one", "on", "lego"][: _size - 1]]
    _tokens = [
        str(_token) for _token in _rng.choice(["go", "ego", "g", "gone", "one", "on", "o", "goes", "legos"], _length)
    ]
    _wanted = [sum(_token == _word for _token in _tokens) for _word in _words]
    _wanted[0] = _length - sum(_wanted[1:])
    checks.close(count_vector(_tokens, _words), _wanted, f"count_vector({_length} tokens, {_size} words)")
### END HIDDEN TESTS

# %% [markdown]
# Here are the three texts, counted by the Keras layer. Often it is enough to know *whether* a word occurs: put 1 for
# every count that is not 0, and the vector is called **multi-hot**. This is what the network of section 1 got.

# %% tags=["demo", "fold"]
counter = keras.layers.TextVectorization(output_mode="count")
counter.adapt(corpus)
bags = keras.ops.convert_to_numpy(counter(corpus))
fig, axes = plt.subplots(2, 1, figsize=(9, 4.6))
for ax, table, title in zip(axes, [bags, (bags > 0).astype(int)], ["counts", "multi-hot"], strict=True):
    plots.number_grid(ax, table, title)
    ax.set_xticks(range(len(bag_words)), labels=bag_words, rotation=30)
    ax.set_yticks(range(3), labels=["text 0", "text 1", "text 2"])
    ax.grid(visible=False)
plots.show(
    "Two tables with three rows, one per text, and twelve columns, one per word. Above, counts: likes and movies have a 2 in the first row, all other entries are 0 or 1. Below, multi-hot: the same table with 1 in place of each 2."
)

# %% tags=["demo"]
print("yours equal:", np.array_equal([count_vector(tokens, bag_words) for tokens in token_lists], bags))

# %% [markdown]
# ### What the bag forgets
#
# Two programmers with opposite problems: *"i am moving my java code to python"* and *"i am moving my python code to java"*.

# %% [markdown]
# **Predict, then run.** Do their bags of words differ? And their bags of 2-grams? *I expect ...*

# %% tags=["demo"]
predictions.ask("twins", ["both differ", "only the words differ", "only the 2-grams differ", "neither differs"])

# %% tags=["demo"]
from itertools import pairwise  # all pairs of neighbours

there, back = "i am moving my java code to python", "i am moving my python code to java"
print("same bag of words:  ", sorted(there.split()) == sorted(back.split()))
print("same bag of 2-grams:", sorted(pairwise(there.split())) == sorted(pairwise(back.split())))
predictions.recall("twins")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The words are the same, so *any* network on top of this bag gives both programmers the same answer. The 2-grams
# differ: only the one has *to python*, only the other *to java*. The price: there are far more different 2-grams than
# words, and each is rare. Notebook 08 finds a better way to see order.
#
# </details>

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
# **Given:** counts of shape (texts, words), as in the table above.
#
# **Question:** What is each count times its word's idf, with the formula above?
#
# <details><summary>Hint 1: where to begin</summary>
# One idf per word, that is per column. Which number of the formula is the same for all words, and how do you read it
# from the table's shape?
# </details>
# <details><summary>Hint 2: a plan</summary>
# A text that holds a word twice is still one text. So first ask which entries are not 0, and count those for each
# word. Then apply the formula to all words at once, and multiply. Along which axis are the texts?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>(counts > 0).sum(axis=0)</code> goes down the columns: one number per word. The formula with
# <code>np.log</code> makes one idf per word of it, and the product of the table with this row is spread over all its rows
# by NumPy. What is the 1 in front of the fraction good for, if a word is in all texts but one?
# </details>


# %% nbgrader={"grade_id": "tf_idf", "solution": true}
def tf_idf(counts):
    """Weigh counts by the inverse document frequency of their words.

    counts: shape (texts, words), integers of at least 0.
    Returns real numbers of the same shape: each count times ln(1 + N / (1 + texts that hold the word)).
    """
    counts = np.asarray(counts)
    ### BEGIN SOLUTION
    holding = (counts > 0).sum(axis=0)
    return counts * np.log(1 + len(counts) / (1 + holding))
    ### END SOLUTION


# %% nbgrader={"grade_id": "tf_idf-test", "points": 2}
checks.close(
    tf_idf(np.array([[1, 2, 0], [1, 0, 0], [3, 0, 1], [1, 0, 1]])),
    [[0.5877867, 2.1972246, 0.0], [0.5877867, 0.0, 0.0], [1.76336, 0.0, 0.8472979], [0.5877867, 0.0, 0.8472979]],
    "tf_idf([[1, 2, 0], [1, 0, 0], [3, 0, 1], [1, 0, 1]])",
    rtol=1e-4,
    misconceptions={
        "a word is counted as often as it occurs, not once per text": [[0.4519851, 1.6945957, 0.0], [0.4519851, 0.0, 0.0], [1.3559554, 0.0, 0.8472979], [0.4519851, 0.0, 0.8472979]],
        "N is not the number of texts (perhaps that of words)": [[0.4700036, 1.8325815, 0.0], [0.4700036, 0.0, 0.0], [1.4100109, 0.0, 0.6931472], [0.4700036, 0.0, 0.6931472]],
        "N is the sum of all counts, not the number of texts": [[1.0986123, 3.5835189, 0.0], [1.0986123, 0.0, 0.0], [3.2958369, 0.0, 1.4663371], [1.0986123, 0.0, 1.4663371]],
        "the idf is returned, without the counts": [[0.5877867, 1.0986123, 0.8472979]] * 4,
        "the two 1s in the formula are missing": [[0.0, 2.7725887, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.6931472], [0.0, 0.0, 0.6931472]],
        "the 1 below the fraction bar is missing": [[0.6931472, 3.2188758, 0.0], [0.6931472, 0.0, 0.0], [2.0794415, 0.0, 1.0986123], [0.6931472, 0.0, 1.0986123]],
        "the 1 in front of the fraction is missing": [[-0.2231436, 1.3862944, 0.0], [-0.2231436, 0.0, 0.0], [-0.6694307, 0.0, 0.2876821], [-0.2231436, 0.0, 0.2876821]],
        "the fraction is upside down": [[0.8109302, 0.8109302, 0.0], [0.8109302, 0.0, 0.0], [2.4327906, 0.0, 0.5596158], [0.8109302, 0.0, 0.5596158]],
        "the counts are divided by the length of the text": [[0.1959289, 0.7324082, 0.0], [0.5877867, 0.0, 0.0], [0.44084, 0.0, 0.2118245], [0.2938933, 0.0, 0.4236489]],
        "the counts are made 0 or 1 first": [[0.5877867, 1.0986123, 0.0], [0.5877867, 0.0, 0.0], [0.5877867, 0.0, 0.8472979], [0.5877867, 0.0, 0.8472979]],
        "the words of each text are counted, not the texts of each word": [[0.8472979, 1.6945957, 0.0], [1.0986123, 0.0, 0.0], [2.5418936, 0.0, 0.8472979], [0.8472979, 0.0, 0.8472979]],
        "the texts without the word are counted": [[1.6094379, 1.3862944, 0.0], [1.6094379, 0.0, 0.0], [4.8283137, 0.0, 0.8472979], [1.6094379, 0.0, 0.8472979]],
        "the logarithm has base 10": [[0.2552725, 0.9542425, 0.0], [0.2552725, 0.0, 0.0], [0.7658175, 0.0, 0.3679768], [0.2552725, 0.0, 0.3679768]],
        "the logarithm has base 2": [[0.8479969, 3.169925, 0.0], [0.8479969, 0.0, 0.0], [2.5439907, 0.0, 1.2223924], [0.8479969, 0.0, 1.2223924]],
        "the logarithm is missing": [[1.8, 6.0, 0.0], [1.8, 0.0, 0.0], [5.4, 0.0, 2.3333333], [1.8, 0.0, 2.3333333]],
        "there is one idf for the whole table, not one per word": [[0.4054651, 0.8109302, 0.0], [0.4054651, 0.0, 0.0], [1.2163953, 0.0, 0.4054651], [0.4054651, 0.0, 0.4054651]],
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
### END HIDDEN TESTS

# %% [markdown]
# **Predict, then run.** Which word of the first text, *John likes to watch movies. Mary likes movies too*, gets the largest
# weight? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "largest weight",
    ["john, the first", "likes, which occurs twice", "movies, which occurs twice", "too, in this text only"],
)

# %% tags=["demo"]
weights = tf_idf(bags)[0]
order = [i for i in np.argsort(-weights, kind="stable") if weights[i] > 0]
fig, ax = plt.subplots(figsize=(7, 2.6))
ax.bar([bag_words[i] for i in order], weights[order])
ax.set(title=f"TF-IDF: {corpus[0]}", ylabel="weight")
plots.show("Bar chart of the TF-IDF weights of the seven different words of the first text, from large to small.")
print(", ".join(f"{bag_words[i]} {weights[i]:.2f}" for i in order))
predictions.recall("largest weight")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# movies 1.39, likes 1.12, too 0.92, then watch, to and john with 0.69 each, and mary 0.56. *likes* and *movies* both
# occur twice, and fewer texts mention *movies*. *too* occurs once, but in this text only.
#
# </details>

# %% [markdown]
# ## 4. The secret layer, opened
#
# `adapt` shows `TextVectorization` texts, and it builds its vocabulary from them. Then it can be called. These are its
# settings (the first two are what it does anyway):

# %% tags=["demo"]
layer = keras.layers.TextVectorization(
    standardize="lower_and_strip_punctuation",
    split="whitespace",
    max_tokens=9,
    output_mode="int",
    output_sequence_length=9,
)
layer.adapt(corpus)

# %% [markdown]
# **Predict, then run.** Your functions against the layer: the vocabulary, rows of numbers, TF-IDF, and two other ways
# to cut. Where do they differ? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "against Keras",
    ["nowhere", "in the order of the vocabulary", "in TF-IDF, by rounding or by another formula", "in the n-grams"],
)

# %% tags=["demo"]
ours = np.array([encode(tokens, vocabulary, 9) for tokens in token_lists])
print("vocabulary equal:", layer.get_vocabulary() == build_vocabulary(token_lists, 9))
print("numbers    equal:", np.array_equal(keras.ops.convert_to_numpy(layer(corpus)), ours))

# %% tags=["demo"]
layer = keras.layers.TextVectorization(output_mode="tf_idf")
layer.adapt(corpus)
print("TF-IDF     equal:", np.allclose(keras.ops.convert_to_numpy(layer(corpus)), tf_idf(bags), atol=1e-5))

# %% tags=["demo"]
for name, how, pieces in [
    ("1- and 2-grams", {"ngrams": 2}, [tokens + ngrams(tokens, 2) for tokens in token_lists]),
    ("characters", {"split": "character"}, [list(text) for text in texts]),
]:
    layer = keras.layers.TextVectorization(**how)
    layer.adapt(corpus)
    ours = build_vocabulary(pieces, 100)
    print(f"{name:14} equal: {layer.get_vocabulary() == ours}, {len(ours)} entries")
predictions.recall("against Keras")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Nowhere. Yours differ? Look for the exercise whose check still complains. With `ngrams=2` the layer gives single words
# *and* pairs.
#
# </details>
#
# No secrets left. From now on we let the layer work, for it is fast. (A good place to stop for today.)

# %% [markdown]
# ## 5. A fair comparison
#
# Are the 80 % of section 1 good? Compared with what?
#
# ### Cheap baselines first
#
# What would a lazy person get? Always answering with the most frequent language of the training
# set is the **majority baseline**.

# %% tags=["demo"]
favourite = np.bincount(questions.y_train).argmax()
majority = float(np.mean(questions.y_val == favourite))
print(f"always {languages[favourite]}: {majority:.1%} of the validation questions are right")

# %% [markdown]
# A better one takes little more effort: **logistic regression**, the linear classifier from statistics, on multi-hot
# vectors and on TF-IDF vectors of at most 10,000 tokens. From here to the end one helper makes the vectors. (`leak` and
# `spaces` belong to experiments of section 7.)

# %% tags=["demo"]
import re


def prepare(texts, spaces):
    return [re.sub(r"[^\w\s]|_", " ", text) for text in texts] if spaces else list(texts)


def vectorize(max_tokens=10_000, mode="multi_hot", spaces=False, leak=False):
    texts, new_texts = prepare(train_texts, spaces), prepare(val_texts, spaces)
    layer = keras.layers.TextVectorization(max_tokens=max_tokens, output_mode=mode)
    layer.adapt(texts + new_texts if leak else texts)
    return layer, keras.ops.cast(layer(texts), "float32"), keras.ops.cast(layer(new_texts), "float32")


# %% [markdown]
# **Predict, then run.** Guessing gives about 25 %, the network of section 1 about 80 %. What does logistic regression
# reach with 0s and 1s, and does TF-IDF help it? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "baselines",
    [
        "far below the network, both",
        "a few points below; TF-IDF helps",
        "a few points below; TF-IDF hurts",
        "above the network",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

baselines, baseline_accuracy = {}, {}
for mode in ("multi_hot", "tf_idf"):
    layer, *x = vectorize(mode=mode)
    rows, val_rows = (csr_matrix(part.numpy()) for part in x)
    regression = LogisticRegression(max_iter=1000).fit(rows, questions.y_train)
    baselines[mode] = (layer, regression)
    baseline_accuracy[mode] = regression.score(val_rows, questions.y_val)
    print(f"logistic regression, {mode:9} of {rows.shape[1]:,} tokens: {baseline_accuracy[mode]:.1%}")
predictions.recall("baselines")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With `quick`, TF-IDF helps: 72.4 %<!-- quick: logistic regression multi_hot --> without it,
# 78.0 %<!-- quick: logistic regression tf_idf --> with it. Do not make a law of that. On the *real* questions it is the
# other way round: 77.1 %<!-- full: logistic regression multi_hot --> with 0s and 1s, and
# 74.4 %<!-- full: logistic regression tf_idf --> with TF-IDF.
#
# By the way: one dense layer with a softmax *is* the model of logistic regression! Only the fitting differs. scikit-learn
# runs to the end but punishes large weights; our network has no such penalty but stops after a few epochs.
#
# </details>

# %% [markdown]
# ### No leaks
#
# The vocabulary and the idf are learnt from training data, too. If the vectoriser is adapted to validation text as well,
# it knows words that in real life it would never have seen. This is called a **leak**: the validation accuracy may no
# longer tell how the model does on new text.

# %% tags=["demo"]
split_words = [{word for text in texts for word in text.lower().split()} for texts in (train_texts, val_texts)]
print(f"different words in training: {len(split_words[0])}, in validation only: {len(split_words[1] - split_words[0])}")
new_word = min(word for word in split_words[1] - split_words[0] if word.isalpha())
for name, leak in [("honest", False), ("leaky", True)]:
    entries = vectorize(leak=leak)[0].get_vocabulary()
    print(f"{name:6}: {new_word} is", "known" if new_word in entries else "[UNK]")

# %% [markdown]
# The rule: **adapt on training texts only**. All that follows does so. Does it matter here? Section 7 measures it.

# %% [markdown]
# ### Two kinds of chance
#
# A network starts from random weights and sees its batches in random order: another **seed** of the random numbers,
# another result. So from now on we always make three runs and give their mean ± standard deviation (which three runs
# show only roughly). And *which* questions were drawn for validation is chance, too: a share $p$ of $n$ questions varies by
# $\sqrt{p (1 - p) / n}$ from draw to draw. As all networks get the same questions, this second kind matters less for which
# is better than for how good it is.

# %% tags=["demo"]
draw = np.sqrt(0.8 * 0.2 / len(val_texts))
print(f"an accuracy near 80 % of {len(val_texts)} questions: ± {draw:.1%} by the draw")

# %% [markdown]
# ## 6. Would a deeper network do better?
#
# Next you build the network with any number of **hidden layers** of 16 units between input and output.

# %% nbgrader={"grade_id": "keras-import", "locked": true}
import keras

# %% [markdown]
# ### ✏️ Exercise 7: `build_classifier` (2 points)
#
# **Goal:** a Keras model from a description.
#
# **Given:** the width of the input vectors and the number of hidden layers, which may be 0. `keras` is imported.
#
# **Question:** What is the model with that many dense layers of 16 units with ReLU, followed by a dense layer of 4 units
# that gives logits?
#
# <details><summary>Hint 1: where to begin</summary>
# <code>keras.Sequential</code> takes a list of layers; section 1 has one with no hidden layer. Each hidden layer needs weights
# of its own. What does <code>[layer] * 3</code> not do for you here?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Make a Sequential with only an Input of shape <code>(width,)</code>. Then add a new hidden layer in a loop, and the
# last layer after the loop. Does the last layer have an activation, if it gives logits?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# A Sequential grows by its method <code>add</code>. A hidden layer is <code>keras.layers.Dense(16, activation="relu")</code>, and the
# beginning <code>keras.Sequential([keras.layers.Input((width,))])</code>. Which line comes inside of the loop, and which after it?
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
    (10, 1, 244, {"the hidden layer is missing": 44, "one hidden layer too many": 516, "hidden_layers is taken for the number of units": 19}),
    (10, 3, 788, {"hidden_layers is not used, or all hidden layers are the same one": 244, "one hidden layer is missing, or one is used twice": 516}),
    (6, 1, 180, {"the width is not used": 244}),
]:  # fmt: skip
    _what, _model = f"build_classifier({_width}, {_hidden})", build_classifier(_width, _hidden)
    assert _model is not None, f"{_what} is None. Is there a return?"
    assert _model.built, f"{_what} does not know its input yet. Is keras.layers.Input((width,)) in front?"
    checks.equal(tuple(_model.output_shape), (None, 4), f"the output shape of {_what}")
    checks.close(_model.count_params(), _count, f"the number of parameters of {_what}", misconceptions=_wrong)
_own = (
    "a function or layer of your own making is in the model: it cannot be saved, nor graded. Keras has what you need."
)
try:
    assert "Lambda" not in [type(_layer).__name__ for _layer in _model.layers]
    keras.models.model_from_json(_model.to_json())
except (AssertionError, AttributeError, NotImplementedError, OSError, TypeError, ValueError):
    raise AssertionError(f"build_classifier(6, 1): {_own}") from None
_model, _x = build_classifier(3, 1), np.array([[1.0, -1.0, 0.5]])
_model.set_weights([np.sin(np.arange(_w.size)).reshape(_w.shape) for _w in _model.get_weights()])
checks.close(
    _model.predict(_x, verbose=0),
    [[1.64738, 0.95631, -0.61399, -1.61979]],
    "the output of build_classifier(3, 1) with given weights",
    rtol=1e-3,
    misconceptions={
        "the last layer has a softmax, but logits come before it": [[0.60851, 0.30489, 0.06341, 0.02319]],
        "the last layer has an activation, but logits may be negative": [[1.64738, 0.95631, 0.0, 0.0]],
        "the last layer has a sigmoid, but logits may be any number": [[0.83854, 0.72238, 0.35115, 0.16523]],
        "the hidden layer has no activation": [[-0.66628, -0.01877, 0.6460, 0.71684]],
        "the hidden layer has a leaky ReLU, not a plain one": [[1.18465, 0.7613, -0.36199, -1.15247]],
    },
)
assert np.allclose(_model(_x, training=True), _model(_x), atol=1e-5), (
    "build_classifier(3, 1) gives other numbers in training than afterwards. Is there a dropout layer? None is asked for."
)
assert not _model.losses, "build_classifier(3, 1) has a penalty on its weights. None is asked for."
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
    _slips = {
        "the last layer has a ReLU, but logits may be negative": np.maximum(_y, 0),
        "the last layer has a softmax, but logits come before it": np.exp(_y) / np.exp(_y).sum(axis=1, keepdims=True),
        "the hidden layers have no ReLU": _linear,
    }
    for _training in (False, True):
        _got = np.asarray(keras.ops.convert_to_numpy(_model(_x, training=_training)))
        _when = " in training" if _training else ""
        checks.close(
            _got, _y, f"the output of {_what} with given weights{_when}", rtol=1e-3, atol=1e-4, misconceptions=_slips
        )
    checks.close(len(_model.losses), 0, f"the number of penalties on the weights of {_what}")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Not solved yet? A way on</summary>
#
# Type this into a cell of your own. It is the network of section 1, whatever you ask for. All that follows runs then; only
# the rows with hidden layers mean nothing, and you find what they should say in the folded text.
#
#     build_classifier = lambda width, hidden_layers: keras.Sequential([keras.layers.Input((width,)), keras.layers.Dense(4)])
#
# </details>

# %% tags=["demo"]
for hidden_layers in (0, 1, 2):
    parameters = build_classifier(x_train.shape[1], hidden_layers).count_params()
    print(f"{x_train.shape[1]:,} inputs, {hidden_layers} hidden layers: {parameters:,} parameters")

# %% [markdown]
# ### One function for every run
#
# The lines of section 1, with everything that we want to change as an argument:


# %% tags=["demo"]
def train(seed, learning_rate, epochs, hidden_layers=0, **how):
    layer, x_train, x_val = vectorize(**how)
    keras.utils.set_random_seed(seed)
    model = build_classifier(x_train.shape[1], hidden_layers)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    known = (x_val, questions.y_val)
    history = model.fit(x_train, questions.y_train, batch_size, epochs, validation_data=known, verbose=0)
    return layer, model, history.history


# %% [markdown]
# A `Study` makes the runs: every setting with every seed. It remembers a run until something changes that the run depends
# on, such as `epochs` in section 1. First a comparison that seems fair: two networks, the same rate, the same number of
# epochs.

# %% tags=["demo"]
from course_utils.study import Study, evaluate_once

seeds = range(seed, seed + 3)


def measure(seed, **setting):
    history = train(seed, epochs=epochs, **setting)[2]
    last = {"training accuracy": history["accuracy"][-1], "validation accuracy": history["val_accuracy"][-1]}
    return last | history


settings = {
    "10,000 tokens": {"learning_rate": learning_rate},
    "1 hidden layer, same rate": {"learning_rate": learning_rate, "hidden_layers": 1},
}
study = Study(measure, settings, seeds)

# %% [markdown]
# **Predict, then run.** One hidden layer against none, at the same rate. Is the deeper network better on validation
# questions? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "same rate",
    [
        "better, after 5 epochs and at the end",
        "worse, after 5 epochs and at the end",
        "it depends on when you stop",
        "no difference at any time",
    ],
)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(7, 3.6))
for name, label in [("10,000 tokens", "none"), ("1 hidden layer, same rate", "one")]:
    runs = study.runs(name)
    plots.learning_curves(ax, runs, "accuracy", label)
    for epoch in (min(5, epochs), epochs):
        print(f"{label:4} after {epoch:2} epochs: {np.mean([run['val_accuracy'][epoch - 1] for run in runs]):.1%}")
ax.set(title="Hidden layers: none and one, the same rate (band: ± standard deviation, 3 seeds)", ylim=(0, 1))
plots.show(
    "Accuracy over epochs for no hidden layer and one, at the same rate: two dashed training curves above two solid validation curves, with bands over the seeds. The training curves end far above the validation curves."
)
predictions.recall("same rate")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# It depends on when you stop, and differently on the two sets.
#
# | validation accuracy | quick, 5 epochs | quick, 8 epochs | full, 5 epochs | full, 20 epochs |
# |---|---|---|---|---|
# | no hidden layer | 79.7 %<!-- quick: 10,000 tokens, epoch 5 --> | 79.8 %<!-- quick: 10,000 tokens --> | 79.0 %<!-- full: 10,000 tokens, epoch 5 --> | 80.4 %<!-- full: 10,000 tokens --> |
# | one, same rate | 77.5 %<!-- quick: 1 hidden layer, same rate, epoch 5 --> | 78.8 %<!-- quick: 1 hidden layer, same rate --> | 80.2 %<!-- full: 1 hidden layer, same rate, epoch 5 --> | 77.7 %<!-- full: 1 hidden layer, same rate --> |
#
# With `quick` the hidden layer is behind after 5 epochs and has nearly caught up after 8. With `full` it is
# ahead early, then learns its training questions by heart, 100 %<!-- full: 1 hidden layer, same rate, training --> of
# them, and falls behind. Who reports one column of this table has
# measured how *fast* a network learns at that rate, not how *good* it is. (An earlier version of this notebook did just
# that, and said that a hidden layer brings nothing.)
#
# </details>

# %% [markdown]
# Now a fair one: the same number of epochs for all, but to each network the rate that suits it. We tried three or four
# rates for each setting of this notebook, each about a third of the one before, and kept the one with the best
# validation accuracy at the end.

# %% tags=["demo"]
rates = {"quick": (0.01, 0.003), "full": (0.0003, 0.0002)}[profile]
settings |= {
    "1 hidden layer": {"learning_rate": rates[0], "hidden_layers": 1},
    "2 hidden layers": {"learning_rate": rates[1], "hidden_layers": 2},
}

# %% [markdown]
# **Predict, then run.** Each at its own rate: 0, 1 or 2 hidden layers? *I expect ...*

# %% tags=["demo"]
predictions.ask("own rate", ["0, by a point or more", "1 or 2, by a point or more", "they differ by less than chance"])

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(7, 3.6))
for name, label in [("10,000 tokens", "none"), ("1 hidden layer", "one"), ("2 hidden layers", "two")]:
    runs = study.runs(name)
    plots.learning_curves(ax, runs, "accuracy", label)
    accuracies = [run["validation accuracy"] for run in runs]
    print(f"{label:4}: {np.mean(accuracies):.1%} ± {np.std(accuracies, ddof=1):.1%}")
ax.set(
    title="Hidden layers: none, one and two, each at its own rate (band: ± standard deviation, 3 seeds)", ylim=(0, 1)
)
plots.show(
    "Accuracy over epochs for none, one and two hidden layers, each at a rate of its own: dashed training curves, solid validation curves, with bands over the seeds. The three validation curves end close together."
)
predictions.recall("own rate")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | hidden layers | full | quick |
# |---|---|---|
# | none | 80.4 %<!-- full: 10,000 tokens --> | 79.8 %<!-- quick: 10,000 tokens --> |
# | one | 80.6 %<!-- full: 1 hidden layer --> | 79.7 %<!-- quick: 1 hidden layer --> |
# | two | 79.8 %<!-- full: 2 hidden layers --> | 79.4 %<!-- quick: 2 hidden layers --> |
#
# They differ by less than a point, and by less than chance. Hidden layers do no harm here, and they bring nothing: each word speaks for a language
# more or less on its own, and one layer can add that up. Of networks that are equally good, take the simplest.
#
# </details>
#
# ### What did it learn?
#
# A network with one layer is easy to read. For each word and each language there is one weight: how much the word
# speaks for the language. Here are the strongest words of the network of section 1 that occur in at least 20 training
# questions.

# %% tags=["demo"]
net_words = np.array([str(word) for word in vectorizer.get_vocabulary()])
net_weights = model.get_weights()[0]
frequent = keras.ops.convert_to_numpy(x_train).sum(axis=0) >= 20

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, axes = plt.subplots(1, 4, figsize=(11, 3))
for label, ax in enumerate(axes):
    column = np.where(frequent, net_weights[:, label], -np.inf)
    top = np.argsort(-column)[:8]
    ax.barh(net_words[top], column[top])
    ax.invert_yaxis()
    ax.set(title=languages[label], xlabel="weight")
plots.show(
    "Four bar charts, one per language, each with the eight words of the largest weights for this language, names of its libraries and tools most of all."
)

# %% [markdown]
# It has found the vocabulary of each community on its own. Which mistakes are left?

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
predicted = model.predict(x_val, verbose=0).argmax(axis=1)
wrong = np.flatnonzero(predicted != questions.y_val)
for number in wrong[:3]:
    truth, guess = languages[questions.y_val[number]], languages[predicted[number]]
    print(f"{truth}, taken for {guess}:", textwrap.fill(val_texts[number][:300], 110), "\n")

# %% [markdown]
# Would *you* have got these right? Some tell nothing. In others, the clue is a name that the network has never seen:
# it is `[UNK]`, and no weight of its own belongs to it. Can we do something about that?

# %% [markdown]
# ## 7. What goes in
#
# The lecture asks which size of the vocabulary is best. We add two settings: TF-IDF instead of 0s and 1s, and another way
# with punctuation. In `x.append(3)` the layer *drops* the marks and makes `xappend3`. The alternative puts a *space* in
# place of each mark and makes three words. Each setting changes one thing and keeps all else.

# %% tags=["demo", "fold"]
rate = {  # the best of three for each setting, as in section 6
    "quick": {"100 tokens": 0.03, "TF-IDF": 0.03, "spaces for marks": 0.01},
    "full": {"100 tokens": 0.003, "TF-IDF": 0.0003, "spaces for marks": 0.001},
}[profile]
settings |= {
    "100 tokens": {"learning_rate": rate["100 tokens"], "max_tokens": 100},
    "TF-IDF": {"learning_rate": rate["TF-IDF"], "mode": "tf_idf"},
    "spaces for marks": {"learning_rate": rate["spaces for marks"], "spaces": True},
}
if profile == "full":  # the real questions have words enough for more sizes: section 10 needs them
    sizes = {300: 0.003} | dict.fromkeys((500, 1000, 2000, 5000, 20_000), learning_rate)
    settings |= {f"{size:,} tokens": {"learning_rate": best, "max_tokens": size} for size, best in sizes.items()}

# %% [markdown]
# **Predict, then run.** The lecture's network has 10,000 tokens, no hidden layer, 0s and 1s, marks dropped. Which single
# change *helps* most? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "helps most", ["a hidden layer", "TF-IDF", "spaces for marks", "a small vocabulary: less to learn by heart"]
)

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
fig, ax = plt.subplots(figsize=(7.5, 0.6 + 0.46 * len(settings)))
study.plot(ax, "validation accuracy")
ax.axvline(majority, color="grey", linestyle=":")
ax.set_title("Mean ± standard deviation of 3 seeds (dotted line: majority)")
plots.show(
    "Validation accuracies of all settings, one row each, a dot per seed and a bar for mean and standard deviation, with a dotted line for the majority baseline. The numbers are printed below."
)
summary = {metric: study.summary(f"{metric} accuracy") for metric in ("validation", "training")}
for name, row in summary["validation"].iterrows():
    print(f"{name:26} {row['mean']:.1%} ± {row['std']:.1%}, training {summary['training'].loc[name, 'mean']:.1%}")
predictions.recall("helps most")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | setting | full | quick |
# |---|---|---|
# | 100 tokens | 63.0 %<!-- full: 100 tokens --> | 32.3 %<!-- quick: 100 tokens --> |
# | 300 tokens | 68.5 %<!-- full: 300 tokens --> | |
# | 10,000 tokens | 80.4 %<!-- full: 10,000 tokens --> | 79.8 %<!-- quick: 10,000 tokens --> |
# | 10,000, TF-IDF | 77.2 %<!-- full: TF-IDF --> | 81.7 %<!-- quick: TF-IDF --> |
# | 10,000, **spaces for marks** | **85.6 %**<!-- full: spaces for marks --> | **83.3 %**<!-- quick: spaces for marks --> |
#
# A space in place of each punctuation mark, one line of code and the most boring change of all, lifts the same small
# network more than anything else. **Look at your tokens before you build a bigger network.**
#
# The real questions tell the same story, with two differences. A hundred tokens take you further there, as words like
# *public*, *string* and *var* are among the hundred most frequent. And **TF-IDF helps on our questions and *hurts* on
# the real ones**: they contain listings of code, where one name is repeated dozens of times and drowns the rest, and rare
# words become loud and are learnt by heart. Measure TF-IDF on *your* texts before you believe in it.
#
# </details>
#
# Why does a small vocabulary cost so much? Move the slider and see what is left of a question. (On a page without a
# running kernel you see the smallest size.)


# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="a widget has a new id on each run"
from course_utils import widgets

shown = train_texts[7].lower().translate(str.maketrans("", "", string.punctuation)).split()[:90]


def show_known(size):
    fig, ax = plt.subplots(figsize=(9, 2.2))
    lost = [token not in net_words[:size] for token in shown]
    title = f"vocabulary of {size}: {sum(lost)} of {len(shown)} words are [UNK]"
    plots.marked_text(ax, shown, np.array(lost, dtype=float), title)
    return fig


widgets.explore(
    show_known,
    alt="The text of one training question. Words that a vocabulary of 100 tokens holds have a white background, the others an orange one. Most are white; the names of a language's tools are orange.",
    size=[100, 300, 1000, 10_000],
)

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With 100 tokens, 47 of the 56 words survive, and the question still reads well (this one is of the `quick` set). But the
# two that tell, *flask* and *django*, do not. What all questions have in common is frequent; what tells them apart is
# rarer. No hidden layer can bring back what the vectoriser has thrown away!
#
# </details>

# %% [markdown]
# ### Did the rule matter?
#
# Section 5 said: adapt on training texts only. Now break it.

# %% tags=["demo"]
settings["10,000 tokens, leak"] = settings["10,000 tokens"] | {"leak": True}

# %% [markdown]
# **Predict, then run.** By how much does the leak lift the validation accuracy? *I expect ...*

# %% tags=["demo"]
predictions.ask("leak", ["by 5 points or more", "by 1 to 5 points", "not at all", "it lowers it"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for name in ("10,000 tokens", "10,000 tokens, leak"):
    row = study.summary("validation accuracy").loc[name]
    print(f"{name:20} {row['mean']:.2%} ± {row['std']:.2%}")
predictions.recall("leak")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Not at all: 79.8 %<!-- quick: 10,000 tokens --> honest and 79.8 %<!-- quick: 10,000 tokens, leak --> with the leak,
# 80.4 %<!-- full: 10,000 tokens --> and 80.8 %<!-- full: 10,000 tokens, leak --> on the real questions. That is chance. The leak told the layer which words there are, but not a single
# *answer*. A word that occurs in validation texts only gets a place in the vector, but no training question moves its
# weights.
#
# </details>
#
# Then why a rule? Because not all leaks are so harmless. Here is one that bites: choose the words by how well they
# *tell*, that is, by the labels. `SelectKBest` keeps the 1,000 words and pairs that go best with the labels it sees: those of
# training only, or those of validation too. To be sure what it does, we also shuffle all labels, as if thrown **by
# dice**. Nobody can predict these, so an honest accuracy is 25 %.

# %% tags=["demo"]
from scipy.sparse import vstack
from sklearn.feature_selection import SelectKBest, chi2

layer = keras.layers.TextVectorization(20_000, ngrams=2, output_mode="multi_hot")
layer.adapt(train_texts)
both = vstack([csr_matrix(layer(texts).numpy()) for texts in (train_texts, val_texts)])


def chosen_by_label(labels, leak):
    n = len(train_texts)
    seen = slice(None) if leak else slice(n)
    chosen = SelectKBest(chi2, k=1000).fit(both[seen], labels[seen]).transform(both)
    return LogisticRegression(max_iter=1000).fit(chosen[:n], labels[:n]).score(chosen[n:], labels[n:])


# %% [markdown]
# **Predict, then run.** Labels by dice, words chosen with the validation labels in sight. What validation accuracy will
# be claimed? *I expect ...*

# %% tags=["demo"]
predictions.ask("dice", ["25 %: dice cannot be predicted", "about 30 %", "above 40 %", "100 %"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
truth = np.concatenate([questions.y_train, questions.y_val])
dice = [np.random.default_rng(run_seed).permutation(truth) for run_seed in seeds]
selected = {}
for name, leak in [("honest", False), ("leak", True)]:
    selected[f"true labels, {name}"] = [chosen_by_label(truth, leak)]
    selected[f"dice, {name}"] = [chosen_by_label(labels, leak) for labels in dice]
for name, scores in sorted(selected.items()):
    print(f"{name:20} {np.mean(scores):.1%}")
predictions.recall("dice")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# | words chosen by | full, true labels | quick, true labels | full, dice | quick, dice |
# |---|---|---|---|---|
# | training labels | 80.9 %<!-- full: true labels, honest --> | 75.6 %<!-- quick: true labels, honest --> | 24.8 %<!-- full: dice, honest --> | 24.5 %<!-- quick: dice, honest --> |
# | all labels | 82.3 %<!-- full: true labels, leak --> | 82.1 %<!-- quick: true labels, leak --> | 44.5 %<!-- full: dice, leak --> | 41.2 %<!-- quick: dice, leak --> |
#
# Dice, "predicted" far better than by chance! Among many thousand pairs some go with any labels by accident, and the leak
# counts this accident as skill. With the true labels it claims points that no new question would confirm. So the rule
# stands: whatever is *learnt* from data, learn it from training data only. Then you need not ask each time whether it is
# harmless.
#
# </details>

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
# Find the word's own vector. Then you need its similarity to every vector in the table. In which row of the table does
# the word's own vector stand?
# </details>
# <details><summary>Hint 2: a plan</summary>
# Divide every row by its length. After that the similarity is just the sum of products. Sort by it, from large to small,
# and leave the word itself out. What is the word's similarity to itself?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.linalg.norm(vectors, axis=1, keepdims=True)</code> gives the length of each row. If the divided rows are
# <code>unit</code> and the word stands in row <code>place</code>, then <code>unit @ unit[place]</code> gives all
# similarities, and <code>np.argsort(-(unit @ unit[place]))</code> the places of the largest first. How do you make words of these
# places, and cut to k only after the word itself is gone?
# </details>


# %% nbgrader={"grade_id": "nearest", "solution": true}
def nearest(word, words, vectors, k):
    """Return the k other words whose vectors have the largest cosine similarity to the word's vector.

    word: a str that is in words.
    words: a list of different str.
    vectors: shape (len(words), dimensions), row i belongs to words[i].
    k: an int, less than len(words).
    Returns a list of k str, the most similar first.
    """
    vectors = np.asarray(vectors, dtype=float)
    ### BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    place = list(words).index(word)
    order = np.argsort(-(unit @ unit[place]))
    return [words[i] for i in order if i != place][:k]
    ### END SOLUTION


# %% nbgrader={"grade_id": "nearest-test", "points": 2}
checks.equal(
    nearest("pandas", ["pandas", "numpy", "hibernate"], np.array([[2.0, 1.0], [1.5, 1.0], [-1.0, 2.0]]), 1),
    ["numpy"],
    'nearest("pandas", ["pandas", "numpy", "hibernate"], the vectors above, 1)',
    misconceptions={
        "the word itself is in the list": ["pandas"],
        "the least similar word comes first": ["hibernate"],
        "the list is cut to k words before the word itself is left out": [],
        "k is not used": ["numpy", "hibernate"],
    },
)
_names, _table = ["salt", "tea", "rain", "milk", "glue", "ink"], [[-1, 1], [8, -4], [9, 9], [5, 3], [-2, 0], [0, -3]]
checks.equal(
    nearest("tea", list(_names), np.array(_table), 5),
    ["milk", "ink", "rain", "glue", "salt"],
    f'nearest("tea", {_names}, {_table}, 5)',
    misconceptions={
        "words are sorted by distance, not by angle": ["milk", "ink", "salt", "glue", "rain"],
        "the sums of products are not divided by the lengths of the vectors": ["rain", "milk", "ink", "salt", "glue"],
        "the sign of the similarity is lost": ["salt", "glue", "milk", "ink", "rain"],
        "the least similar words come first": ["salt", "glue", "rain", "ink", "milk"],
        "columns are divided by their lengths, not rows": ["milk", "ink", "rain", "salt", "glue"],
        "the rows are divided by the squares of their lengths": ["ink", "milk", "rain", "glue", "salt"],
        "the rows are divided by their sums, not by their lengths": ["ink", "milk", "rain", "salt", "glue"],
        "the words are not sorted": ["salt", "rain", "milk", "glue", "ink"],
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
        _got = nearest(_names[_place], list(_names), _table, _k)
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
table = np.array([[0, 0], [9, 9], [2, 1], [1.5, 1], [-1, 2]])  # padding, [UNK], pandas, numpy, hibernate
row = np.array([2, 4, 1, 0])  # pandas, hibernate, an unknown word, padding
one_hot = np.eye(5)[row]
print(one_hot.astype(int))
lookup = keras.layers.Embedding(5, 2)
lookup.build()
lookup.set_weights([table])
print("same:", np.allclose(one_hot @ table, table[row]), np.allclose(lookup(row).numpy(), table[row]))

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
train_rows, val_rows = to_numbers(train_texts), to_numbers(val_texts)
print("training rows:", train_rows.shape)


# %% tags=["demo"]
def train_embedder(seed, learning_rate, epochs):
    keras.utils.set_random_seed(seed)
    table = keras.layers.Embedding(to_numbers.vocabulary_size(), 16, mask_zero=True)
    model = keras.Sequential(
        [keras.layers.Input((length,)), table, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(4)]
    )
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    known = (val_rows, questions.y_val)
    history = model.fit(train_rows, questions.y_train, batch_size, epochs, validation_data=known, verbose=0)
    return model, history.history


# %% [markdown]
# The order of the words plays no part: an average is a bag, too.

# %% [markdown]
# **Predict, then run.** 16 numbers for a text instead of thousands. Better or worse than the multi-hot net? *I expect ...*

# %% tags=["demo"]
predictions.ask("embedding", ["much worse: too little room", "about as good", "much better: words have meaning now"])

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
embedding_rate = 0.03 if profile == "quick" else 0.003
embedders, curves = zip(*[train_embedder(run_seed, embedding_rate, epochs) for run_seed in seeds], strict=True)
for name, runs in [("multi-hot net", study.runs("10,000 tokens")), ("embedding net", curves)]:
    validation, training = ([run[key][-1] for run in runs] for key in ("val_accuracy", "accuracy"))
    print(f"{name}: {np.mean(validation):.1%} ± {np.std(validation, ddof=1):.1%}, training {np.mean(training):.1%}")
embedder_accuracy = validation
print(f"{embedders[0].count_params():,} parameters, 16 for each token in the table")
predictions.recall("embedding")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# About as good: 79.3 %<!-- quick: embedding --> against 79.8 %<!-- quick: 10,000 tokens -->. On the real questions it is
# 77.9 %<!-- full: embedding --> against 80.4 %<!-- full: 10,000 tokens -->: its table learns the training questions by
# heart there. Nothing is gained in accuracy. But now each word has a place among the others.
#
# </details>
#
# ### Who lives next door?
#
# Nobody told the network what any word means. Ask its embedding for neighbours, with *your* function. Rare words are
# left out: they have hardly been trained.

# %% tags=["demo"]
kept = 250 if profile == "quick" else 4000
common_words = [str(word) for word in to_numbers.get_vocabulary()[2:kept]]
common_vectors = embedders[0].layers[0].get_weights()[0][2:kept]

# %% [markdown]
# Exercise 8 lists the neighbours. (Is yours not finished? In its place, let `NearestNeighbors(metric="cosine")` of
# scikit-learn find them; the first neighbour of a word is the word itself.)

# %% [markdown]
# **Predict, then run.** Which words will be the neighbours of *pandas*, a Python library for tables? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "neighbours",
    [
        "table, row, column: what it is about",
        "linq, sql: what does the same job elsewhere",
        "other Python words, whatever they do",
        "no pattern",
    ],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
for word in [word for word in ["pandas", "linq", "jquery", "hibernate", "the"] if word in common_words]:
    print(f"{word:10}", nearest(word, common_words, common_vectors, 5))
predictions.recall("neighbours")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# With `quick`, *pandas* lives among *tkinter*, *dict* and standardised names such as `cell_dict` and `print_color`: Python,
# whatever it does. The network was trained to tell four languages apart, so two words are near if they speak for the same
# language. An embedding learns what its task needs, no more.
#
# </details>
#
# 16 dimensions cannot be drawn. **Principal component analysis** (PCA) finds the two directions in which the points are
# spread most, and shows the points from there, like a well-chosen photo of a sculpture.

# %% tags=["demo"]
telling = {}
for label, language in enumerate(languages):
    places = [i for i, word in enumerate(net_words) if frequent[i] and word in common_words]
    best = sorted(places, key=lambda i: -net_weights[i, label])[:5]
    telling[language] = [common_words.index(net_words[i]) for i in best]

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from sklearn.decomposition import PCA

flat = PCA(2, random_state=0).fit_transform(common_vectors)
fig, ax = plt.subplots(figsize=(8, 6))
ax.plot(*flat.T, ".", color="lightgrey", markersize=4)
for (language, places), marker in zip(telling.items(), "osD^", strict=True):
    ax.plot(*flat[places].T, marker, label=language)
ax.set(title="The embedding's words, seen by PCA", xlabel="first component", ylabel="second component")
ax.legend()
shown_words = [place for places in telling.values() for place in places]
plots.label_points(ax, flat[shown_words], [common_words[place] for place in shown_words])
plots.show(
    "Scatter plot of the embedding's words in two dimensions. Most words form a grey cloud near the middle. The five most telling words of each language, written out and in one colour and marker per language, lie further out, those of each language together in their own direction."
)

# %% [markdown]
# ## 9. The test set, once
#
# All choices are made. On validation data the network with spaces for punctuation came out best, so it goes into the final,
# beside the lecture's network and the baselines. Both are trained again, three times each, as in the study.

# %% tags=["demo"]
finalists = {"multi-hot net": "10,000 tokens", "net with spaces": "spaces for marks"}
nets = {
    name: [train(run_seed, epochs=epochs, **settings[setting]) for run_seed in seeds]
    for name, setting in finalists.items()
}

# %% [markdown]
# `evaluate_once` makes sure that the test questions are used once.


# %% tags=["demo"]
def final():
    texts, y = list(questions.x_test), questions.y_test
    scores = {"majority": [float(np.mean(y == favourite))]}
    for mode, (layer, regression) in baselines.items():
        scores[f"logistic regression, {mode}"] = [regression.score(csr_matrix(layer(texts).numpy()), y)]
    for name, runs in nets.items():
        x = runs[0][0](prepare(texts, name == "net with spaces"))
        scores[name] = [net.evaluate(x, y, verbose=0)[1] for _, net, _ in runs]
    scores["embedding net"] = [net.evaluate(to_numbers(texts), y, verbose=0)[1] for net in embedders]
    return scores


# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
test_scores = evaluate_once("questions", final)
for name, scores in test_scores.items():
    spread = f" ± {np.std(scores, ddof=1):.1%}" if len(scores) > 1 else ""
    print(f"{name:30} {np.mean(scores):.1%}{spread}")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# Side by side with the lecture, which states about 80 % for its network. `quick` stands for the questions that you have
# just used, `full` for the real ones from Stack Overflow. All on the test set, means over three seeds where a network is trained.
#
# | | lecture | full | quick |
# |---|---|---|---|
# | majority | | 25.0 %<!-- full: test majority --> | 24.1 %<!-- quick: test majority --> |
# | logistic regression, multi-hot | | 77.8 %<!-- full: test logistic regression, multi_hot --> | 75.1 %<!-- quick: test logistic regression, multi_hot --> |
# | logistic regression, TF-IDF | | 75.4 %<!-- full: test logistic regression, tf_idf --> | 78.5 %<!-- quick: test logistic regression, tf_idf --> |
# | **multi-hot net**, the lecture's | about 80 % | 81.0 %<!-- full: test multi-hot net --> | 80.3 %<!-- quick: test multi-hot net --> |
# | embedding net | | 79.2 %<!-- full: test embedding net --> | 79.0 %<!-- quick: test embedding net --> |
# | **multi-hot net, spaces for marks** | | 86.5 %<!-- full: test net with spaces --> | 81.3 %<!-- quick: test net with spaces --> |
#
# Everything but TF-IDF comes out in the same order. TF-IDF changes sides.
#
# </details>

# %% [markdown]
# ## 10. What did we find?
#
# A larger vocabulary was better each time. Is it worth it? It has a price: weights, memory, and many rare
# words that are seen too seldom to learn from. Here is what `full` measured on the *real* questions, which have enough
# words: validation accuracies of the network without hidden layers for six sizes of the vocabulary, three seeds each.

# %% nbgrader={"grade_id": "measured", "locked": true}
accuracy_by_size = {
    500: [0.72, 0.7206, 0.7212],  # full: 500 tokens
    1000: [0.765, 0.7594, 0.7613],  # full: 1,000 tokens
    2000: [0.7788, 0.7825, 0.7769],  # full: 2,000 tokens
    5000: [0.8012, 0.7994, 0.8025],  # full: 5,000 tokens
    10_000: [0.8044, 0.8037, 0.805],  # full: 10,000 tokens
    20_000: [0.81, 0.8112, 0.8075],  # full: 20,000 tokens
}

# %% [markdown]
# ### ✏️ Exercise 9: `choose_size` (1 point)
#
# **Goal:** choose a model by a rule instead of by its lucky digits.
#
# **Given:** a dictionary like `accuracy_by_size`: the accuracies of several runs for each size.
#
# **Question:** Which is the *smallest* size that is as good as the best one, up to chance?
#
# *The best one* has the best mean. *Up to chance* means: a size's mean is at most **two** standard deviations below the best mean. The
# deviations are those of the best one's runs, with $n - 1$ in the denominator, as everywhere in this notebook.
#
# <details><summary>Hint 1: where to begin</summary>
# Try it by hand for two sizes: 5 with 0.60 and 0.62, and 9 with 0.61 and 0.65. Which has the best mean, and how far below it
# may the other one be?
# </details>
# <details><summary>Hint 2: a plan</summary>
# One mean per size; the best size; a limit, its mean minus twice its deviation. Which sizes have a mean of at least the limit, and which of
# them do you return?
# </details>
# <details><summary>Hint 3: almost the code</summary>
# <code>np.std(values, ddof=1)</code> divides by n - 1. With <code>means = {size: np.mean(values) for size, values in runs.items()}</code>
# the best size is <code>max(means, key=means.get)</code>. Then take the <code>min</code> of all sizes that
# meet a condition. Which condition?
# </details>


# %% nbgrader={"grade_id": "choose_size", "solution": true}
def choose_size(runs):
    """Return the smallest size whose mean is at most two standard deviations of the best size's runs below the best mean.

    runs: a dict from size (int) to a list of two or more accuracies.
    Returns one of the sizes.
    """
    ### BEGIN SOLUTION
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    limit = means[best] - 2 * np.std(runs[best], ddof=1)
    return min(size for size in means if means[size] >= limit)
    ### END SOLUTION


# %% nbgrader={"grade_id": "choose_size-test", "points": 1}
_runs = {90: [0.77, 0.81, 0.82], 5: [0.5] * 3, 10: [0.60, 0.62, 0.85], 15: [0.71] * 3, 20: [0.73] * 3, 30: [0.75] * 3}
_runs |= {50: [0.757] * 3, 55: [0.76] * 3, 60: [0.77] * 3, 70: [0.78] * 3, 80: [0.7995] * 3, 120: [0.789, 0.79, 0.791]}
checks.close(
    choose_size(dict(_runs)),
    30,
    "choose_size(_runs), with the _runs of this check,",
    misconceptions={
        "one deviation is allowed, not two": 70,
        "three deviations are allowed, not two": 20,
        "n is the denominator, in place of n - 1": 50,
        "the deviation is divided by the square root of n": 60,
        "the median is taken for the mean": 55,
        "the range is taken for the deviation": 15,
        "size 10 has one lucky run and is not as good": 10,
        "the limit is too close to the best mean": 80,
        "the best size is returned, not the smallest that is as good": 90,
        "the largest size that is as good is returned": 120,
        "the smallest of all sizes is returned": 5,
    },
)
print("choose_size: the visible checks pass. More tests run when you hand in.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(79)
for _case in range(40):
    _sizes = [int(_size) for _size in _rng.choice(np.arange(1, 60) * 50, 9, replace=False)]
    _table = {
        _size: (_rng.normal(0.8, 0.02) + _rng.normal(0, 0.012, 3 + _case % 3)).round(4).tolist() for _size in _sizes
    }
    _means = {_size: sum(_values) / len(_values) for _size, _values in _table.items()}
    _best = sorted(_means, key=lambda size: -_means[size])[0]
    _squares = sum((_value - _means[_best]) ** 2 for _value in _table[_best])
    _limit = _means[_best] - 2 * (_squares / (len(_table[_best]) - 1)) ** 0.5
    if min(abs(_mean - _limit) for _mean in _means.values()) > 1e-4:  # no size is on the edge
        _wanted = sorted(_size for _size in _means if _means[_size] >= _limit)[0]
        checks.close(choose_size(dict(_table)), _wanted, f"choose_size({_table})")
_table = {50: [0.5, 0.5], 900: [0.75, 0.75], 200: [0.75, 0.75]}  # no deviation at all: only the best mean will do
checks.close(choose_size(dict(_table)), 200, f"choose_size({_table})")
### END HIDDEN TESTS

# %% tags=["demo"]
print("for the real questions:", choose_size(accuracy_by_size))

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# The rule takes 20,000, the largest: its three seeds lie within half a point, so even the 80.4 %<!-- full: 10,000 tokens -->
# of 10,000 tokens count as worse than 81.0 %<!-- full: 20,000 tokens -->. But that is the chance over seeds only. Drawn anew,
# 1,600 validation questions would move each of these figures by about one point, and 5,000 tokens with
# 80.1 %<!-- full: 5,000 tokens --> are within that. A rule is as good as the spread that you put into it.
#
# </details>

# %% [markdown]
# ### ✏️ Exercise 10: your recommendation (3 points, written)
#
# A team wants to sort incoming questions by language. They ask you: *"Which vectorisation shall we use, and is it
# worth making the network deeper?"* Comment on your findings in six to ten sentences and identify the best
# model.
#
# | points | for |
# |---|---|
# | 1 | a recommendation that rests on validation figures with their spread, compared with at least one cheap baseline; says when a difference is too small to count, and which of the two kinds of chance it means |
# | 1 | an explanation of the two largest effects in the study: what information was lost, or was made useful |
# | 1 | a limit that no bag of words can overcome, with an example, and one thing that must be right in practice (nothing learnt from validation labels, vectoriser inside the model, or test set used once) with the reason |

# %% [markdown] nbgrader={"grade_id": "recommendation", "solution": true, "points": 3}
# **Model answer.** I recommend multi-hot vectors of up to 10,000 tokens, with a space in place of each punctuation mark, and a
# single dense layer. It reached 83.3 %<!-- quick: spaces for marks --> on the validation questions,
# against 79.8 %<!-- quick: 10,000 tokens --> with the marks dropped and 72.4 %<!-- quick: logistic regression multi_hot -->
# for logistic regression on the same vectors; always giving one language gets 25.5 %<!-- quick: majority -->. The
# spread over seeds is about one point, so these differences count, and on the real questions they are as large. TF-IDF comes close,
# 81.7 %<!-- quick: TF-IDF -->; but on the real questions it lost accuracy, so I would not rely on it. Hidden layers are not worth it: at a rate of its own one
# reaches 79.7 %<!-- quick: 1 hidden layer -->, which differs from the net without by less than the spread over seeds. (At the same rate it
# looked worse after five epochs, which says how fast it learns, not how good it is.) The largest effect is that of the vocabulary: with 100 tokens
# nearly all words of a question survive, but not the telling names, and
# 32.3 %<!-- quick: 100 tokens --> is near chance. The second is punctuation: dropping it glues names together (`x.append`
# becomes `xappend`), to words so rare that most new ones are unknown, while their parts are frequent. No
# bag can tell "from java to python" and "from python to java" apart, as both have the same words; that needs order, for example 2-grams. In
# practice the vectoriser must be saved with the model, or the words get other numbers than in training; and nothing may be chosen with
# validation labels in sight: that way even labels thrown by dice were "predicted" with 41.2 %<!-- quick: dice, leak -->.
#
# **Marking guide.** One point per row of the table that students see. Figures are those of `quick`; the student's may
# differ by a point or two.
#
# - Row 1: needs at least two figures of one table, a spread, and a baseline. TF-IDF as the recommendation is fine if it
#   rests on the figures of `quick` and says that it failed on the real questions. No point for a choice by test figures, or by the best single run.
# - Row 2: the size of the vocabulary *and* punctuation (or TF-IDF: rare, telling words weigh more). The reason has to be
#   about information, not just the figures again. "Only *the* and *is* are left" is wrong: most words survive, the telling ones do not.
# - Row 3: needs order (or another true limit, such as negation or words never seen) with an example, *and* one practical point with
#   its reason.

# %% [markdown]
# ## 11. Ready to use: ask it something
#
# So far the network takes vectors. Someone who wants to use it has text, and would have to redo our
# standardisation and our vocabulary *exactly*. Better put the vectoriser into the model, and save both together.

# %% tags=["demo"]
import tempfile
from pathlib import Path

layer, net, _ = nets["multi-hot net"][0]
whole = keras.Sequential([keras.layers.Input((), dtype="string"), layer, net, keras.layers.Softmax()])
with tempfile.TemporaryDirectory() as folder:
    whole.save(Path(folder) / "languages.keras")
    loaded = keras.models.load_model(Path(folder) / "languages.keras")

# %% [markdown]
# The loaded model takes plain text: for example the twins of section 3, with other words.

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
twins = ["i am moving my linq code to pandas", "i am moving my pandas code to linq"]
for question, row in zip(twins, loaded.predict(keras.ops.convert_to_tensor(twins), verbose=0), strict=True):
    print(f"{languages[row.argmax()]:10} {row.max():4.0%}  {question}")

# %% [markdown]
# The same bag, so the same answer, whatever the weights are. To see order, a network must slide a window over the words:
# notebook 08.
#
# ### Your own question
#
# The next cell shows what both networks of the final say to a question, and which words made them say it: red ones
# speak for the answer, blue ones against it, white ones are neutral or unknown. The question uses two names that nobody
# has used before, in the style of one language.


# %% tags=["demo", "fold"]
def probabilities(question, name, run=0):
    layer, net, _ = nets[name][run]
    x = layer(prepare([question], name == "net with spaces"))
    return keras.ops.convert_to_numpy(keras.ops.softmax(net(x)))[0]


def explain(question):
    _, axes = plt.subplots(len(nets), 1, figsize=(9, 2.4))
    for name, ax in zip(nets, axes, strict=True):
        layer, net, _ = nets[name][0]
        p = probabilities(question, name)
        [text] = prepare([question.lower()], name == "net with spaces")
        words = text.translate(str.maketrans("", "", string.punctuation)).split()
        places = [layer.get_vocabulary().index(word) if word in layer.get_vocabulary() else 0 for word in words]
        weights = net.get_weights()[0][places]
        votes = np.where(places, weights[:, p.argmax()] - weights.mean(axis=1), 0)
        plots.marked_text(ax, words, votes, f"{name}: {languages[p.argmax()]}, {p.max():.0%}", signed=True)
    plots.show(
        "The words of a question, twice, once for each network of the final, each word with a colour behind it: red for the answer that stands above, blue against it."
    )


# %% [markdown]
# **Predict, then run.** `load_clouds()` and `is_empty()`: can the network tell the language that drops the marks? And the one
# with spaces? *I expect ...*

# %% tags=["demo"]
predictions.ask(
    "own question",
    ["both can", "neither can: the names are new", "only the one with spaces", "only the one that drops them"],
)

# %% tags=["demo", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
my_question = "how can i sort a table in blank? i call load_clouds() and then is_empty()"
explain(my_question)
predictions.recall("own question")

# %% [markdown]
# <details><summary>What we measured: open after you ran it</summary>
#
# `loadclouds` and `isempty` are unknown, so the lecture's network goes by words that tell nothing, and gives Python
# 27 %<!-- quick: own question, multi-hot net -->. With spaces there is `load`, which only Python's names have here, and Python gets
# 54 %<!-- quick: own question, net with spaces -->. The names were new, their parts were not: that is where the points of
# section 7 come from. (Networks trained on the real questions give Python 22 %<!-- full: own question, multi-hot net -->
# and 21 %<!-- full: own question, net with spaces -->: there, `load` is no more Python's than anyone's. The spaces gain
# their points with other names.)
#
# </details>
#
# Now put in a question of your own, as mean as you like, and run that cell again. Can you write one that a programmer
# answers at once, and both networks get wrong?

# %% tags=["demo", "fold", "nbval-ignore-output"] nbval_reason="trained on this machine; the ledger test compares its figures within their spread"
from course_utils import ledger

last = ["multi-hot net", "net with spaces"]
here = languages.index("python")
question = "how can i sort a table in blank? i call load_clouds() and then is_empty()"
sure = {name: [float(probabilities(question, name, run)[here]) for run in range(3)] for name in last}
opening_shares = [float(probabilities(opening, "multi-hot net", run)[here]) for run in range(3)]

measured = {"majority": majority, "first training": first_accuracy, "embedding": embedder_accuracy}
measured |= {f"logistic regression {mode}": value for mode, value in baseline_accuracy.items()}
measured |= {name: [run["validation accuracy"] for run in study.runs(name)] for name in settings}
for name in ("10,000 tokens", "1 hidden layer, same rate"):
    measured[f"{name}, epoch 5"] = [run["val_accuracy"][min(5, epochs) - 1] for run in study.runs(name)]
    measured[f"{name}, training"] = [run["training accuracy"] for run in study.runs(name)]
measured |= {f"own question, {name}": shares for name, shares in sure.items()} | {"opening question": opening_shares}
measured |= selected | {f"test {name}": scores for name, scores in test_scores.items()}
ledger.record("07_text_vectorisation", profile, measured)

# %% [markdown]
# ## Can you do it now?
#
# - [ ] I can turn text into tokens and tokens into numbers by hand: as lists of numbers, counts, 0s and 1s, or weighted by TF-IDF.
# - [ ] I can say what each of these keeps and what it loses.
# - [ ] I can do the same with `TextVectorization`, inside a saved model, and say when validation text may not be looked at.
# - [ ] I can train a text classifier, compare it fairly with cheap baselines, and study what matters, over several seeds.
# - [ ] I can explain what a word embedding is, and find a word's neighbours in one.
#
# **What if ...**
#
# - ... all TF-IDF vectors had the same length? Divide each by its norm (Exercise 8 did it to embeddings) and train again.
# - ... the bag held 2-grams as well? Give `vectorize` an argument `ngrams` and try it. How large must the
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
