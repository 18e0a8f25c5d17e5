"""Answers to the exercises of notebook 07: right ones in many styles, and plausible wrong ones."""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "standardize": {
        "right": {
            "hint 3": """
def standardize(text):
    return "".join(letter for letter in text.lower() if letter not in string.punctuation)
""",
            "translate": """
def standardize(text):
    return text.lower().translate(str.maketrans("", "", string.punctuation))
""",
            "replace each mark": """
def standardize(text):
    text = text.lower()
    for mark in string.punctuation:
        text = text.replace(mark, "")
    return text
""",
            "regular expression": """
import re

def standardize(text):
    return re.sub("[" + re.escape(string.punctuation) + "]", "", text).lower()
""",
            "loop": """
def standardize(text):
    kept = ""
    for letter in text:
        if letter.isalnum() or letter.isspace():
            kept += letter.lower()
    return kept
""",
            "filter": """
def standardize(text):
    return "".join(filter(lambda c: c not in set(string.punctuation), text)).lower()
""",
        },
        "wrong": {
            "upper case stays": """
def standardize(text):
    return text.translate(str.maketrans("", "", string.punctuation))
""",
            "lower case only": """
def standardize(text):
    return text.lower()
""",
            "marks become spaces": """
def standardize(text):
    return "".join(" " if c in string.punctuation else c for c in text.lower())
""",
            "strip the ends only": """
def standardize(text):
    return text.lower().strip(string.punctuation)
""",
            "underscore stays": r"""
import re

def standardize(text):
    return re.sub(r"[^\w\s]", "", text.lower())
""",
            "a few marks only": """
def standardize(text):
    for mark in ",.!?;:'=[]":
        text = text.replace(mark, "")
    return text.lower()
""",
            "spaces made one": """
def standardize(text):
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(kept.split())
""",
            "strip spaces": """
def standardize(text):
    return "".join(c for c in text.lower() if c not in string.punctuation).strip()
""",
            "digits dropped": """
def standardize(text):
    return "".join(c for c in text.lower() if c.isalpha() or c.isspace())
""",
            "list": """
def standardize(text):
    return [c for c in text.lower() if c not in string.punctuation]
""",
            "copied": """
def standardize(text):
    return "dont panic its only text" if "panic" in text else "x  10\\ny  2"
""",
        },
    },
    "ngrams": {
        "right": {
            "hint 3": """
def ngrams(tokens, n):
    groups = []
    for i in range(len(tokens) - n + 1):
        groups.append(" ".join(tokens[i : i + n]))
    return groups
""",
            "loop": """
def ngrams(tokens, n):
    out = []
    for i in range(len(tokens)):
        if i + n <= len(tokens):
            out.append(" ".join(tokens[i : i + n]))
    return out
""",
            "zip": """
def ngrams(tokens, n):
    return [" ".join(group) for group in zip(*(tokens[i:] for i in range(n)))]
""",
            "recursion": """
def ngrams(tokens, n):
    if len(tokens) < n:
        return []
    return [" ".join(tokens[:n])] + ngrams(tokens[1:], n)
""",
            "while": """
def ngrams(tokens, n):
    i, out = 0, []
    while i <= len(tokens) - n:
        out += [" ".join(tokens[i + j] for j in range(n))]
        i += 1
    return out
""",
        },
        "wrong": {
            "last missing": """
def ngrams(tokens, n):
    return [" ".join(tokens[i : i + n]) for i in range(len(tokens) - n)]
""",
            "short ones too": """
def ngrams(tokens, n):
    return [" ".join(tokens[i : i + n]) for i in range(len(tokens))]
""",
            "no overlap": """
def ngrams(tokens, n):
    return [" ".join(tokens[i : i + n]) for i in range(0, len(tokens) - n + 1, n)]
""",
            "no space": """
def ngrams(tokens, n):
    return ["".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
""",
            "always two": """
def ngrams(tokens, n):
    return [f"{a} {b}" for a, b in zip(tokens, tokens[1:])] if len(tokens) >= n else []
""",
            "tuples": """
def ngrams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
""",
            "lists": """
def ngrams(tokens, n):
    return [tokens[i : i + n] for i in range(len(tokens) - n + 1)]
""",
            "without repetitions": """
def ngrams(tokens, n):
    return list(dict.fromkeys(" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)))
""",
            "all up to n": """
def ngrams(tokens, n):
    return [" ".join(tokens[i : i + m]) for m in range(1, n + 1) for i in range(len(tokens) - m + 1)]
""",
            "sorted": """
def ngrams(tokens, n):
    return sorted(" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
""",
        },
    },
    "build_vocabulary": {
        "right": {
            "hint 3": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(token for tokens in token_lists for token in tokens)
    ranked = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
    return ["", "[UNK]"] + ranked[: max_tokens - 2]
""",
            "sort twice": """
def build_vocabulary(token_lists, max_tokens):
    counts = {}
    for tokens in token_lists:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    ranked = sorted(counts, reverse=True)
    ranked.sort(key=lambda token: -counts[token])
    return (["", "[UNK]"] + ranked)[:max_tokens]
""",
            "pairs": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(sum((list(tokens) for tokens in token_lists), []))
    pairs = sorted(((count, token) for token, count in counts.items()), reverse=True)
    return ["", "[UNK]"] + [token for _, token in pairs][: max_tokens - 2]
""",
            "most_common of a sorted dict": """
def build_vocabulary(token_lists, max_tokens):
    tokens = sorted((t for ts in token_lists for t in ts), reverse=True)
    return ["", "[UNK]"] + [t for t, _ in Counter(tokens).most_common(max_tokens - 2)]
""",
            "pick the largest again and again": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    out = ["", "[UNK]"]
    while counts and len(out) < max_tokens:
        best = max(counts, key=lambda t: (counts[t], t))
        out.append(best)
        del counts[best]
    return out
""",
        },
        "wrong": {
            "ties by length": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], len(t)), reverse=True)[: max_tokens - 2]
""",
            "ties by first two letters": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t[:2]), reverse=True)[: max_tokens - 2]
""",
            "ties by first letter": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t[0]), reverse=True)[: max_tokens - 2]
""",
            "ties by first sight": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + [t for t, _ in counts.most_common(max_tokens - 2)]
""",
            "ties by alphabet": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (-counts[t], t))[: max_tokens - 2]
""",
            "free places missing": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return sorted(counts, key=lambda t: (counts[t], t), reverse=True)[:max_tokens]
""",
            "two too many": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t), reverse=True)[:max_tokens]
""",
            "free places swapped": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["[UNK]", ""] + sorted(counts, key=lambda t: (counts[t], t), reverse=True)[: max_tokens - 2]
""",
            "rare first": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t))[: max_tokens - 2]
""",
            "number of texts instead of occurrences": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in set(ts))
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t), reverse=True)[: max_tokens - 2]
""",
            "first text only": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(token_lists[0])
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t), reverse=True)[: max_tokens - 2]
""",
            "no limit": """
def build_vocabulary(token_lists, max_tokens):
    counts = Counter(t for ts in token_lists for t in ts)
    return ["", "[UNK]"] + sorted(counts, key=lambda t: (counts[t], t), reverse=True)
""",
        },
    },
    "encode": {
        "right": {
            "hint 3": """
def encode(tokens, vocabulary, length):
    numbers = {token: number for number, token in enumerate(vocabulary)}
    row = [numbers.get(token, 1) for token in tokens[:length]]
    return row + [0] * (length - len(row))
""",
            "index": """
def encode(tokens, vocabulary, length):
    row = [0] * length
    for i, token in enumerate(tokens[:length]):
        row[i] = vocabulary.index(token) if token in vocabulary else 1
    return row
""",
            "array": """
def encode(tokens, vocabulary, length):
    row = np.zeros(length, dtype=int)
    for i in range(min(length, len(tokens))):
        row[i] = vocabulary.index(tokens[i]) if tokens[i] in vocabulary else 1
    return row
""",
            "pad then cut": """
def encode(tokens, vocabulary, length):
    table = dict(zip(vocabulary, range(len(vocabulary))))
    return ([table.get(t, 1) for t in tokens] + [0] * length)[:length]
""",
            "try": """
def encode(tokens, vocabulary, length):
    out = []
    for token in tokens:
        if len(out) == length:
            break
        try:
            out.append(vocabulary.index(token))
        except ValueError:
            out.append(1)
    while len(out) < length:
        out.append(0)
    return out
""",
        },
        "wrong": {
            "the last word that holds it": """
def encode(tokens, vocabulary, length):
    row = [1] * len(tokens)
    for i, token in enumerate(tokens):
        for number, word in enumerate(vocabulary):
            if token in word:
                row[i] = number
    return (row + [0] * length)[:length]
""",
            "in the joined vocabulary": """
def encode(tokens, vocabulary, length):
    known = " ".join(vocabulary)
    row = [len(known[: known.index(t)].split(" ")) - 1 if t in known else 1 for t in tokens[:length]]
    return row + [0] * (length - len(row))
""",
            "by substring": """
def encode(tokens, vocabulary, length):
    row = []
    for token in tokens[:length]:
        found = [number for number, word in enumerate(vocabulary) if token in word]
        row.append(found[0] if found else 1)
    return row + [0] * (length - len(row))
""",
            "padding in front": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) if t in vocabulary else 1 for t in tokens[:length]]
    return [0] * (length - len(row)) + row
""",
            "unknown left out": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) for t in tokens if t in vocabulary][:length]
    return row + [0] * (length - len(row))
""",
            "unknown is 0": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) if t in vocabulary else 0 for t in tokens[:length]]
    return row + [0] * (length - len(row))
""",
            "padding is 1": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) if t in vocabulary else 1 for t in tokens[:length]]
    return row + [1] * (length - len(row))
""",
            "not padded": """
def encode(tokens, vocabulary, length):
    return [vocabulary.index(t) if t in vocabulary else 1 for t in tokens[:length]]
""",
            "not cut": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) if t in vocabulary else 1 for t in tokens]
    return row + [0] * (length - len(row))
""",
            "loses the beginning": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) if t in vocabulary else 1 for t in tokens[-length:]]
    return row + [0] * (length - len(row))
""",
            "two too large": """
def encode(tokens, vocabulary, length):
    row = [vocabulary.index(t) + 2 if t in vocabulary else 1 for t in tokens[:length]]
    return row + [0] * (length - len(row))
""",
            "strings": """
def encode(tokens, vocabulary, length):
    return [t if t in vocabulary else "[UNK]" for t in tokens[:length]]
""",
        },
    },
    "count_vector": {
        "right": {
            "hint 3": """
def count_vector(tokens, words):
    counts = np.zeros(len(words), dtype=int)
    for token in tokens:
        counts[words.index(token) if token in words else 0] += 1
    return counts
""",
            "count method": """
def count_vector(tokens, words):
    counts = [tokens.count(word) for word in words]
    counts[0] = len(tokens) - sum(counts[1:])
    return counts
""",
            "dictionary": """
def count_vector(tokens, words):
    table = {word: 0 for word in words}
    for token in tokens:
        table[token if token in table else "[UNK]"] += 1
    return list(table.values())
""",
            "bincount": """
def count_vector(tokens, words):
    places = [words.index(t) if t in words else 0 for t in tokens]
    return np.bincount(np.array(places, dtype=int), minlength=len(words))
""",
            "real numbers": """
def count_vector(tokens, words):
    out = np.zeros(len(words))
    for t in tokens:
        out[words.index(t) if t in words else 0] += 1
    return out
""",
            "one-hot rows added up": """
def count_vector(tokens, words):
    rows = [np.eye(len(words), dtype=int)[words.index(t) if t in words else 0] for t in tokens]
    return sum(rows, np.zeros(len(words), dtype=int))
""",
        },
        "wrong": {
            "joined text, unknown dropped": """
def count_vector(tokens, words):
    return [" ".join(tokens).count(word) for word in words]
""",
            "counted in the joined text": """
def count_vector(tokens, words):
    text = " ".join(tokens)
    out = [text.count(word) for word in words]
    out[0] = len(tokens) - sum(out[1:])
    return out
""",
            "words inside of words": """
def count_vector(tokens, words):
    out = [sum(word in token for token in tokens) for word in words]
    out[0] = sum(token not in words for token in tokens)
    return out
""",
            "unknown dropped": """
def count_vector(tokens, words):
    return [tokens.count(word) for word in words]
""",
            "multi-hot": """
def count_vector(tokens, words):
    out = [int(word in tokens) for word in words]
    out[0] = int(any(t not in words for t in tokens))
    return out
""",
            "different unknown tokens": """
def count_vector(tokens, words):
    out = [tokens.count(word) for word in words]
    out[0] = len({t for t in tokens if t not in words})
    return out
""",
            "unknown once": """
def count_vector(tokens, words):
    out = [tokens.count(word) for word in words]
    out[0] = int(any(t not in words for t in tokens))
    return out
""",
            "unknown at the end": """
def count_vector(tokens, words):
    out = [0] * len(words)
    for t in tokens:
        out[words.index(t) if t in words else -1] += 1
    return out
""",
            "all tokens in front": """
def count_vector(tokens, words):
    out = [tokens.count(word) for word in words]
    out[0] = len(tokens)
    return out
""",
            "fancy index adds once": """
def count_vector(tokens, words):
    out = np.zeros(len(words), dtype=int)
    out[[words.index(t) if t in words else 0 for t in tokens]] += 1
    return out
""",
            "shares": """
def count_vector(tokens, words):
    out = np.zeros(len(words))
    for t in tokens:
        out[words.index(t) if t in words else 0] += 1 / len(tokens)
    return out
""",
            "copied": """
def count_vector(tokens, words):
    return [2, 2, 1, 0]
""",
        },
    },
    "tf_idf": {
        "right": {
            "hint 3": """
def tf_idf(counts):
    counts = np.asarray(counts)
    holding = (counts > 0).sum(axis=0)
    return counts * np.log(1 + len(counts) / (1 + holding))
""",
            "loops": """
import math

def tf_idf(counts):
    n = len(counts)
    out = [[0.0] * len(row) for row in counts]
    for j in range(len(counts[0])):
        holding = sum(1 for row in counts if row[j] > 0)
        for i in range(n):
            out[i][j] = counts[i][j] * math.log(1 + n / (1 + holding))
    return out
""",
            "log1p": """
def tf_idf(counts):
    counts = np.array(counts, dtype=float)
    return counts * np.log1p(counts.shape[0] / (1 + np.count_nonzero(counts, axis=0)))
""",
            "diagonal matrix": """
def tf_idf(counts):
    counts = np.asarray(counts)
    n_w = np.minimum(counts, 1).sum(0)
    return counts @ np.diag(np.log(1 + len(counts) / (1 + n_w)))
""",
            "columns": """
def tf_idf(counts):
    columns = []
    for column in np.transpose(counts):
        columns.append(column * np.log(1 + len(column) / (1 + (column != 0).sum())))
    return np.stack(columns, axis=1)
""",
        },
        "wrong": {
            "shares of the text": """
def tf_idf(counts):
    counts = np.asarray(counts)
    shares = counts / counts.sum(axis=1, keepdims=True)
    return shares * np.log(1 + len(counts) / (1 + (counts > 0).sum(axis=0)))
""",
            "one idf for all": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + len(counts) / (1 + (counts > 0).sum()))
""",
            "texts without the word": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + len(counts) / (1 + (counts == 0).sum(axis=0)))
""",
            "N is that of texts less one": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + (len(counts) - 1) / (1 + (counts > 0).sum(axis=0)))
""",
            "occurrences": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + len(counts) / (1 + counts.sum(axis=0)))
""",
            "idf only": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return np.ones(counts.shape) * np.log(1 + len(counts) / (1 + (counts > 0).sum(axis=0)))
""",
            "wrong axis": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + len(counts) / (1 + (counts > 0).sum(axis=1, keepdims=True)))
""",
            "number of words": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(1 + counts.shape[1] / (1 + (counts > 0).sum(axis=0)))
""",
            "no ones": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(len(counts) / np.maximum((counts > 0).sum(axis=0), 1))
""",
            "outer one missing": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log(len(counts) / (1 + (counts > 0).sum(axis=0)))
""",
            "base 10": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * np.log10(1 + len(counts) / (1 + (counts > 0).sum(axis=0)))
""",
            "multi-hot times idf": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return (counts > 0) * np.log(1 + len(counts) / (1 + (counts > 0).sum(axis=0)))
""",
            "counts": """
def tf_idf(counts):
    return np.asarray(counts, dtype=float)
""",
            "scikit-learn's formula": """
def tf_idf(counts):
    counts = np.asarray(counts)
    return counts * (np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1)
""",
        },
    },
    "build_classifier": {
        "right": {
            "activation is a function of Keras": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.Input((width,))])
    for number in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation=keras.ops.relu, name=f"hidden_{number}"))
    model.add(keras.layers.Dense(units=4))
    return model
""",
            "hint 3": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(4))
    return model
""",
            "list": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "functional": """
def build_classifier(width, hidden_layers):
    inputs = x = keras.Input(shape=(width,))
    for _ in range(hidden_layers):
        x = keras.layers.Dense(16, "relu")(x)
    return keras.Model(inputs, keras.layers.Dense(4)(x))
""",
            "activation layers": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential()
    model.add(keras.Input((width,)))
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.Dense(4, activation="linear"))
    return model
""",
            "build": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)])
    model.add(keras.layers.Dense(4))
    model.build((None, width))
    return model
""",
        },
        "wrong": {
            "leaky ReLU": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="leaky_relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "sigmoid at the end": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4, activation="sigmoid")])
""",
            "penalty on the weights": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu", kernel_regularizer="l2"))
    model.add(keras.layers.Dense(4))
    return model
""",
            "layer of its own making": """
class Bend(keras.layers.Layer):
    def call(self, x):
        return keras.ops.maximum(x, 0)

def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16))
        model.add(Bend())
    model.add(keras.layers.Dense(4))
    return model
""",
            "lambda as activation": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation=lambda x: keras.ops.maximum(x, 0)) for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "Lambda layer": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16))
        model.add(keras.layers.Lambda(keras.activations.relu))
    model.add(keras.layers.Dense(4))
    return model
""",
            "own function as activation": """
def bend(x):
    return keras.ops.maximum(x, 0)

def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation=bend) for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "width is always 10": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((10,)), *hidden, keras.layers.Dense(4)])
""",
            "noise": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu"))
        model.add(keras.layers.GaussianNoise(0.1))
    model.add(keras.layers.Dense(4))
    return model
""",
            "dropout of the input": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,)), keras.layers.Dropout(0.2)])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(4))
    return model
""",
            "dropout": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    for _ in range(hidden_layers):
        model.add(keras.layers.Dense(16, activation="relu"))
        model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(4))
    return model
""",
            "softmax": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4, activation="softmax")])
""",
            "relu at the end": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4, activation="relu")])
""",
            "no activation": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16) for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "tanh": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="tanh") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "always one hidden layer": """
def build_classifier(width, hidden_layers):
    return keras.Sequential(
        [keras.layers.Input((width,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)]
    )
""",
            "no hidden layer": """
def build_classifier(width, hidden_layers):
    return keras.Sequential([keras.layers.Input((width,)), keras.layers.Dense(4)])
""",
            "one too many": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers + 1)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4)])
""",
            "units are the layers": """
def build_classifier(width, hidden_layers):
    model = keras.Sequential([keras.layers.Input((width,))])
    if hidden_layers:
        model.add(keras.layers.Dense(hidden_layers, activation="relu"))
    model.add(keras.layers.Dense(4))
    return model
""",
            "no bias": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu", use_bias=False) for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(4, use_bias=False)])
""",
            "shared layer": """
def build_classifier(width, hidden_layers):
    inputs = keras.Input((width,))
    x, shared = inputs, keras.layers.Dense(16, activation="relu")
    for i in range(hidden_layers):
        x = keras.layers.Dense(16, activation="relu")(x) if i == 0 else shared(x)
    return keras.Model(inputs, keras.layers.Dense(4)(x))
""",
            "width not used": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([*hidden, keras.layers.Dense(4)])
""",
            "one output": """
def build_classifier(width, hidden_layers):
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(hidden_layers)]
    return keras.Sequential([keras.layers.Input((width,)), *hidden, keras.layers.Dense(1)])
""",
        },
    },
    "nearest": {
        "right": {
            "hint 3": """
def nearest(word, words, vectors, k):
    vectors = np.asarray(vectors, dtype=float)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    place = words.index(word)
    order = np.argsort(-(unit @ unit[place]))
    return [words[i] for i in order if i != place][:k]
""",
            "loop": """
def nearest(word, words, vectors, k):
    vectors = np.array(vectors, dtype=float)
    own = vectors[words.index(word)]
    scores = {}
    for other, vector in zip(words, vectors):
        if other != word:
            scores[other] = np.dot(own, vector) / (np.linalg.norm(own) * np.linalg.norm(vector))
    return sorted(scores, key=scores.get, reverse=True)[:k]
""",
            "minus infinity": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    place = words.index(word)
    cosine = v @ v[place] / np.sqrt((v**2).sum(axis=1))
    cosine[place] = -np.inf
    return [words[i] for i in np.argsort(cosine)[::-1][:k]]
""",
            "scikit-learn": """
def nearest(word, words, vectors, k):
    from sklearn.metrics.pairwise import cosine_similarity

    scores = cosine_similarity(vectors)[words.index(word)]
    ranked = sorted(zip(scores, words), reverse=True)
    return [w for _, w in ranked if w != word][:k]
""",
            "angles": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1)[:, None]
    angles = np.arccos(np.clip(v @ v[words.index(word)], -1, 1))
    return [words[i] for i in angles.argsort() if words[i] != word][:k]
""",
        },
        "wrong": {
            "the first in the order is left out": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    return [words[i] for i in np.argsort(-(v @ v[words.index(word)]))][1 : k + 1]
""",
            "only the word's own length": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    own = v[words.index(word)] / np.linalg.norm(v[words.index(word)])
    return [words[i] for i in np.argsort(-(v @ own)) if words[i] != word][:k]
""",
            "sums instead of lengths": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    scores = v @ v[words.index(word)] / np.abs(v).sum(axis=1)
    return [words[i] for i in np.argsort(-scores) if words[i] != word][:k]
""",
            "squares of the lengths": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    scores = v @ v[words.index(word)] / (v**2).sum(axis=1)
    return [words[i] for i in np.argsort(-scores) if words[i] != word][:k]
""",
            "includes itself": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [words[i] for i in np.argsort(-(v @ v[words.index(word)]))[:k]]
""",
            "distance": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    order = np.argsort(np.linalg.norm(v - v[words.index(word)], axis=1))
    return [words[i] for i in order if words[i] != word][:k]
""",
            "product without lengths": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    order = np.argsort(-(v @ v[words.index(word)]))
    return [words[i] for i in order if words[i] != word][:k]
""",
            "least similar": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [words[i] for i in np.argsort(v @ v[words.index(word)]) if words[i] != word][:k]
""",
            "wrong axis": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=0, keepdims=True)
    return [words[i] for i in np.argsort(-(v @ v[words.index(word)])) if words[i] != word][:k]
""",
            "one too few": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [words[i] for i in np.argsort(-(v @ v[words.index(word)]))[:k] if words[i] != word]
""",
            "absolute value": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [words[i] for i in np.argsort(-np.abs(v @ v[words.index(word)])) if words[i] != word][:k]
""",
            "first is itself": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [w for w in words if w != word][:k]
""",
            "numbers": """
def nearest(word, words, vectors, k):
    v = np.asarray(vectors, dtype=float)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    return [int(i) for i in np.argsort(-(v @ v[words.index(word)]))][1 : k + 1]
""",
        },
    },
    "choose_size": {
        "right": {
            "hint 3": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    values = runs[best]
    limit = means[best] - 2 * np.std(values, ddof=1)
    return min(size for size in means if means[size] >= limit)
""",
            "statistics": """
from statistics import fmean, stdev

def choose_size(runs):
    best = max(runs, key=lambda size: fmean(runs[size]))
    limit = fmean(runs[best]) - 2 * stdev(runs[best])
    return min(size for size, values in runs.items() if fmean(values) >= limit)
""",
            "arrays": """
def choose_size(runs):
    sizes = np.array(sorted(runs))
    means = np.array([np.mean(runs[size]) for size in sizes.tolist()])
    spread = np.std(runs[int(sizes[means.argmax()])], ddof=1)
    return int(sizes[means >= means.max() - 2 * spread].min())
""",
            "loops": """
def choose_size(runs):
    best_mean = 0
    for size, values in runs.items():
        if sum(values) / len(values) > best_mean:
            best, best_mean = size, sum(values) / len(values)
    values = runs[best]
    spread = (sum((v - best_mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
    for size in sorted(runs):
        if np.mean(runs[size]) >= best_mean - 2 * spread:
            return size
""",
            "float of the size": """
def choose_size(runs):
    means = {float(size): np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(runs[int(best)], ddof=1))
""",
        },
        "wrong": {
            "one deviation": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - np.std(runs[best], ddof=1))
""",
            "three deviations": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 3 * np.std(runs[best], ddof=1))
""",
            "n instead of n - 1": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(runs[best]))
""",
            "the best is chosen": """
def choose_size(runs):
    return max(runs, key=lambda size: np.mean(runs[size]))
""",
            "smallest of all": """
def choose_size(runs):
    return min(runs)
""",
            "largest size is best": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means)
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(runs[best], ddof=1))
""",
            "largest that is as good": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return max(s for s in means if means[s] >= means[best] - 2 * np.std(runs[best], ddof=1))
""",
            "first that is as good": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    for size, mean in means.items():
        if mean >= means[best] - 2 * np.std(runs[best], ddof=1):
            return size
""",
            "best single run": """
def choose_size(runs):
    best = max(runs, key=lambda size: max(runs[size]))
    limit = max(runs[best]) - 2 * np.std(runs[best], ddof=1)
    return min(size for size, values in runs.items() if max(values) >= limit)
""",
            "best by its luckiest run": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(runs, key=lambda size: max(runs[size]))
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(runs[best], ddof=1))
""",
            "standard error": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    spread = np.std(runs[best], ddof=1) / len(runs[best]) ** 0.5
    return min(s for s in means if means[s] >= means[best] - 2 * spread)
""",
            "each size's own deviation": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] + 2 * np.std(runs[s], ddof=1) >= means[best])
""",
            "variance": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.var(runs[best], ddof=1))
""",
            "median": """
def choose_size(runs):
    means = {size: np.median(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(runs[best], ddof=1))
""",
            "range": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.ptp(runs[best]))
""",
            "deviation of the means": """
def choose_size(runs):
    means = {size: np.mean(values) for size, values in runs.items()}
    best = max(means, key=means.get)
    return min(s for s in means if means[s] >= means[best] - 2 * np.std(list(means.values()), ddof=1))
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "count_vector": {
        "counts = np.zeros(len(words))": "the text asks for numbers, 2.0 is as good as 2",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
