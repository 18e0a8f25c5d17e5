"""Answers to the exercises of notebook 01: right ones in many styles, and plausible wrong ones."""

OWN_EDGES = """
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def responses(picture, weights=SOBEL):
    return (np.lib.stride_tricks.sliding_window_view(picture, (3, 3)) * weights).sum(axis=(2, 3))


def edges(picture, weights=SOBEL):
    return np.maximum(responses(picture, weights), 0)


def pooled(features, size=4, how=np.max):
    return how(np.lib.stride_tricks.sliding_window_view(features, (size, size))[::size, ::size], axis=(2, 3))

"""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "conv1d": {
        "right": {
            "hint 3": """
def conv1d(x, kernel):
    x, kernel = np.asarray(x), np.asarray(kernel)
    out = []
    for i in range(len(x) - len(kernel) + 1):
        out.append(np.sum(x[i : i + len(kernel)] * kernel))
    return np.array(out)
""",
            "plain loop, list result": """
def conv1d(x, kernel):
    out = []
    for i in range(len(x) - len(kernel) + 1):
        total = 0
        for j in range(len(kernel)):
            total += x[i + j] * kernel[j]
        out.append(total)
    return out
""",
            "np.correlate": """
def conv1d(x, kernel):
    return np.correlate(np.asarray(x), np.asarray(kernel), "valid")
""",
            "np.convolve with flip": """
def conv1d(x, kernel):
    return np.convolve(x, np.asarray(kernel)[::-1], mode="valid")
""",
            "sliding windows": """
def conv1d(x, kernel):
    return np.lib.stride_tricks.sliding_window_view(np.asarray(x), len(kernel)) @ np.asarray(kernel)
""",
            "recursion": """
def conv1d(x, kernel):
    x = list(x)
    if len(x) < len(kernel):
        return np.array([])
    first = np.dot(x[: len(kernel)], kernel)
    return np.concatenate([[first], conv1d(x[1:], kernel)])
""",
            "sum over weights": """
def conv1d(x, kernel):
    x = np.asarray(x, dtype=float)
    n = len(x) - len(kernel) + 1
    return sum(w * x[j : j + n] for j, w in enumerate(kernel))
""",
            "matrix": """
def conv1d(x, kernel):
    k = len(kernel)
    n = len(x) - k + 1
    m = np.zeros((n, len(x)))
    for i in range(n):
        m[i, i : i + k] = kernel
    return m @ np.asarray(x)
""",
        },
        "wrong": {
            "flipped": """
def conv1d(x, kernel):
    return np.convolve(x, kernel, "valid")
""",
            "last window missing": """
def conv1d(x, kernel):
    x, k = np.asarray(x), np.asarray(kernel)
    return np.array([(x[i : i + len(k)] * k).sum() for i in range(len(x) - len(k))])
""",
            "same size": """
def conv1d(x, kernel):
    return np.correlate(x, kernel, "same")
""",
            "full size": """
def conv1d(x, kernel):
    return np.correlate(x, kernel, "full")
""",
            "mean instead of sum": """
def conv1d(x, kernel):
    x, k = np.asarray(x), np.asarray(kernel)
    return np.array([(x[i : i + len(k)] * k).mean() for i in range(len(x) - len(k) + 1)])
""",
            "integer truncation": """
def conv1d(x, kernel):
    x, k = np.asarray(x), np.asarray(kernel)
    out = np.zeros_like(x[: len(x) - len(k) + 1])
    for i in range(len(out)):
        out[i] = (x[i : i + len(k)] * k).sum()
    return out
""",
            "absolute value": """
def conv1d(x, kernel):
    return np.abs(np.correlate(x, kernel, "valid"))
""",
            "kernel of three assumed": """
def conv1d(x, kernel):
    x = np.asarray(x)
    return np.array(
        [
            sum(x[i + j] * kernel[j] for j in range(min(3, len(kernel))))
            for i in range(len(x) - len(kernel) + 1)
        ]
    )
""",
            "jumps by kernel length": """
def conv1d(x, kernel):
    x, k = np.asarray(x), np.asarray(kernel)
    return np.array([(x[i : i + len(k)] * k).sum() for i in range(0, len(x) - len(k) + 1, len(k))])
""",
            "hard-coded": """
def conv1d(x, kernel):
    key = (tuple(x), tuple(kernel))
    return {
        ((2, 4, 9, 5, 3, 8, 6), (1, 2, 1)): [19, 27, 22, 19, 25],
        ((1, 2, 4, 8), (1, 0, -2)): [-7, -14],
        ((1, 2, 4), (0.5, 0.5)): [1.5, 3.0],
    }.get(key, [0.0])
""",
            "returns nothing": """
def conv1d(x, kernel):
    np.correlate(x, kernel, "valid")
""",
            "prints": """
def conv1d(x, kernel):
    print(np.correlate(x, kernel, "valid"))
""",
            "dtype of the kernel": """
def conv1d(x, kernel):
    x, kernel = np.asarray(x), np.asarray(kernel)
    n = len(x) - len(kernel) + 1
    out = np.zeros(n, dtype=kernel.dtype)
    for i in range(n):
        out[i] = np.sum(x[i : i + len(kernel)] * kernel)
    return out
""",
            "signal cut to integers": """
def conv1d(x, kernel):
    x, kernel = np.asarray(x, dtype=int), np.asarray(kernel)
    return np.array([np.sum(x[i : i + len(kernel)] * kernel) for i in range(len(x) - len(kernel) + 1)])
""",
            "weights ignored": """
def conv1d(x, kernel):
    x = np.asarray(x)
    return np.array([np.sum(x[i : i + len(kernel)]) for i in range(len(x) - len(kernel) + 1)])
""",
            "sum not begun anew": """
def conv1d(x, kernel):
    out, total = [], 0
    for i in range(len(x) - len(kernel) + 1):
        for j in range(len(kernel)):
            total += x[i + j] * kernel[j]
        out.append(total)
    return np.array(out)
""",
            "products not added up": """
def conv1d(x, kernel):
    x, kernel = np.asarray(x), np.asarray(kernel)
    return np.array([x[i : i + len(kernel)] * kernel for i in range(len(x) - len(kernel) + 1)])
""",
            "return inside the loop": """
def conv1d(x, kernel):
    x, kernel = np.asarray(x), np.asarray(kernel)
    out = []
    for i in range(len(x) - len(kernel) + 1):
        out.append(np.sum(x[i : i + len(kernel)] * kernel))
        return np.array(out)
""",
        },
    },
    "conv2d_valid": {
        "right": {
            "hint 3": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return out
""",
            "loops": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "einsum": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    return np.einsum(
        "ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel
    )
""",
            "list comprehension": """
def conv2d_valid(image, kernel):
    kh, kw = len(kernel), len(kernel[0])
    return [
        [
            sum(image[i + a][j + b] * kernel[a][b] for a in range(kh) for b in range(kw))
            for j in range(len(image[0]) - kw + 1)
        ]
        for i in range(len(image) - kh + 1)
    ]
""",
            "sum over weights": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return sum(
        kernel[a, b] * image[a : a + h, b : b + w]
        for a in range(kernel.shape[0])
        for b in range(kernel.shape[1])
    )
""",
            "row by row with conv1d": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    return np.array(
        [
            sum(conv1d(image[i + a], kernel[a]) for a in range(len(kernel)))
            for i in range(len(image) - len(kernel) + 1)
        ]
    )
""",
            "scipy": """
import scipy.signal


def conv2d_valid(image, kernel):
    return scipy.signal.correlate2d(image, kernel, mode="valid")
""",
        },
        "wrong": {
            "flipped": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel[::-1, ::-1]).sum()
    return out
""",
            "transposed kernel": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel).T
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "height and width swapped": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    w, h = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "last row and column missing": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h, image.shape[1] - w))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "last column missing": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "integer truncation": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1), dtype=image.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "square kernel assumed": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h = w = kernel.shape[0]
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "square image assumed": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[0] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "weights ignored": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w]).sum()
    return out
""",
            "mean": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).mean()
    return out
""",
            "matrix product": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] @ kernel.T).sum()
    return out
""",
            "transposed result": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out.T
""",
            "only flipped left to right": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel[:, ::-1]).sum()
    return out
""",
            "relu": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return np.maximum(out, 0)
""",
            "size three": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    h, w = min(3, kernel.shape[0]), min(3, kernel.shape[1])
    kernel = kernel[:3, :3]
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out
""",
            "dtype of the kernel": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1), dtype=kernel.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return out
""",
            "image cut to integers": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image, dtype=int), np.asarray(kernel)
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return out
""",
            "square kernels transposed": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    kh, kw = kernel.shape
    kernel = kernel.T if kh == kw else kernel
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return out
""",
            "swapped and broadcast": """
def conv2d_valid(image, kernel):
    image, kernel = np.asarray(image), np.asarray(kernel)
    kw, kh = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return out
""",
        },
    },
    "output_size": {
        "right": {
            "real number, rounded down": """
def output_size(n, kernel, padding=0, stride=1):
    return np.floor((n + 2 * padding - kernel) / stride) + 1
""",
            "hint 3": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // stride + 1
""",
            "math.floor": """
import math


def output_size(n, kernel, padding=0, stride=1):
    return math.floor((n + 2 * padding - kernel) / stride) + 1
""",
            "range": """
def output_size(n, kernel, padding=0, stride=1):
    return len(range(0, n + 2 * padding - kernel + 1, stride))
""",
            "count": """
def output_size(n, kernel, padding=0, stride=1):
    count, start = 0, -padding
    while start + kernel <= n + padding:
        count += 1
        start += stride
    return count
""",
            "recursion": """
def output_size(n, kernel, padding=0, stride=1):
    if n + 2 * padding < kernel:
        return 0
    return 1 + output_size(n - stride, kernel, padding, stride)
""",
            "numpy integer": """
def output_size(n, kernel, padding=0, stride=1):
    return np.int64((n + 2 * padding - kernel) // stride + 1)
""",
        },
        "wrong": {
            "real number": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) / stride + 1
""",
            "ceiling": """
def output_size(n, kernel, padding=0, stride=1):
    return -(-(n + 2 * padding - kernel) // stride) + 1
""",
            "round": """
def output_size(n, kernel, padding=0, stride=1):
    return round((n + 2 * padding - kernel) / stride) + 1
""",
            "padding once": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + padding - kernel) // stride + 1
""",
            "padding ignored": """
def output_size(n, kernel, padding=0, stride=1):
    return (n - kernel) // stride + 1
""",
            "start not counted": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // stride
""",
            "one added before the division": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel + 1) // stride
""",
            "stride ignored": """
def output_size(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel + 1
""",
            "precedence": """
def output_size(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel // stride + 1
""",
            "minus padding": """
def output_size(n, kernel, padding=0, stride=1):
    return (n - 2 * padding - kernel) // stride + 1
""",
            "only strides one and two": """
def output_size(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // min(stride, 2) + 1
""",
            "keras same": """
def output_size(n, kernel, padding=0, stride=1):
    if padding:
        return -(-n // stride)
    return (n - kernel) // stride + 1
""",
            "hard-coded": """
def output_size(n, kernel, padding=0, stride=1):
    return {(7, 3, 0, 1): 5, (5, 3, 1, 1): 5, (8, 3, 0, 2): 3}.get((n, kernel, padding, stride), 4)
""",
        },
    },
    "conv2d": {
        "right": {
            "hint 3": """
def conv2d(image, kernel, padding=0, stride=1):
    image, kernel = np.asarray(image), np.asarray(kernel)
    padded = np.pad(image, padding)
    full = conv2d_valid(padded, kernel)
    return full[::stride, ::stride]
""",
            "pad and slice": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)[::stride, ::stride]
""",
            "loops with output_size": """
def conv2d(image, kernel, padding=0, stride=1):
    image, kernel = np.pad(np.asarray(image), padding), np.asarray(kernel)
    kh, kw = kernel.shape
    h, w = output_size(image.shape[0], kh, 0, stride), output_size(image.shape[1], kw, 0, stride)
    out = np.empty((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = np.sum(
                image[i * stride : i * stride + kh, j * stride : j * stride + kw] * kernel
            )
    return out
""",
            "einsum": """
def conv2d(image, kernel, padding=0, stride=1):
    kernel = np.asarray(kernel)
    v = np.lib.stride_tricks.sliding_window_view(np.pad(image, padding), kernel.shape)
    return np.einsum("ijkl,kl->ij", v[::stride, ::stride], kernel)
""",
            "zeros by hand": """
def conv2d(image, kernel, padding=0, stride=1):
    image = np.asarray(image)
    h, w = image.shape
    big = np.zeros((h + 2 * padding, w + 2 * padding))
    big[padding : padding + h, padding : padding + w] = image
    return conv2d_valid(big, kernel)[::stride, ::stride].tolist()
""",
            "bounds instead of padding": """
def conv2d(image, kernel, padding=0, stride=1):
    image, kernel = np.asarray(image), np.asarray(kernel)
    H, W = image.shape
    kh, kw = kernel.shape
    return np.array(
        [
            [
                sum(
                    image[i + a, j + b] * kernel[a, b]
                    for a in range(kh)
                    for b in range(kw)
                    if 0 <= i + a < H and 0 <= j + b < W
                )
                for j in range(-padding, W + padding - kw + 1, stride)
            ]
            for i in range(-padding, H + padding - kh + 1, stride)
        ]
    )
""",
        },
        "wrong": {
            "padding at the end only": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, ((0, padding), (0, padding))), kernel)[::stride, ::stride]
""",
            "padding at the start only": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, ((padding, 0), (padding, 0))), kernel)[::stride, ::stride]
""",
            "padding ignored": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(image, kernel)[::stride, ::stride]
""",
            "edge padding": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding, mode="edge"), kernel)[::stride, ::stride]
""",
            "ones as padding": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding, constant_values=1), kernel)[::stride, ::stride]
""",
            "stride on rows only": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)[::stride]
""",
            "stride on columns only": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)[:, ::stride]
""",
            "stride ignored": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)
""",
            "stride on the input": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding)[::stride, ::stride], kernel)
""",
            "stride starts at one": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)[stride - 1 :: stride, stride - 1 :: stride]
""",
            "output padded instead": """
def conv2d(image, kernel, padding=0, stride=1):
    return np.pad(conv2d_valid(image, kernel)[::stride, ::stride], padding)
""",
            "flipped": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), np.asarray(kernel)[::-1, ::-1])[::stride, ::stride]
""",
            "kernel padded": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), np.pad(kernel, padding))[::stride, ::stride]
""",
            "padding one whatever asked": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, min(padding, 1)), kernel)[::stride, ::stride]
""",
            "integer kernel": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), np.asarray(kernel).astype(int))[::stride, ::stride]
""",
            "last step too short taken": """
def conv2d(image, kernel, padding=0, stride=1):
    p = np.pad(image, ((padding, padding + stride - 1), (padding, padding + stride - 1)))
    return conv2d_valid(p, kernel)[::stride, ::stride]
""",
            "padded image of integers": """
def conv2d(image, kernel, padding=0, stride=1):
    image = np.asarray(image)
    big = np.zeros((image.shape[0] + 2 * padding, image.shape[1] + 2 * padding), dtype=int)
    big[padding : padding + image.shape[0], padding : padding + image.shape[1]] = image
    return conv2d_valid(big, kernel)[::stride, ::stride]
""",
            "windows do not move by the stride": """
def conv2d(image, kernel, padding=0, stride=1):
    padded, kernel = np.pad(image, padding), np.asarray(kernel)
    kh, kw = kernel.shape
    h, w = output_size(padded.shape[0], kh, 0, stride), output_size(padded.shape[1], kw, 0, stride)
    return np.array(
        [[np.sum(padded[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)]
    )
""",
            "square kernel assumed": """
def conv2d(image, kernel, padding=0, stride=1):
    padded, kernel = np.pad(image, padding), np.asarray(kernel)
    k = kernel.shape[0]
    tops, lefts = (range(0, length - k + 1, stride) for length in padded.shape)
    return np.array([[np.sum(padded[i : i + k, j : j + k] * kernel) for j in lefts] for i in tops])
""",
            "height and width of the kernel swapped": """
def conv2d(image, kernel, padding=0, stride=1):
    padded, kernel = np.pad(image, padding), np.asarray(kernel)
    kw, kh = kernel.shape
    tops, lefts = range(0, padded.shape[0] - kh + 1, stride), range(0, padded.shape[1] - kw + 1, stride)
    return np.array([[np.sum(padded[i : i + kh, j : j + kw] * kernel) for j in lefts] for i in tops])
""",
            "output size without padding": """
def conv2d(image, kernel, padding=0, stride=1):
    image, kernel = np.asarray(image), np.asarray(kernel)
    kh, kw = kernel.shape
    padded = np.pad(image, padding)
    h, w = (image.shape[0] - kh) // stride + 1, (image.shape[1] - kw) // stride + 1
    return np.array(
        [
            [np.sum(padded[i * stride : i * stride + kh, j * stride : j * stride + kw] * kernel) for j in range(w)]
            for i in range(h)
        ]
    )
""",
            "stride twice down": """
def conv2d(image, kernel, padding=0, stride=1):
    return conv2d_valid(np.pad(image, padding), kernel)[::stride][::stride]
""",
        },
    },
    "max_pool2d": {
        "right": {
            "hint 3": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    tops = range(0, image.shape[0] - size + 1, stride)
    lefts = range(0, image.shape[1] - size + 1, stride)
    out = []
    for top in tops:
        out.append([image[top : top + size, left : left + size].max() for left in lefts])
    return np.array(out)
""",
            "loops": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "windows": """
def max_pool2d(image, size, stride=None):
    stride = stride or size
    return np.lib.stride_tricks.sliding_window_view(np.asarray(image), (size, size))[
        ::stride, ::stride
    ].max(axis=(2, 3))
""",
            "lists": """
def max_pool2d(image, size, stride=None):
    step = size if stride is None else stride
    return [
        [
            max(image[i + a][j + b] for a in range(size) for b in range(size))
            for j in range(0, len(image[0]) - size + 1, step)
        ]
        for i in range(0, len(image) - size + 1, step)
    ]
""",
            "minus infinity": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.full((h, w), -np.inf)
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "rows then columns": """
def max_pool2d(image, size, stride=None):
    a = np.asarray(image)
    s = stride if stride is not None else size
    h = [a[i : i + size].max(axis=0) for i in range(0, a.shape[0] - size + 1, s)]
    h = np.array(h)
    return np.array([h[:, j : j + size].max(axis=1) for j in range(0, a.shape[1] - size + 1, s)]).T
""",
        },
        "wrong": {
            "average": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].mean()
    return out
""",
            "minimum": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].min()
    return out
""",
            "starts at zero": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max(
                initial=0
            )
    return out
""",
            "absolute value": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = (
                image[i * stride : i * stride + size, j * stride : j * stride + size]
                .__abs__()
                .max()
            )
    return out
""",
            "stride ignored": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "stride one by default": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = 1
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "incomplete windows kept": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = -(-(image.shape[0] - size) // stride) + 1
    w = -(-(image.shape[1] - size) // stride) + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "last window missing": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride
    w = (image.shape[1] - size) // stride
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "height and width swapped": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[1] - size) // stride + 1
    w = (image.shape[0] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "square assumed": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[0] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "transposed": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out.T
""",
            "integer result": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w), dtype=int)
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "window of two always": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[
                i * stride : i * stride + min(size, 2), j * stride : j * stride + min(size, 2)
            ].max()
    return out
""",
            "maximum of rows only": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // stride + 1
    w = (image.shape[1] - size) // stride + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride].max()
    return out
""",
            "divides by size": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    if stride is None:
        stride = size
    h = (image.shape[0] - size) // size + 1
    w = (image.shape[1] - size) // size + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out
""",
            "hard-coded": """
def max_pool2d(image, size, stride=None):
    return [[4, 5], [9, 8]] if stride is None else [[3, 4]]
""",
            "lists only": """
def max_pool2d(image, size, stride=None):
    stride = size if stride is None else stride
    h = output_size(len(image), size, 0, stride)
    w = output_size(len(image[0]), size, 0, stride)
    return [
        [
            max(
                sum(
                    [
                        row[j * stride : j * stride + size]
                        for row in image[i * stride : i * stride + size]
                    ],
                    [],
                )
            )
            for j in range(w)
        ]
        for i in range(h)
    ]
""",
            "starts at -99": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    stride = size if stride is None else stride
    h = output_size(image.shape[0], size, 0, stride)
    w = output_size(image.shape[1], size, 0, stride)
    out = np.full((h, w), -99.0)
    for i in range(h):
        for j in range(w):
            for value in image[i * stride : i * stride + size, j * stride : j * stride + size].flat:
                out[i, j] = max(out[i, j], value)
    return out
""",
            "windows do not move by the stride": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    stride = size if stride is None else stride
    h = output_size(image.shape[0], size, 0, stride)
    w = output_size(image.shape[1], size, 0, stride)
    return np.array([[image[i : i + size, j : j + size].max() for j in range(w)] for i in range(h)])
""",
            "windows as large as the stride": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    stride = size if stride is None else stride
    rows, columns = (range(0, length - size + 1, stride) for length in image.shape)
    return np.array([[image[i : i + stride, j : j + stride].max() for j in columns] for i in rows])
""",
            "every start up to the edge": """
def max_pool2d(image, size, stride=None):
    image = np.asarray(image)
    stride = size if stride is None else stride
    rows, columns = (range(0, length, stride) for length in image.shape)
    return np.array([[image[i : i + size, j : j + size].max() for j in columns] for i in rows])
""",
        },
    },
    "conv2d_multi": {
        "right": {
            "hint 3": """
def conv2d_multi(image, kernels, bias):
    image, kernels, bias = np.asarray(image), np.asarray(kernels), np.asarray(bias)
    kh, kw, channels, filters = kernels.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((rows, columns, filters))
    for f in range(filters):
        for c in range(channels):
            out[:, :, f] += conv2d_valid(image[:, :, c], kernels[:, :, c, f])
        out[:, :, f] += bias[f]
    return out
""",
            "loops": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return out
""",
            "einsum": """
def conv2d_multi(image, kernels, bias):
    kernels = np.asarray(kernels)
    v = np.lib.stride_tricks.sliding_window_view(np.asarray(image), kernels.shape[:2], axis=(0, 1))
    return np.einsum("ijckl,klcf->ijf", v, kernels) + np.asarray(bias)
""",
            "from conv2d_valid": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    out = []
    for f in range(kernels.shape[3]):
        out.append(
            sum(conv2d_valid(image[..., c], kernels[..., c, f]) for c in range(image.shape[2]))
            + bias[f]
        )
    return np.transpose(out, (1, 2, 0))
""",
            "tensordot": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw = kernels.shape[:2]
    return np.array(
        [
            [
                np.tensordot(image[i : i + kh, j : j + kw], kernels, 3) + bias
                for j in range(image.shape[1] - kw + 1)
            ]
            for i in range(image.shape[0] - kh + 1)
        ]
    )
""",
            "matrix product": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image, float), np.asarray(kernels, float)
    kh, kw, c, f = kernels.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    patches = np.array([image[i : i + kh, j : j + kw].ravel() for i in range(h) for j in range(w)])
    return (patches @ kernels.reshape(-1, f) + bias).reshape(h, w, f)
""",
        },
        "wrong": {
            "no bias": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum()
    return out
""",
            "first bias for all": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[0]
    return out
""",
            "last bias for all": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[
                    -1
                ]
    return out
""",
            "bias per channel": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (
                    image[i : i + kh, j : j + kw] * kernels[:, :, :, f]
                ).sum() + C * bias[f]
    return out
""",
            "bias subtracted": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() - bias[f]
    return out
""",
            "bias multiplied": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() * bias[f]
    return out
""",
            "first channel only": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (
                    image[i : i + kh, j : j + kw, 0] * kernels[:, :, 0, f]
                ).sum() + bias[f]
    return out
""",
            "channel and filter mixed": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, F, C = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, f, :]).sum() + bias[f]
    return out
""",
            "filters first": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return out.transpose(2, 0, 1)
""",
            "flipped": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (
                    image[i : i + kh, j : j + kw] * kernels[::-1, ::-1, :, f]
                ).sum() + bias[f]
    return out
""",
            "height and width swapped": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kw, kh, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return out
""",
            "channels averaged": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (
                    image[i : i + kh, j : j + kw] * kernels[:, :, :, f]
                ).sum() / C + bias[f]
    return out
""",
            "filters added up": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return out.sum(axis=-1, keepdims=True)
""",
            "first filter for all": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, 0]).sum() + bias[f]
    return out
""",
            "relu": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return np.maximum(out, 0)
""",
            "channels reversed": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F))
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (
                    image[i : i + kh, j : j + kw] * kernels[:, :, ::-1, f]
                ).sum() + bias[f]
    return out
""",
            "integer result": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    H, W = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((H, W, F), dtype=int)
    for f in range(F):
        for i in range(H):
            for j in range(W):
                out[i, j, f] = (image[i : i + kh, j : j + kw] * kernels[:, :, :, f]).sum() + bias[f]
    return out
""",
            "image cut to integers": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image, dtype=int), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1, F))
    for f in range(F):
        for c in range(C):
            out[:, :, f] += conv2d_valid(image[:, :, c], kernels[:, :, c, f])
        out[:, :, f] += bias[f]
    return out
""",
            "dtype of kernels and bias": """
def conv2d_multi(image, kernels, bias):
    image, kernels = np.asarray(image), np.asarray(kernels)
    kh, kw, C, F = kernels.shape
    dtype = np.result_type(kernels, np.asarray(bias))
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1, F), dtype)
    for f in range(F):
        for c in range(C):
            out[:, :, f] += conv2d_valid(image[:, :, c], kernels[:, :, c, f]).astype(dtype)
        out[:, :, f] += bias[f]
    return out
""",
            "all biases added to each map": """
def conv2d_multi(image, kernels, bias):
    image, kernels, bias = np.asarray(image), np.asarray(kernels), np.asarray(bias)
    maps = []
    for f in range(kernels.shape[3]):
        maps.append(sum(conv2d_valid(image[:, :, c], kernels[:, :, c, f]) for c in range(image.shape[2])) + bias)
    return np.stack(maps, axis=-1)
""",
        },
    },
    "count_parameters": {
        "right": {
            "real number": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height * kernel_width * channels + 1) * filters / 1
""",
            "hint 3": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height * kernel_width * channels + 1) * filters
""",
            "expanded": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return kernel_height * kernel_width * channels * filters + filters
""",
            "math.prod": """
import math


def count_parameters(kernel_height, kernel_width, channels, filters):
    one = math.prod([kernel_height, kernel_width, channels])
    return sum(one + 1 for _ in range(filters))
""",
            "size of arrays": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return np.zeros((kernel_height, kernel_width, channels, filters)).size + filters
""",
        },
        "wrong": {
            "no bias": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return kernel_height * kernel_width * channels * filters
""",
            "one bias": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return kernel_height * kernel_width * channels * filters + 1
""",
            "no channels": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height * kernel_width + 1) * filters
""",
            "bias per channel": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height * kernel_width + 1) * channels * filters
""",
            "square": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height**2 * channels + 1) * filters
""",
            "no filters": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return kernel_height * kernel_width * channels + 1
""",
            "hard-coded": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return 490
""",
            "sum": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return (kernel_height + kernel_width + channels + 1) * filters
""",
            "bias per weight": """
def count_parameters(kernel_height, kernel_width, channels, filters):
    return kernel_height * kernel_width * (channels + 1) * filters
""",
        },
    },
    "lecture": {
        "right": {
            "hint 3": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "arrays": """
lecture_size = (4, 4)
lecture_output = np.array([[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]])
lecture_pooled = [[36, 31], [31, 32]]
""",
            "computed": """
lecture_output = conv2d(
    [[1, 2, 3, 2, 1], [2, 3, 2, 1, 3], [3, 2, 1, 3, 2], [2, 1, 3, 2, 1], [1, 3, 2, 1, 3]],
    [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    2,
    2,
)
lecture_size = lecture_output.shape
lecture_pooled = max_pool2d(lecture_output, 2)
""",
            "tuples and real numbers": """
lecture_size = (4, 4)
lecture_output = ((1.0, 8, 8, 1), (8, 36, 31, 9), (8, 31, 32, 7), (1, 9, 7, 3))
lecture_pooled = ((36.0, 31), (31, 32))
""",
            "from the input above": """
lecture_output = conv2d(lecture_input, lecture_kernel, padding=2, stride=2)
lecture_size = lecture_output.shape
lecture_pooled = max_pool2d(lecture_output, 2)
""",
            "typed, then checked": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
assert (conv2d(lecture_input, lecture_kernel, 2, 2) == lecture_output).all()
lecture_pooled = [[36, 31], [31, 32]]
""",
        },
        "wrong": {
            "one zero of padding": """
lecture_size = (3, 3)
lecture_output = [[15, 28, 15], [28, 31, 25], [15, 25, 18]]
lecture_pooled = [[31]]
""",
            "two values swapped": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 31, 36, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "average pooling": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[13.25, 12.25], [12.25, 12.25]]
""",
            "size only": """
lecture_size = (4, 4)
lecture_output = np.zeros((4, 4))
lecture_pooled = np.zeros((2, 2))
""",
            "right sums, wrong values": """
lecture_size = (4, 4)
lecture_output = [[4770**0.5 / 4] * 4] * 4
lecture_pooled = [[32.5] * 2] * 2
""",
            "overlapping pooling": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 36, 31], [36, 36, 32], [31, 32, 32]]
""",
            "pooling swapped": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[31, 36], [32, 31]]
""",
            "size of the padded image": """
lecture_size = (9, 9)
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "size as one number": """
lecture_size = 4
lecture_output = [[1, 8, 8, 1], [8, 36, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "flat": """
lecture_size = (4, 4)
lecture_output = [1, 8, 8, 1, 8, 36, 31, 9, 8, 31, 32, 7, 1, 9, 7, 3]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "one sum wrong": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 35, 31, 9], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "ragged": """
lecture_size = (4, 4)
lecture_output = [[1, 8, 8, 1], [8, 36, 31], [8, 31, 32, 7], [1, 9, 7, 3]]
lecture_pooled = [[36, 31], [31, 32]]
""",
            "no padding": """
lecture_size = (2, 2)
lecture_output = conv2d(lecture_input, lecture_kernel, padding=0, stride=2)
lecture_pooled = [[36, 31], [31, 32]]
""",
            "rows reversed": """
lecture_size = (4, 4)
lecture_output = [[1, 9, 7, 3], [8, 31, 32, 7], [8, 36, 31, 9], [1, 8, 8, 1]]
lecture_pooled = [[36, 31], [31, 32]]
""",
        },
    },
    "moving_seven": {
        "right": {
            "hint 3": """
before = positive_edges(seven)
after = positive_edges(shift_right(seven, 2))
change_before = relative_change(before, after)
change_after = relative_change(pool(before, 4), pool(after, 4))
""",
            "own code": f"""
{OWN_EDGES}
a, b = edges(seven), edges(np.roll(seven, 2, axis=1))
change_before = np.abs(b - a).sum() / a.sum()
change_after = np.abs(pooled(b) - pooled(a)).sum() / pooled(a).sum()
""",
            "course functions": """
a, b = (np.maximum(conv2d_valid(p, vertical), 0) for p in (seven, shift_right(seven, 2)))
change_before = relative_change(a, b)
change_after = relative_change(max_pool2d(a, 4), max_pool2d(b, 4))
""",
            "typed in": """
change_before = 1.838
change_after = 0.55
""",
            "rounded": """
change_before = 1.84
change_after = 0.55
""",
            "numpy scalars": """
before, after = (positive_edges(p) for p in (seven, shift_right(seven, 2)))
change_before, change_after = (np.array(relative_change(pool(before, s), pool(after, s))) for s in (1, 4))
""",
            "float32": f"""
{OWN_EDGES}
a, b = edges(seven).astype("float32"), edges(shift_right(seven, 2)).astype("float32")
change_before = np.float32(relative_change(a, b))
change_after = np.float32(relative_change(pooled(a), pooled(b)))
""",
        },
        "wrong": {
            "swapped": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 2))
change_after = relative_change(a, b)
change_before = relative_change(pooled(a), pooled(b))
""",
            "one pixel": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 1))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a), pooled(b))
""",
            "pooled by two": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 2))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a, 2), pooled(b, 2))
""",
            "average pooling": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 2))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a, 4, np.mean), pooled(b, 4, np.mean))
""",
            "map after the shift first": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 2))
change_before = relative_change(b, a)
change_after = relative_change(pooled(b), pooled(a))
""",
            "three pixels": f"""
{OWN_EDGES}
a, b = edges(seven), edges(shift_right(seven, 3))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a), pooled(b))
""",
            "no relu": f"""
{OWN_EDGES}
a, b = responses(seven), responses(shift_right(seven, 2))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a), pooled(b))
""",
            "horizontal edges": f"""
{OWN_EDGES}
a, b = edges(seven, SOBEL.T), edges(shift_right(seven, 2), SOBEL.T)
change_before = relative_change(a, b)
change_after = relative_change(pooled(a), pooled(b))
""",
            "absolute values": f"""
{OWN_EDGES}
a, b = np.abs(responses(seven)), np.abs(responses(shift_right(seven, 2)))
change_before = relative_change(a, b)
change_after = relative_change(pooled(a), pooled(b))
""",
            "pixels instead of edges": """
a, b = seven, shift_right(seven, 2)
change_before = relative_change(a, b)
change_after = relative_change(pool(a, 4), pool(b, 4))
""",
            "pooled twice": """
a, b = pool(positive_edges(seven), 2), pool(positive_edges(shift_right(seven, 2)), 2)
change_before = relative_change(a, b)
change_after = relative_change(pool(a, 2), pool(b, 2))
""",
            "not moved": """
a, b = positive_edges(seven), positive_edges(shift_right(seven, 0))
change_before = relative_change(a, b)
change_after = relative_change(pool(a, 4), pool(b, 4))
""",
            "percent": """
a, b = positive_edges(seven), positive_edges(shift_right(seven, 2))
change_before = 100 * relative_change(a, b)
change_after = 100 * relative_change(pool(a, 4), pool(b, 4))
""",
            "means of the table": """
change_before = 1.66
change_after = 0.69
""",
            "per pixel": """
a, b = positive_edges(seven), positive_edges(shift_right(seven, 2))
change_before = np.abs(b - a) / 9
change_after = relative_change(pool(a, 4), pool(b, 4))
""",
            "left as None": """
change_before = None
change_after = None
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "conv2d_valid": {
        "out = np.ones((image.shape[0] - height + 1, image.shape[1] - width + 1))": "every entry is overwritten",
    },
    "moving_seven": {
        "change_before = relative_change(after, before)": "the seven stays inside, so both maps have the same sum",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
