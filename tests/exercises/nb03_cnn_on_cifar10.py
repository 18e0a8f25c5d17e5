"""Answers to the exercises of notebook 03: right ones in several styles, and plausible wrong ones."""

BATCH_NORM = """
def batch_norm(x, gamma, beta, moving_mean, moving_variance, training, momentum=0.9, epsilon=0.001):
    x = np.asarray(x, dtype=float)
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
"""
OWN_NET = """
def own_net():
    return keras.Sequential([
        keras.Input((32, 32, 3)),
        {}
    ])
"""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "price_of_mistakes": {
        "right": {
            "hint 3": """
def price_of_mistakes(accuracy, loss):
    price = loss / (1 - accuracy)
    return price, np.exp(-price)
""",
            "of a hundred pictures": """
def price_of_mistakes(accuracy, loss):
    wrong = 100 - 100 * accuracy
    price = 100 * loss / wrong
    return [price, 1 / np.e**price]
""",
            "array": """
import math
def price_of_mistakes(accuracy, loss):
    return np.array([loss / (1 - accuracy), math.exp(-loss / (1 - accuracy))])
""",
        },
        "wrong": {
            "right ones pay": """
def price_of_mistakes(accuracy, loss):
    return loss / accuracy, np.exp(-loss / accuracy)
""",
            "product": """
def price_of_mistakes(accuracy, loss):
    price = loss * (1 - accuracy)
    return price, np.exp(-price)
""",
            "all pay": """
def price_of_mistakes(accuracy, loss):
    return loss, np.exp(-loss)
""",
            "base 10": """
def price_of_mistakes(accuracy, loss):
    price = loss / (1 - accuracy)
    return price, 10**-price
""",
            "no minus": """
def price_of_mistakes(accuracy, loss):
    price = loss / (1 - accuracy)
    return price, np.exp(price)
""",
            "probability of the loss": """
def price_of_mistakes(accuracy, loss):
    return loss / (1 - accuracy), np.exp(-loss)
""",
            "only the price": """
def price_of_mistakes(accuracy, loss):
    return loss / (1 - accuracy)
""",
            "swapped": """
def price_of_mistakes(accuracy, loss):
    price = loss / (1 - accuracy)
    return np.exp(-price), price
""",
            "copied output": """
def price_of_mistakes(accuracy, loss):
    return 4.0, np.exp(-4.0)
""",
        },
    },
    "reliability": {
        "right": {
            "hint 3": """
def reliability(confidence, right, bins):
    confidence, right = np.asarray(confidence), np.asarray(right)
    counts, shares = [], []
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    for k in range(bins):
        inside = right[number == k]
        counts.append(len(inside))
        shares.append(inside.mean() if len(inside) else np.nan)
    return counts, shares
""",
            "histograms": """
def reliability(confidence, right, bins):
    confidence, right = np.asarray(confidence), np.asarray(right)
    counts, _ = np.histogram(confidence, bins=bins, range=(0, 1))
    good, _ = np.histogram(confidence[right], bins=bins, range=(0, 1))
    with np.errstate(invalid="ignore"):
        return counts, good / counts
""",
            "plain loops": """
def reliability(confidence, right, bins):
    counts, good = [0] * bins, [0] * bins
    for c, r in zip(confidence, right):
        k = bins - 1 if c == 1 else int(c * bins)
        counts[k] += 1
        good[k] += bool(r)
    return counts, [g / n if n else float("nan") for g, n in zip(good, counts)]
""",
        },
        "wrong": {
            "one is lost": """
def reliability(confidence, right, bins):
    counts, _ = np.histogram(confidence[confidence < 1], bins=bins, range=(0, 1))
    good, _ = np.histogram(confidence[right & (confidence < 1)], bins=bins, range=(0, 1))
    with np.errstate(invalid="ignore"):
        return counts, good / counts
""",
            "zero for empty bins": """
def reliability(confidence, right, bins):
    counts, _ = np.histogram(confidence, bins=bins, range=(0, 1))
    good, _ = np.histogram(confidence[right], bins=bins, range=(0, 1))
    return counts, good / np.maximum(counts, 1)
""",
            "shares of all": """
def reliability(confidence, right, bins):
    counts, _ = np.histogram(confidence, bins=bins, range=(0, 1))
    good, _ = np.histogram(confidence[right], bins=bins, range=(0, 1))
    return counts, good / len(right)
""",
            "bins from lowest to highest": """
def reliability(confidence, right, bins):
    counts, edges = np.histogram(confidence, bins=bins)
    good, _ = np.histogram(confidence[right], bins=edges)
    with np.errstate(invalid="ignore"):
        return counts, good / counts
""",
            "mean confidence": """
def reliability(confidence, right, bins):
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(number, minlength=bins)
    return counts, [confidence[number == k].mean() if counts[k] else np.nan for k in range(bins)]
""",
            "only right ones counted": """
def reliability(confidence, right, bins):
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(number[right], minlength=bins)
    return counts, [right[number == k].mean() if (number == k).any() else np.nan for k in range(bins)]
""",
            "share of wrong ones": """
def reliability(confidence, right, bins):
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(number, minlength=bins)
    return counts, [1 - right[number == k].mean() if counts[k] else np.nan for k in range(bins)]
""",
            "ten bins always": """
def reliability(confidence, right, bins):
    number = np.minimum((confidence * 10).astype(int), 9)
    counts = np.bincount(number, minlength=10)
    return counts, [right[number == k].mean() if counts[k] else np.nan for k in range(10)]
""",
            "copied output": """
def reliability(confidence, right, bins):
    return [0, 2, 3, 3], [np.nan, 1 / 2, 1 / 3, 2 / 3]
""",
        },
    },
    "loss_from_logits": {
        "right": {
            "hint 3": """
def loss_from_logits(logits, labels):
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    true = shifted[np.arange(len(labels)), labels]
    return (np.log(np.exp(shifted).sum(axis=1)) - true).mean()
""",
            "logaddexp": """
def loss_from_logits(logits, labels):
    logits = np.asarray(logits, dtype=float)
    return np.mean([np.logaddexp.reduce(row) - row[y] for row, y in zip(logits, labels)])
""",
            "differences to the true score": """
def loss_from_logits(logits, labels):
    total = 0.0
    for row, y in zip(logits, labels):
        row = np.array(row, dtype=float) - row[y]
        top = max(row)
        total += top + np.log(sum(np.exp(row - top)))
    return total / len(labels)
""",
        },
        "wrong": {
            "overflows": """
def loss_from_logits(logits, labels):
    logits = np.asarray(logits, dtype=float)
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(labels)), labels]).mean()
""",
            "shifted, then the logarithm of nothing": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return -np.log(p[np.arange(len(labels)), labels]).mean()
""",
            "clipped": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(np.clip(p[np.arange(len(labels)), labels], 1e-7, 1)).mean()
""",
            "one maximum for all": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max()
    with np.errstate(all="ignore"):
        return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels]).mean()
""",
            "sum": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels]).sum()
""",
            "maximum forgotten in the true score": """
def loss_from_logits(logits, labels):
    logits = np.asarray(logits, dtype=float)
    z = logits - logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - logits[np.arange(len(labels)), labels]).mean()
""",
            "sign": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=1, keepdims=True)
    return (z[np.arange(len(labels)), labels] - np.log(np.exp(z).sum(axis=1))).mean()
""",
            "along the batch": """
def loss_from_logits(logits, labels):
    z = np.asarray(logits, dtype=float)
    z = z - z.max(axis=0)
    return (np.log(np.exp(z).sum(axis=0)).mean() - z[np.arange(len(labels)), labels]).mean()
""",
        },
    },
    "normalise_batch": {
        "right": {
            "hint 3": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    x, gamma, beta = np.asarray(x, dtype=float), np.asarray(gamma), np.asarray(beta)
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    return gamma * ((x - mean) / np.sqrt(variance + epsilon)) + beta
""",
            "flattened": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    x = np.asarray(x, dtype=float)
    flat = x.reshape(-1, x.shape[-1])
    centred = flat - flat.mean(axis=0)
    unit = centred / (np.mean(centred**2, axis=0) + epsilon) ** 0.5
    return (np.array(gamma) * unit + np.array(beta)).reshape(x.shape)
""",
            "channel by channel": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    y = np.array(x, dtype=float)
    for c in range(y.shape[-1]):
        values = y[..., c]
        y[..., c] = gamma[c] * (values - values.mean()) / np.sqrt(values.var() + epsilon) + beta[c]
    return y
""",
        },
        "wrong": {
            "along each example": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
""",
            "only along the batch": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    x = np.asarray(x, dtype=float)
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return np.asarray(gamma) * (x - mean) / np.sqrt(variance + epsilon) + np.asarray(beta)
""",
            "all at once": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    return gamma * (x - x.mean()) / np.sqrt(x.var() + epsilon) + beta
""",
            "no root": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / (x.var(axis=axes) + epsilon) + beta
""",
            "epsilon outside": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    axes = tuple(range(np.ndim(x) - 1))
    x = np.asarray(x, dtype=float)
    return np.asarray(gamma) * (x - x.mean(axis=axes)) / (x.std(axis=axes) + epsilon) + np.asarray(beta)
""",
            "n - 1": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes, ddof=1) + epsilon) + beta
""",
            "epsilon always 0.001": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    x = np.asarray(x, dtype=float)
    axes = tuple(range(x.ndim - 1))
    return np.asarray(gamma) * (x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + 0.001) + np.asarray(beta)
""",
            "gamma and beta forgotten": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    axes = tuple(range(x.ndim - 1))
    return (x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + epsilon)
""",
            "axes of pictures only": """
def normalise_batch(x, gamma, beta, epsilon=0.001):
    x = np.asarray(x, dtype=float)
    axes = (0, 1, 2) if x.ndim == 4 else (0, 1) if x.ndim == 3 else (1,)
    shape = x.mean(axis=axes, keepdims=True)
    return np.asarray(gamma) * (x - shape) / np.sqrt(x.var(axis=axes, keepdims=True) + epsilon) + np.asarray(beta)
""",
        },
    },
    "batch_norm": {
        "right": {
            "hint 3": """
def batch_norm(x, gamma, beta, moving_mean, moving_variance, training, momentum=0.9, epsilon=0.001):
    x, gamma, beta = np.asarray(x, dtype=float), np.asarray(gamma), np.asarray(beta)
    moving_mean, moving_variance = np.asarray(moving_mean), np.asarray(moving_variance)
    axes = tuple(range(x.ndim - 1))
    if training:
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    else:
        mean, variance = moving_mean, moving_variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "with the function before": """
def batch_norm(x, gamma, beta, moving_mean, moving_variance, training, momentum=0.9, epsilon=0.001):
    x = np.array(x, dtype=float)
    if not training:
        factor = gamma / np.sqrt(moving_variance + epsilon)
        return factor * x + (beta - factor * moving_mean), moving_mean, moving_variance
    flat = x.reshape(-1, x.shape[-1])
    new_mean = moving_mean + (1 - momentum) * (flat.mean(axis=0) - moving_mean)
    new_variance = moving_variance + (1 - momentum) * (flat.var(axis=0) - moving_variance)
    return normalise_batch(x, gamma, beta, epsilon), new_mean, new_variance
""",
            "a list of three": BATCH_NORM
            + """
    used = (mean, variance) if training else (moving_mean, moving_variance)
    keep = momentum if training else 1
    new = [keep * np.asarray(old) + (1 - keep) * now for old, now in ((moving_mean, mean), (moving_variance, variance))]
    return [gamma * (x - used[0]) / (used[1] + epsilon) ** 0.5 + beta, *new]
""",
        },
        "wrong": {
            "momentum weighs the new": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    else:
        moving_mean = (1 - momentum) * moving_mean + momentum * mean
        moving_variance = (1 - momentum) * moving_variance + momentum * variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "always the batch": BATCH_NORM
            + """
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "always the moving ones": BATCH_NORM
            + """
    y = gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return y, moving_mean, moving_variance
""",
            "updated in use too": BATCH_NORM
            + """
    if not training:
        y = gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta
    else:
        y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    moving_mean = momentum * moving_mean + (1 - momentum) * mean
    moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return y, moving_mean, moving_variance
""",
            "new averages normalise": BATCH_NORM
            + """
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta, moving_mean, moving_variance
""",
            "averages of the deviation": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    else:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * np.sqrt(variance)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "variance with n - 1": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    else:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * x.var(axis=axes, ddof=1)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "not updated": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
            "only y": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
""",
            "momentum always 0.9": BATCH_NORM
            + """
    if not training:
        mean, variance = moving_mean, moving_variance
    else:
        moving_mean = 0.9 * moving_mean + 0.1 * mean
        moving_variance = 0.9 * moving_variance + 0.1 * variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
""",
        },
    },
    "bill": {
        "right": {
            "hint 3": """
bill_trainable = [(9 * 3 + 1) * 32, 2 * 32, (9 * 32 + 1) * 32, 2 * 32]
bill_trainable += [(9 * 32 + 1) * 64, 2 * 64, (9 * 64 + 1) * 64, 2 * 64]
bill_trainable += [(8 * 8 * 64 + 1) * 128, 2 * 128, (128 + 1) * 10]
bill_not_trainable = [0, 2 * 32, 0, 2 * 32, 0, 2 * 64, 0, 2 * 64, 0, 2 * 128, 0]
""",
            "array": """
bill_trainable = np.array([896, 64, 9248, 64, 18496, 128, 36928, 128, 524416, 256, 1290])
bill_not_trainable = np.array([0, 64, 0, 64, 0, 128, 0, 128, 0, 256, 0])
""",
            "by a loop": """
bill_trainable, bill_not_trainable, channels = [], [], 3
for filters in (32, 32, 64, 64):
    bill_trainable += [(9 * channels + 1) * filters, 2 * filters]
    bill_not_trainable += [0, 2 * filters]
    channels = filters
bill_trainable += [(8**2 * channels + 1) * 128, 256, 1290]
bill_not_trainable += [0, 256, 0]
""",
        },
        "wrong": {
            "all four trainable": """
bill_trainable = [896, 128, 9248, 128, 18496, 256, 36928, 256, 524416, 512, 1290]
bill_not_trainable = [0] * 11
""",
            "gamma and beta not trainable": """
bill_trainable = [896, 0, 9248, 0, 18496, 0, 36928, 0, 524416, 0, 1290]
bill_not_trainable = [0, 128, 0, 128, 0, 256, 0, 256, 0, 512, 0]
""",
            "strides forgotten": """
bill_trainable = [896, 64, 9248, 64, 18496, 128, 36928, 128, 8388736, 256, 1290]
bill_not_trainable = [0, 64, 0, 64, 0, 128, 0, 128, 0, 256, 0]
""",
            "no biases": """
bill_trainable = [864, 64, 9216, 64, 18432, 128, 36864, 128, 524288, 256, 1280]
bill_not_trainable = [0, 64, 0, 64, 0, 128, 0, 128, 0, 256, 0]
""",
            "four numbers per layer": """
bill_trainable = [896, 2, 9248, 2, 18496, 2, 36928, 2, 524416, 2, 1290]
bill_not_trainable = [0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0]
""",
            "right sum, wrong places": """
bill_trainable = [896, 64, 9248, 64, 18496, 128, 36928, 128, 524416, 128, 1290]
bill_not_trainable = [0, 64, 0, 64, 0, 128, 0, 128, 0, 384, 0]
""",
            "the first half fixed": """
bill_trainable = [896, 64, 9248, 64, 18496, 128, 36928, 128, 524416, 256, 1290 + 640]
bill_not_trainable = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
""",
            "too short": """
bill_trainable = [896, 9248, 18496, 36928, 524416, 1290]
bill_not_trainable = [64, 64, 128, 128, 256, 0]
""",
            "texts": """
bill_trainable = ["896", "64", "9248", "64", "18496", "128", "36928", "128", "524416", "256", "1290"]
bill_not_trainable = ["0", "64", "0", "64", "0", "128", "0", "128", "0", "256", "0"]
""",
        },
    },
    "occlusion_map": {
        "right": {
            "hint 3": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    before = score(image[None])[0]
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row in range(falls.shape[0]):
        for column in range(falls.shape[1]):
            covered = image.copy()
            covered[size * row : size * (row + 1), size * column : size * (column + 1)] = 0.5
            falls[row, column] = before - score(covered[None])[0]
    return falls
""",
            "lists": """
def occlusion_map(score, image, size):
    image = np.array(image, dtype=float)
    result = []
    for top in range(0, image.shape[0], size):
        row = []
        for left in range(0, image.shape[1], size):
            other = np.array(image)
            other[top : top + size, left : left + size, :] = 0.5
            a, b = score(np.stack([image, other]))
            row.append(a - b)
        result.append(row)
    return result
""",
            "masks": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    h, w = image.shape[:2]
    number = (np.arange(h)[:, None] // size) * (w // size) + np.arange(w) // size
    masks = number == np.arange((h // size) * (w // size))[:, None, None]
    after = score(np.where(masks[..., None], 0.5, image))
    return (score(image[None]) - after).reshape(h // size, w // size)
""",
        },
        "wrong": {
            "sign": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r : size * (r + 1), size * c : size * (c + 1)] = 0.5
        falls[r, c] = score(covered[None])[0] - score(image[None])[0]
    return falls
""",
            "no copy": """
def occlusion_map(score, image, size):
    image = np.array(image, dtype=float)
    before = score(image[None])[0]
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        image[size * r : size * (r + 1), size * c : size * (c + 1)] = 0.5
        falls[r, c] = before - score(image[None])[0]
    return falls
""",
            "black": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r : size * (r + 1), size * c : size * (c + 1)] = 0
        falls[r, c] = score(image[None])[0] - score(covered[None])[0]
    return falls
""",
            "scores": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r : size * (r + 1), size * c : size * (c + 1)] = 0.5
        falls[r, c] = score(covered[None])[0]
    return falls
""",
            "overlapping": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[r : r + size, c : c + size] = 0.5
        falls[r, c] = score(image[None])[0] - score(covered[None])[0]
    return falls
""",
            "square images assumed": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[0] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r : size * (r + 1), size * c : size * (c + 1)] = 0.5
        falls[r, c] = score(image[None])[0] - score(covered[None])[0]
    return falls
""",
            "first channel only": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r : size * (r + 1), size * c : size * (c + 1), 0] = 0.5
        falls[r, c] = score(image[None])[0] - score(covered[None])[0]
    return falls
""",
            "one pixel": """
def occlusion_map(score, image, size):
    image = np.asarray(image, dtype=float)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for r, c in np.ndindex(*falls.shape):
        covered = image.copy()
        covered[size * r, size * c] = 0.5
        falls[r, c] = score(image[None])[0] - score(covered[None])[0]
    return falls
""",
        },
    },
    "grad_cam": {
        "right": {
            "hint 3": """
def grad_cam(maps, gradients):
    maps, gradients = np.asarray(maps, dtype=float), np.asarray(gradients, dtype=float)
    weights = gradients.mean(axis=(0, 1))
    return np.maximum((maps * weights).sum(axis=-1), 0)
""",
            "matrix product": """
def grad_cam(maps, gradients):
    cam = np.asarray(maps) @ np.asarray(gradients).mean(axis=0).mean(axis=0)
    cam[cam < 0] = 0
    return cam
""",
            "loop": """
def grad_cam(maps, gradients):
    maps, gradients = np.array(maps, dtype=float), np.array(gradients)
    total = np.zeros(maps.shape[:2])
    for k in range(maps.shape[2]):
        total = total + maps[:, :, k] * gradients[:, :, k].mean()
    return np.clip(total, 0, None)
""",
        },
        "wrong": {
            "negative kept": """
def grad_cam(maps, gradients):
    return (np.asarray(maps) * np.asarray(gradients).mean(axis=(0, 1))).sum(axis=-1)
""",
            "cut before the sum": """
def grad_cam(maps, gradients):
    return np.maximum(np.asarray(maps) * np.asarray(gradients).mean(axis=(0, 1)), 0).sum(axis=-1)
""",
            "gradient times map": """
def grad_cam(maps, gradients):
    return np.maximum((np.asarray(maps) * np.asarray(gradients)).sum(axis=-1), 0)
""",
            "summed gradient": """
def grad_cam(maps, gradients):
    return np.maximum((np.asarray(maps) * np.asarray(gradients).sum(axis=(0, 1))).sum(axis=-1), 0)
""",
            "mean of the maps": """
def grad_cam(maps, gradients):
    return np.maximum((np.asarray(maps) * np.asarray(gradients).mean(axis=(0, 1))).mean(axis=-1), 0)
""",
            "absolute weights": """
def grad_cam(maps, gradients):
    return (np.asarray(maps) * np.abs(np.asarray(gradients).mean(axis=(0, 1)))).sum(axis=-1)
""",
            "one weight for all": """
def grad_cam(maps, gradients):
    return np.maximum(np.asarray(maps).sum(axis=-1) * np.asarray(gradients).mean(), 0)
""",
            "positive gradients only": """
def grad_cam(maps, gradients):
    return (np.asarray(maps) * np.maximum(np.asarray(gradients), 0).mean(axis=(0, 1))).sum(axis=-1)
""",
            "copied output": """
def grad_cam(maps, gradients):
    return [[1.0, 0.0, 6.0], [3.5, 8.0, 0.0]]
""",
        },
    },
    "own_net": {
        "right": {
            "hint 3": """
def own_net():
    net = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (8, 16):
        net.add(keras.layers.Conv2D(filters, 3, padding="same"))
        net.add(keras.layers.ReLU())
        net.add(keras.layers.MaxPooling2D())
    net.add(keras.layers.GlobalAveragePooling2D())
    net.add(keras.layers.Dense(10))
    return net
""",
            "functional, with a shortcut": """
def own_net():
    layers = keras.layers
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(inputs)
    y = layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(x))
    x = layers.LeakyReLU()(layers.Add()([x, y]))
    x = layers.Dropout(0.2)(layers.Flatten()(layers.AveragePooling2D(4)(x)))
    return keras.Model(inputs, layers.Dense(10)(x))
""",
            "strided": OWN_NET.format(
                """keras.layers.Conv2D(24, 5, strides=2, activation="relu"),
        keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(10),"""
            ),
        },
        "wrong": {
            "too large": OWN_NET.format(
                """keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(10),"""
            ),
            "budget met by freezing": """
def own_net():
    layers = keras.layers
    net = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(32, 3), layers.Flatten(), layers.Dense(10)])
    net.layers[1].trainable = False
    net.layers[2].trainable = False
    return net
""",
            "softmax": OWN_NET.format(
                """keras.layers.Conv2D(8, 3), keras.layers.MaxPooling2D(4), keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),"""
            ),
            "ReLU at the end": OWN_NET.format(
                """keras.layers.Conv2D(8, 3), keras.layers.MaxPooling2D(4), keras.layers.Flatten(),
        keras.layers.Dense(10, activation="relu"),"""
            ),
            "no convolution": OWN_NET.format("""keras.layers.Flatten(), keras.layers.Dense(10),"""),
            "ten maps": OWN_NET.format("""keras.layers.Conv2D(16, 3), keras.layers.Conv2D(10, 3),"""),
            "grey pictures": """
def own_net():
    layers = keras.layers
    return keras.Sequential([keras.Input((32, 32, 1)), layers.Conv2D(8, 3, 2), layers.Flatten(), layers.Dense(10)])
""",
            "no input": """
def own_net():
    return keras.Sequential([keras.layers.Conv2D(8, 3), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(10)])
""",
            "returns nothing": """
def own_net():
    net = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3), keras.layers.Flatten()])
""",
            "the class instead of a model": """
def own_net():
    return keras.Sequential
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "reliability": {
        "shares = [right[number == k].mean() for k in range(bins)]": (
            "the mean of no numbers is NaN too, with a warning"
        ),
    },
    "loss_from_logits": {
        "true = shifted[np.arange(len(logits)), labels]": "there is a label for each row of logits",
    },
    "occlusion_map": {
        "scores = np.asarray(score(covered))": "the last of these calls sees all pictures: slower, and the same",
    },
    "own_net": {
        "for filters in (24, 48, 64):": "the widths are free, within the budget",
        'net.add(keras.layers.Conv2D(filters, 3, strides=2, padding="same"))': "windows and strides are free",
        "net.add(keras.layers.BatchNormalization(momentum=0.9))": "no net has to have it",
        "dropped: net.add(keras.layers.ReLU())": "the activations are free, but for the last layer's",
        "net.add(keras.layers.Dropout(0.3))": "no net has to have it",
        "net.add(keras.layers.BatchNormalization(momentum=0.9))\n"
        'net.add(keras.layers.Conv2D(filters, 3, strides=2, padding="same"))': "the order of layers is free",
        "net.add(keras.layers.ReLU())\nnet.add(keras.layers.BatchNormalization(momentum=0.9))": (
            "the order of layers is free"
        ),
        "net.add(keras.layers.Dropout(0.3))\nnet.add(keras.layers.Flatten())": "the order of layers is free",
        "net.add(keras.layers.Dense(10))\nnet.add(keras.layers.Dropout(0.3))": (
            "the order of layers is free: dropout does nothing when asked for an answer"
        ),
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
