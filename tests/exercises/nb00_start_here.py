"""Answers to the exercises of notebook 00: right ones in many styles, and plausible wrong ones."""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "average": {
        "right": {
            "sum": """
def average(a, b):
    return (a + b) / 2
""",
            "np.mean": """
def average(a, b):
    return np.mean([a, b])
""",
            "half the way": """
def average(a, b):
    return a + (b - a) * 0.5
""",
            "halves": """
def average(a, b):
    return 0.5 * a + 0.5 * b
""",
            "hint 3": """
def average(a, b):
    return (a + b) / 2
""",
        },
        "wrong": {
            "no parentheses": """
def average(a, b):
    return a + b / 2
""",
            "whole numbers": """
def average(a, b):
    return (a + b) // 2
""",
            "sum": """
def average(a, b):
    return a + b
""",
            "half the difference": """
def average(a, b):
    return (b - a) / 2
""",
            "geometric": """
def average(a, b):
    return (a * b) ** 0.5
""",
            "prints": """
def average(a, b):
    print((a + b) / 2)
""",
            "copied": """
def average(a, b):
    return {(2.0, 4.0): 3.0, (1.0, 2.0): 1.5}.get((a, b), 0.0)
""",
            "never negative": """
def average(a, b):
    return abs(a + b) / 2
""",
            "int": """
def average(a, b):
    return int((a + b) / 2)
""",
            "rounded": """
def average(a, b):
    return round((a + b) / 2)
""",
            "product": """
def average(a, b):
    return a * b / 2
""",
        },
    },
    "tensors": {
        "right": {
            "numbers": """
rank = 4
num_entries = 153600000
row_shape = (32, 3)
colour = "green"
""",
            "computed": """
shape = [50000, 32, 32, 3]
rank = len(shape)
num_entries = np.prod(shape)
row_shape = tuple(shape[2:])
colour = ["red", "green", "blue"][1]
""",
            "list for a shape": """
rank, num_entries, row_shape, colour = 4, 50_000 * 3072, [32, 3], 'green'
""",
            "hint 3": """
x_train = np.broadcast_to(np.uint8(0), (50000, 32, 32, 3))
rank = len((50000, 32, 32, 3))
num_entries = 50000 * 32 * 32 * 3
row_shape = x_train[54, 12].shape
colour = ["red", "green", "blue"][1]
""",
            "floats": """
rank, num_entries, row_shape, colour = 4.0, 5e4 * 32 * 32 * 3, (32.0, 3.0), "green"
""",
        },
        "wrong": {
            "rank without index": """
rank, num_entries, row_shape, colour = 3, 153600000, (32, 3), "green"
""",
            "channels forgotten": """
rank, num_entries, row_shape, colour = 4, 51200000, (32, 3), "green"
""",
            "lengths added": """
rank, num_entries, row_shape, colour = 4, 50067, (32, 3), "green"
""",
            "one picture": """
rank, num_entries, row_shape, colour = 4, 3072, (32, 3), "green"
""",
            "shape of a picture": """
rank, num_entries, row_shape, colour = 4, 153600000, (32, 32, 3), "green"
""",
            "indices taken from the right": """
rank, num_entries, row_shape, colour = 4, 153600000, (50000, 32), "green"
""",
            "colour counted from one": """
rank, num_entries, row_shape, colour = 4, 153600000, (32, 3), "red"
""",
            "rank is the shape": """
rank, num_entries, row_shape, colour = (50000, 32, 32, 3), 153600000, (32, 3), "green"
""",
            "colour as a number": """
rank, num_entries, row_shape, colour = 4, 153600000, (32, 3), 1
""",
            "shape of a pixel": """
rank, num_entries, row_shape, colour = 4, 153600000, (3,), "green"
""",
            "size for a shape": """
rank, num_entries, row_shape, colour = 4, 153600000, 96, "green"
""",
            "last colour": """
rank, num_entries, row_shape, colour = 4, 153600000, (32, 3), "blue"
""",
            "in German": """
rank, num_entries, row_shape, colour = 4, 153600000, (32, 3), "grün"
""",
        },
    },
    "normalise": {
        "right": {
            "division": """
def normalise(images):
    return np.asarray(images) / 255
""",
            "float32": """
def normalise(images):
    return np.asarray(images, dtype='float32') / 255.0
""",
            "divide": """
def normalise(images):
    return np.divide(images, 255)
""",
            "table": """
def normalise(images):
    return np.linspace(0, 1, 256)[np.asarray(images)]
""",
            "hint 3": """
def normalise(images):
    images = np.asarray(images)
    return images / 255
""",
        },
        "wrong": {
            "by 256": """
def normalise(images):
    return np.asarray(images) / 256
""",
            "by the maximum": """
def normalise(images):
    return np.asarray(images) / np.max(images)
""",
            "whole numbers": """
def normalise(images):
    return np.asarray(images) // 255
""",
            "from -1 to 1": """
def normalise(images):
    return np.asarray(images) / 127.5 - 1
""",
            "standard scores": """
def normalise(images):
    images = np.asarray(images)
    return (images - images.mean()) / images.std()
""",
            "stretched": """
def normalise(images):
    images = np.asarray(images)
    return (images - images.min()) / (images.max() - images.min())
""",
            "back to bytes": """
def normalise(images):
    return (np.asarray(images) / 255).astype(np.uint8)
""",
            "flattened": """
def normalise(images):
    return np.ravel(images) / 255
""",
            "rounded": """
def normalise(images):
    return np.round(np.asarray(images) / 255, 1)
""",
            "dark images left alone": """
def normalise(images):
    images = np.asarray(images)
    if images.max() > 1:
        images = images / 255
    return images
""",
            "no lists with three axes": """
def normalise(images):
    if np.ndim(images) == 1:
        return [value / 255 for value in images]
    return [[value / 255 for value in row] for row in images]
""",
        },
    },
    "one_hot": {
        "right": {
            "loop": """
def one_hot(labels, num_classes):
    out = np.zeros((len(labels), num_classes))
    for i, label in enumerate(labels):
        out[i, label] = 1
    return out
""",
            "comparison": """
def one_hot(labels, num_classes):
    return np.asarray(labels)[:, None] == np.arange(num_classes)
""",
            "nested lists": """
def one_hot(labels, num_classes):
    return [[int(label == c) for c in range(num_classes)] for label in labels]
""",
            "fancy index": """
def one_hot(labels, num_classes):
    out = np.zeros((len(labels), num_classes), dtype=int)
    out[np.arange(len(labels)), labels] = 1
    return out
""",
            "hint 3": """
def one_hot(labels, num_classes):
    labels = np.asarray(labels)
    encoded = np.zeros((len(labels), num_classes))
    for i, label in enumerate(labels):
        encoded[i, label] = 1
    return encoded
""",
        },
        "wrong": {
            "transposed": """
def one_hot(labels, num_classes):
    return np.eye(num_classes)[np.asarray(labels)].T
""",
            "counted from one": """
def one_hot(labels, num_classes):
    return np.eye(num_classes)[np.asarray(labels) - 1]
""",
            "only classes that occur": """
def one_hot(labels, num_classes):
    return np.eye(max(labels) + 1)[np.asarray(labels)]
""",
            "one row": """
def one_hot(labels, num_classes):
    out = np.zeros(num_classes)
    out[np.asarray(labels)] = 1
    return out
""",
            "filled up": """
def one_hot(labels, num_classes):
    return (np.arange(num_classes) <= np.asarray(labels)[:, None]).astype(int)
""",
            "label instead of 1": """
def one_hot(labels, num_classes):
    return np.eye(num_classes)[np.asarray(labels)] * np.asarray(labels)[:, None]
""",
            "inverted": """
def one_hot(labels, num_classes):
    return 1 - np.eye(num_classes)[np.asarray(labels)]
""",
            "whole rows": """
def one_hot(labels, num_classes):
    encoded = np.zeros((len(labels), num_classes))
    encoded[labels] = 1
    return encoded
""",
            "whole columns": """
def one_hot(labels, num_classes):
    encoded = np.zeros((len(labels), num_classes))
    encoded[:, labels] = 1
    return encoded
""",
            "return in the loop": """
def one_hot(labels, num_classes):
    encoded = np.zeros((len(labels), num_classes))
    for i, label in enumerate(labels):
        encoded[i, label] = 1
        return encoded
""",
            "one class too many": """
def one_hot(labels, num_classes):
    return np.eye(num_classes + 1)[np.asarray(labels)]
""",
            "sorted": """
def one_hot(labels, num_classes):
    return np.eye(num_classes)[np.sort(labels)]
""",
        },
    },
    "dense": {
        "right": {
            "dot": """
def dense(x, weights, bias):
    return np.dot(x, weights) + np.array(bias)
""",
            "einsum": """
def dense(x, weights, bias):
    return np.einsum("nd,dm->nm", np.asarray(x), np.asarray(weights)) + bias
""",
            "loops": """
def dense(x, weights, bias):
    return [
        [sum(a * weights[i][j] for i, a in enumerate(row)) + bias[j] for j in range(len(bias))] for row in x
    ]
""",
            "bias as a weight": """
def dense(x, weights, bias):
    x = np.column_stack([x, np.ones(len(x))])
    return x @ np.vstack([weights, bias])
""",
            "hint 3": """
def dense(x, weights, bias):
    x, weights, bias = np.asarray(x), np.asarray(weights), np.asarray(bias)
    return x @ weights + bias
""",
        },
        "wrong": {
            "no bias": """
def dense(x, weights, bias):
    return np.asarray(x) @ np.asarray(weights)
""",
            "bias per sample": """
def dense(x, weights, bias):
    out = np.asarray(x) @ np.asarray(weights)
    return out + np.asarray(bias)[: len(out), None] if len(out) <= len(bias) else out
""",
            "bias per sample if square": """
def dense(x, weights, bias):
    out = np.asarray(x) @ np.asarray(weights)
    return out + np.reshape(bias, (-1, 1) if out.shape[0] == out.shape[1] else (1, -1))
""",
            "transposed weights": """
def dense(x, weights, bias):
    return np.asarray(x) @ np.asarray(weights).T + bias
""",
            "entry by entry": """
def dense(x, weights, bias):
    return np.asarray(x) * np.asarray(weights) + np.asarray(bias)
""",
            "wrong order": """
def dense(x, weights, bias):
    return np.asarray(weights) @ np.asarray(x) + bias
""",
            "bias subtracted": """
def dense(x, weights, bias):
    return np.asarray(x) @ np.asarray(weights) - bias
""",
            "with ReLU": """
def dense(x, weights, bias):
    return np.maximum(np.asarray(x) @ np.asarray(weights) + bias, 0)
""",
            "sum of all biases": """
def dense(x, weights, bias):
    return np.asarray(x) @ np.asarray(weights) + np.sum(bias)
""",
            "output transposed": """
def dense(x, weights, bias):
    return (np.asarray(x) @ np.asarray(weights) + bias).T
""",
        },
    },
    "activations": {
        "right": {
            "where": """
def relu(z):
    return np.where(np.asarray(z) > 0, z, 0)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "masks": """
def relu(z):
    z = np.array(z, dtype=float)
    z[z < 0] = 0
    return z

def leaky_relu(z, slope=0.1):
    z = np.array(z, dtype=float)
    z[z < 0] *= slope
    return z

def sigmoid(z):
    e = np.exp(np.asarray(z, dtype=float))
    return e / (e + 1)
""",
            "products and tanh": """
def relu(z):
    z = np.asarray(z)
    return z * (z > 0)

def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.maximum(z, slope * z)

def sigmoid(z):
    return (1 + np.tanh(np.asarray(z) / 2)) / 2
""",
            "from one another": """
def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.maximum(z, 0) + slope * np.minimum(z, 0)

def relu(z):
    return leaky_relu(z, slope=0)

def sigmoid(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))
""",
            "hint 3": """
def relu(z):
    z = np.asarray(z)
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.where(z > 0, z, slope * z)

def sigmoid(z):
    z = np.asarray(z)
    return 1 / (1 + np.exp(-z))
""",
        },
        "wrong": {
            "relu is abs": """
def relu(z):
    return np.abs(z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "relu is minimum": """
def relu(z):
    return np.minimum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "relu drops entries": """
def relu(z):
    z = np.asarray(z)
    return z[z >= 0]

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "slope fixed": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, 0.1 * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "slope default changed": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.3):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "leaky in whole numbers": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    z = np.array(z)
    z[z < 0] = (slope * z[z < 0]).astype(z.dtype)
    return z

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "leaky on both sides": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return slope * np.asarray(z)

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "slope instead of scores": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope)

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "sigmoid sign": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(np.asarray(z)))
""",
            "sigmoid parentheses": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / 1 + np.exp(-np.asarray(z))
""",
            "sigmoid is tanh": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return np.tanh(z)
""",
            "sigmoid is a step": """
def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

def sigmoid(z):
    return np.clip(0.5 + np.asarray(z) / 4, 0, 1)
""",
            "relu is cut at 1": """
def relu(z):
    return np.clip(z, 0, 1)

def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.where(z > 0, z, slope * z)

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "relu is a step": """
def relu(z):
    return (np.asarray(z) > 0).astype(float)

def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.where(z > 0, z, slope * z)

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "relu row by row only": """
def relu(z):
    return np.array([max(0, value) for value in z])

def leaky_relu(z, slope=0.1):
    z = np.asarray(z)
    return np.where(z > 0, z, slope * z)

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "leaky without the condition": """
def relu(z):
    return np.maximum(0, np.asarray(z))

def leaky_relu(z, slope=0.1):
    return np.minimum(z, slope * np.asarray(z))

def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))
""",
        },
    },
    "maxout": {
        "right": {
            "einsum": """
def maxout(x, weights, biases):
    scores = np.einsum("nd,kdm->knm", np.asarray(x), np.asarray(weights)) + np.asarray(biases)[:, None, :]
    return scores.max(axis=0)
""",
            "running maximum": """
def maxout(x, weights, biases):
    best = dense(x, weights[0], biases[0])
    for w, b in zip(weights[1:], biases[1:]):
        best = np.maximum(best, dense(x, w, b))
    return best
""",
            "matmul": """
def maxout(x, weights, biases):
    return np.max(np.matmul(x, weights) + np.expand_dims(biases, 1), axis=0)
""",
            "hint 3": """
def maxout(x, weights, biases):
    x, weights, biases = np.asarray(x), np.asarray(weights), np.asarray(biases)
    scores = [dense(x, w, b) for w, b in zip(weights, biases)]
    return np.max(scores, axis=0)
""",
        },
        "wrong": {
            "sum": """
def maxout(x, weights, biases):
    return np.sum([dense(x, w, b) for w, b in zip(weights, biases)], axis=0)
""",
            "minimum": """
def maxout(x, weights, biases):
    return np.min([dense(x, w, b) for w, b in zip(weights, biases)], axis=0)
""",
            "over units": """
def maxout(x, weights, biases):
    return np.max([dense(x, w, b) for w, b in zip(weights, biases)], axis=2).T
""",
            "over everything": """
def maxout(x, weights, biases):
    return np.max([dense(x, w, b) for w, b in zip(weights, biases)])
""",
            "over samples": """
def maxout(x, weights, biases):
    return np.max([dense(x, w, b) for w, b in zip(weights, biases)], axis=1)
""",
            "no bias": """
def maxout(x, weights, biases):
    return np.max([np.asarray(x) @ np.asarray(w) for w in weights], axis=0)
""",
            "two pieces only": """
def maxout(x, weights, biases):
    return np.maximum(dense(x, weights[0], biases[0]), dense(x, weights[-1], biases[-1]))
""",
            "bias after the maximum": """
def maxout(x, weights, biases):
    return np.max(np.matmul(x, weights), axis=0) + np.max(biases, axis=0)
""",
            "never negative": """
def maxout(x, weights, biases):
    return np.maximum(np.max([dense(x, w, b) for w, b in zip(weights, biases)], axis=0), 0)
""",
            "largest absolute value": """
def maxout(x, weights, biases):
    return np.max(np.abs([dense(x, w, b) for w, b in zip(weights, biases)]), axis=0)
""",
            "mean": """
def maxout(x, weights, biases):
    return np.mean([dense(x, w, b) for w, b in zip(weights, biases)], axis=0)
""",
            "last piece only": """
def maxout(x, weights, biases):
    return dense(x, weights[-1], biases[-1])
""",
        },
    },
    "softmax": {
        "right": {
            "scipy": """
from scipy.special import softmax as ready_made

def softmax(z):
    return ready_made(np.asarray(z, dtype=float), axis=-1)
""",
            "row by row": """
def softmax(z):
    z = np.asarray(z, dtype=float)
    if z.ndim == 2:
        return np.array([softmax(row) for row in z])
    powers = np.exp(z - z.max())
    return powers / powers.sum()
""",
            "logarithms": """
def softmax(z):
    z = np.asarray(z, dtype=float)
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
""",
            "transposed": """
def softmax(z):
    z = np.asarray(z, dtype=float).T
    e = np.exp(z - z.max(axis=0))
    return (e / e.sum(axis=0)).T
""",
            "hint 3": """
def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
""",
        },
        "wrong": {
            "naive": """
def softmax(z):
    with np.errstate(all="ignore"):
        powers = np.exp(np.asarray(z))
        return powers / powers.sum(axis=-1, keepdims=True)
""",
            "shifted by the largest of all": """
def softmax(z):
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        powers = np.exp(z - z.max())
        return powers / powers.sum(axis=-1, keepdims=True)
""",
            "shifted by the mean": """
def softmax(z):
    z = np.asarray(z, dtype=float)
    with np.errstate(all="ignore"):
        powers = np.exp(z - z.mean(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)
""",
            "columns": """
def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)
""",
            "whole batch": """
def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max())
    return powers / powers.sum()
""",
            "no powers": """
def softmax(z):
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        return z / z.sum(axis=-1, keepdims=True)
""",
            "not divided": """
def softmax(z):
    z = np.asarray(z)
    return np.exp(z - z.max(axis=-1, keepdims=True))
""",
            "powers of two": """
def softmax(z):
    z = np.asarray(z)
    powers = 2.0 ** (z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
""",
            "clipped": """
def softmax(z):
    powers = np.exp(np.clip(z, -500, 500))
    return powers / powers.sum(axis=-1, keepdims=True)
""",
            "one-hot": """
def softmax(z):
    z = np.asarray(z)
    return (z == z.max(axis=-1, keepdims=True)).astype(float)
""",
            "shifted by the largest absolute value": """
def softmax(z):
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        powers = np.exp(z - np.abs(z).max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)
""",
            "sigmoid": """
def softmax(z):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z)))
""",
            "sums along the wrong axis": """
def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)
""",
            "shifts along the wrong axis": """
def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1))
    return powers / powers.sum(axis=-1, keepdims=True)
""",
        },
    },
    "losses": {
        "right": {
            "picking the true class": """
def mse(y, y_hat):
    d = np.asarray(y) - np.asarray(y_hat)
    return (d * d).mean()

def cross_entropy(y, p):
    p, labels = np.asarray(p), np.argmax(y, axis=1)
    return -np.mean(np.log(p[np.arange(len(p)), labels]))
""",
            "sum divided by n": """
def mse(y, y_hat):
    return float(np.square(np.subtract(y, y_hat)).mean())

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "product with the label": """
def mse(y, y_hat):
    return np.average(np.power(np.subtract(y_hat, y), 2.0))

def cross_entropy(y, p):
    return np.mean([-np.log(np.dot(t, q)) for t, q in zip(y, p)])
""",
            "hint 3": """
def mse(y, y_hat):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    return np.mean((y - y_hat) ** 2)

def cross_entropy(y, p):
    y, p = np.asarray(y), np.asarray(p)
    return np.mean(np.sum(-y * np.log(p), axis=1))
""",
            "clipped far below": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(np.clip(p, 1e-7, 1))) / len(p)
""",
            "a tiny number added": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(np.asarray(p) + 1e-8)) / len(p)
""",
        },
        "wrong": {
            "mse without mean": """
def mse(y, y_hat):
    return np.sum(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "mse with root": """
def mse(y, y_hat):
    return np.sqrt(np.mean(np.square(np.subtract(y, y_hat))))

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "mse over samples only": """
def mse(y, y_hat):
    return np.sum(np.square(np.subtract(y, y_hat))) / len(y)

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "mse per column": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)), axis=0)

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "mean over all entries": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.mean(np.asarray(y) * np.log(p))
""",
            "samples added up": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(p))
""",
            "minus forgotten": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return np.sum(np.asarray(y) * np.log(p)) / len(p)
""",
            "base two": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log2(p)) / len(p)
""",
            "wrong classes as well": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    y, p = np.asarray(y), np.asarray(p)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(p)
""",
            "no logarithm": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return 1 - np.sum(np.asarray(y) * np.asarray(p)) / len(p)
""",
            "largest instead of true": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.mean(np.log(np.max(p, axis=1)))
""",
            "clipped at 1e-3": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(np.clip(p, 1e-3, 1))) / len(p)
""",
            "a thousandth added": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(np.asarray(p) + 1e-3)) / len(p)
""",
            "mse with n - 1": """
def mse(y, y_hat):
    return np.sum(np.square(np.subtract(y, y_hat))) / (np.size(y) - 1)

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "cross-entropy with n - 1": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.sum(np.asarray(y) * np.log(p)) / max(len(p) - 1, 1)
""",
            "mse with a half": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat))) / 2

def cross_entropy(y, p):
    return float(-np.sum(np.asarray(y) * np.log(p)) / len(p))
""",
            "logarithm of the mean": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return -np.log(np.mean(np.sum(np.asarray(y) * np.asarray(p), axis=1)))
""",
            "one loss per sample": """
def mse(y, y_hat):
    return np.mean(np.square(np.subtract(y, y_hat)))

def cross_entropy(y, p):
    return np.sum(-np.asarray(y) * np.log(p), axis=1)
""",
        },
    },
    "sgd_step": {
        "right": {
            "in one line": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    v = momentum * np.asarray(velocity) - lr * np.asarray(gradient)
    return np.asarray(w) * (1 - lr * weight_decay) + v, v
""",
            "positional, list result": """
def sgd_step(w, gradient, velocity, lr, momentum=0.0, weight_decay=0.0):
    w, g, v = (np.array(a, dtype=float) for a in (w, gradient, velocity))
    v *= momentum
    v -= lr * g
    w -= lr * weight_decay * w
    w += v
    return [w, v]
""",
            "uphill velocity, turned": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), -np.asarray(velocity)
    velocity = momentum * velocity + lr * gradient
    return w - lr * weight_decay * w - velocity, -velocity
""",
            "hint 3": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = momentum * velocity - lr * gradient
    w = w - lr * weight_decay * w + velocity
    return w, velocity
""",
        },
        "wrong": {
            "uphill": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, g, v = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    v = momentum * v + lr * g
    return w - lr * weight_decay * w + v, v
""",
            "old velocity": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, g, v = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    return w - lr * weight_decay * w + v, momentum * v - lr * g
""",
            "decay without learning rate": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, g, v = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    v = momentum * v - lr * g
    return w - weight_decay * w + v, v
""",
            "decay in the velocity": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, g, v = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    v = momentum * v - lr * (g + weight_decay * w)
    return w + v, v
""",
            "no decay": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    v = momentum * np.asarray(velocity) - lr * np.asarray(gradient)
    return np.asarray(w) + v, v
""",
            "no momentum": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w = np.asarray(w)
    v = -lr * np.asarray(gradient)
    return w - lr * weight_decay * w + v, v
""",
            "decay after the step": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    v = momentum * np.asarray(velocity) - lr * np.asarray(gradient)
    w = np.asarray(w) + v
    return w - lr * weight_decay * w, v
""",
            "swapped pair": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w = np.asarray(w)
    v = momentum * np.asarray(velocity) - lr * np.asarray(gradient)
    return v, w - lr * weight_decay * w + v
""",
            "weights only": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w = np.asarray(w)
    v = momentum * np.asarray(velocity) - lr * np.asarray(gradient)
    return w - lr * weight_decay * w + v
""",
            "running average": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w = np.asarray(w)
    v = momentum * np.asarray(velocity) - (1 - momentum) * lr * np.asarray(gradient)
    return w - lr * weight_decay * w + v, v
""",
            "momentum unless told otherwise": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.9, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = momentum * velocity - lr * gradient
    return w - lr * weight_decay * w + velocity, velocity
""",
            "decay unless told otherwise": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.01):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = momentum * velocity - lr * gradient
    return w - lr * weight_decay * w + velocity, velocity
""",
            "velocity kept whole": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = velocity - lr * gradient
    return w - lr * weight_decay * w + velocity, velocity
""",
            "decay outwards": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    velocity = momentum * velocity - lr * gradient
    return w + lr * weight_decay * w + velocity, velocity
""",
            "nothing moves": """
def sgd_step(w, gradient, velocity, lr, *, momentum=0.0, weight_decay=0.0):
    w, gradient, velocity = np.asarray(w), np.asarray(gradient), np.asarray(velocity)
    return w, velocity
""",
        },
    },
    "backward": {
        "right": {
            "einsum": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / x.shape[0]
    da = np.where(hidden > 0, np.einsum("nm,hm->nh", ds, w2), 0)
    return (
        np.einsum("nd,nh->dh", x, da), da.sum(0), np.einsum("nh,nm->hm", hidden, ds), ds.sum(0)
    )
""",
            "sample by sample": """
def backward(x, y, hidden, p, w2):
    n = len(x)
    d_w1, d_b1 = np.zeros((x.shape[1], hidden.shape[1])), np.zeros(hidden.shape[1])
    d_w2, d_b2 = np.zeros(w2.shape), np.zeros(w2.shape[1])
    for i in range(n):
        ds = p[i] - y[i]
        da = w2 @ ds
        da[hidden[i] <= 0] = 0
        d_w2 += np.outer(hidden[i], ds) / n
        d_b2 += ds / n
        d_w1 += np.outer(x[i], da) / n
        d_b1 += da / n
    return d_w1, d_b1, d_w2, d_b2
""",
            "divided at the end": """
def backward(x, y, hidden, p, w2):
    ds = p - y
    da = (ds @ w2.T) * np.sign(hidden)
    ones = np.ones(len(x))
    return [g / len(x) for g in (x.T @ da, ones @ da, hidden.T @ ds, ones @ ds)]
""",
            "hint 3": """
def backward(x, y, hidden, p, w2):
    d_scores = (p - y) / len(x)
    d_w2 = hidden.T @ d_scores
    d_b2 = d_scores.sum(axis=0)
    d_hidden = d_scores @ w2.T
    d_a = d_hidden * (hidden > 0)
    d_w1 = x.T @ d_a
    d_b1 = d_a.sum(axis=0)
    return d_w1, d_b1, d_w2, d_b2
""",
        },
        "wrong": {
            "not divided by n": """
def backward(x, y, hidden, p, w2):
    ds = p - y
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "truth minus probability": """
def backward(x, y, hidden, p, w2):
    ds = (y - p) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "no slope of ReLU": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = ds @ w2.T
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "ReLU of the gradient": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = np.maximum(ds @ w2.T, 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "times hidden": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2.T) * hidden
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "bias gradients averaged": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.mean(axis=0), hidden.T @ ds, ds.mean(axis=0)
""",
            "bias gradients over classes": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=1), hidden.T @ ds, ds.sum(axis=1)
""",
            "divided by n twice": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2.T) * (hidden > 0) / len(x)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "divided by all entries": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / p.size
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "w2 not transposed": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "wrong order": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return hidden.T @ ds, ds.sum(axis=0), x.T @ da, da.sum(axis=0)
""",
            "softmax slope as of a sigmoid": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) * p * (1 - p) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "two samples assumed": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / 2
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "factor two": """
def backward(x, y, hidden, p, w2):
    ds = 2 * (p - y) / len(x)
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
            "divided by the classes": """
def backward(x, y, hidden, p, w2):
    ds = (p - y) / p.shape[1]
    da = (ds @ w2.T) * (hidden > 0)
    return x.T @ da, da.sum(axis=0), hidden.T @ ds, ds.sum(axis=0)
""",
        },
    },
    "steps": {
        "right": {
            "own loop": """
def count(lr, momentum=0.0):
    w, v = valley_start, np.zeros(2)
    for step in range(10000):
        if valley_loss(w) < 0.001:
            return step
        w, v = sgd_step(w, valley_gradient(w), v, lr, momentum=momentum)

steps_slow, steps_double, steps_momentum = count(0.01), count(0.02), count(0.01, 0.9)
""",
            "without sgd_step": """
found = []
for lr, mu in [(0.01, 0), (0.02, 0), (0.01, 0.9)]:
    w, v, n = np.array([10.0, 1.0]), 0, 0
    while valley_loss(w) >= 1e-3:
        v = mu * v - lr * valley_gradient(w)
        w, n = w + v, n + 1
    found.append(n)
steps_slow, steps_double, steps_momentum = found
""",
            "numbers": "steps_slow, steps_double, steps_momentum = 539, 268, 91\n",
            "hint 3": """
counts = []
for lr, momentum in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]:
    losses = valley_loss(descend(lr, momentum, 1000).T)
    counts.append(np.argmax(losses < 0.001))
steps_slow, steps_double, steps_momentum = counts
""",
            "enumerate": """
def count(lr, momentum):
    for step, loss in enumerate(valley_loss(descend(lr, momentum, 2000).T)):
        if loss < 0.001:
            return float(step)

steps_slow, steps_double, steps_momentum = count(0.01, 0), count(0.02, 0), count(0.01, 0.9)
""",
        },
        "wrong": {
            "one too many": "steps_slow, steps_double, steps_momentum = 540, 269, 92\n",
            "one too few": "steps_slow, steps_double, steps_momentum = 538, 267, 90\n",
            "exactly half": "steps_slow, steps_double, steps_momentum = 539, 539 / 2, 91\n",
            "swapped": "steps_slow, steps_double, steps_momentum = 268, 539, 91\n",
            "momentum with the double rate": "steps_slow, steps_double, steps_momentum = 539, 268, 83\n",
            "no momentum": "steps_slow, steps_double, steps_momentum = 539, 268, 539\n",
            "looser goal": """
def count(lr, momentum=0.0):
    w, v, n = valley_start, np.zeros(2), 0
    while valley_loss(w) >= 0.01:
        w, v = sgd_step(w, valley_gradient(w), v, lr, momentum=momentum)
        n += 1
    return n

steps_slow, steps_double, steps_momentum = count(0.01), count(0.02), count(0.01, 0.9)
""",
            "velocity forgotten": """
def count(lr, momentum=0.0):
    w, n = valley_start, 0
    while valley_loss(w) >= 0.001:
        w, _ = sgd_step(w, valley_gradient(w), np.zeros(2), lr, momentum=momentum)
        n += 1
    return n

steps_slow, steps_double, steps_momentum = count(0.01), count(0.02), count(0.01, 0.9)
""",
            "counted from 1": """
counts = []
for lr, momentum in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]:
    losses = valley_loss(descend(lr, momentum, 1000).T)
    counts.append(int(np.argmax(losses < 0.001)) + 1)
steps_slow, steps_double, steps_momentum = counts
""",
            "smallest loss": """
steps_slow, steps_double, steps_momentum = [
    int(np.argmin(valley_loss(descend(lr, mu, 1000).T))) for lr, mu in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]
]
""",
            "too few to get there": """
steps_slow, steps_double, steps_momentum = [
    int(np.argmax(valley_loss(descend(lr, mu, 40).T) < 0.001)) for lr, mu in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]
]
""",
            "transposed": """
steps_slow, steps_double, steps_momentum = [
    int(np.argmax(valley_loss(descend(lr, mu, 1000)) < 0.001)) for lr, mu in [(0.01, 0.0), (0.02, 0.0), (0.01, 0.9)]
]
""",
            "guessed": """
steps_slow, steps_double, steps_momentum = 500, 250, 100
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "activations": {
        "return np.where(z >= 0, z, slope * z)": "at 0 both branches are 0",
    },
    "backward": {
        "d_scores = (p - y) / len(y)": "x, y and p have a row for each example",
        "d_scores = (p - y) / len(hidden)": "x and hidden have a row for each example",
        "d_scores = (p - y) / len(p)": "x and p have a row for each example",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
