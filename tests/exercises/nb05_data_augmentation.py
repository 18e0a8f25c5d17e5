"""Answers to the exercises of notebook 05: right ones in many styles, and plausible wrong ones."""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "count_net": {
        "right": {
            "hint 3": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += (9 * channels + 1) * count
        side = (side - 2) // 2
        channels = count
    features = side * side * channels
    total += (features + 1) * units + units + 1
    return features, total
""",
            "lists": """
def count_net(side, filters, units):
    depths = [3] + list(filters)
    weights = sum(9 * a * b for a, b in zip(depths, depths[1:]))
    for _ in filters:
        side = int((side - 2) / 2)
    features = side**2 * depths[-1]
    return features, weights + sum(filters) + features * units + units + units + 1
""",
            "Keras": """
def count_net(side, filters, units):
    net = keras.Sequential([keras.Input((side, side, 3))])
    for count in filters:
        net.add(keras.layers.Conv2D(count, 3))
        net.add(keras.layers.MaxPooling2D())
    net.add(keras.layers.Flatten())
    features = net.output_shape[1]
    net.add(keras.layers.Dense(units))
    net.add(keras.layers.Dense(1))
    return features, net.count_params()
""",
        },
        "wrong": {
            "no biases": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += 9 * channels * count
        side = (side - 2) // 2
        channels = count
    features = side * side * channels
    return features, total + features * units + units
""",
            "depth forgotten": """
def count_net(side, filters, units):
    total = 0
    for count in filters:
        total += 10 * count
        side = (side - 2) // 2
    features = side * side * filters[-1]
    return features, total + (features + 1) * units + units + 1
""",
            "padded": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += (9 * channels + 1) * count
        side = side // 2
        channels = count
    features = side * side * channels
    return features, total + (features + 1) * units + units + 1
""",
            "rounded up": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += (9 * channels + 1) * count
        side = -(-(side - 2) // 2)
        channels = count
    features = side * side * channels
    return features, total + (features + 1) * units + units + 1
""",
            "side once": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += (9 * channels + 1) * count
        side = (side - 2) // 2
        channels = count
    features = side * channels
    return features, total + (features + 1) * units + units + 1
""",
            "no output unit": """
def count_net(side, filters, units):
    channels, total = 3, 0
    for count in filters:
        total += (9 * channels + 1) * count
        side = (side - 2) // 2
        channels = count
    features = side * side * channels
    return features, total + (features + 1) * units
""",
            "the lecture's numbers": """
def count_net(side, filters, units):
    return 6272, 3453121
""",
        },
    },
    "rotation": {
        "right": {
            "hint 3": """
def rotation(degrees):
    angle = np.deg2rad(degrees)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
""",
            "the angle with another sign": """
def rotation(degrees):
    c, s = np.cos(-np.pi * degrees / 180), np.sin(-np.pi * degrees / 180)
    return [[c, -s, 0], [s, c, 0], [0, 0, 1]]
""",
            "columns": """
def rotation(degrees):
    from math import cos, radians, sin
    a = radians(degrees)
    out = np.eye(3)
    out[:, 0] = cos(a), -sin(a), 0
    out[:, 1] = sin(a), cos(a), 0
    return out
""",
        },
        "wrong": {
            "clockwise": """
def rotation(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
""",
            "degrees as radians": """
def rotation(degrees):
    c, s = np.cos(degrees), np.sin(degrees)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
""",
            "2 x 2": """
def rotation(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, s], [-s, c]])
""",
            "swapped": """
def rotation(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[s, c, 0], [-c, s, 0], [0, 0, 1]])
""",
            "no 1 in the corner": """
def rotation(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 0]])
""",
            "copied from the check": """
def rotation(degrees):
    return np.array([[0.8660254, 0.5, 0], [-0.5, 0.8660254, 0], [0, 0, 1]])
""",
        },
    },
    "about_centre": {
        "right": {
            "hint 3": """
def about_centre(matrix, height, width):
    matrix = np.asarray(matrix)
    x, y = (width - 1) / 2, (height - 1) / 2
    return shift(x, y) @ matrix @ shift(-x, -y)
""",
            "the shift at the end": """
def about_centre(matrix, height, width):
    centre = np.array([(width - 1) / 2, (height - 1) / 2, 1])
    moved = np.asarray(matrix) @ centre
    return shift(centre[0] - moved[0], centre[1] - moved[1]) @ matrix
""",
            "step by step": """
def about_centre(matrix, height, width):
    first = shift(-(width - 1) / 2, -(height - 1) / 2)
    second = np.matmul(matrix, first)
    return np.matmul(np.linalg.inv(first), second)
""",
        },
        "wrong": {
            "order": """
def about_centre(matrix, height, width):
    x, y = (width - 1) / 2, (height - 1) / 2
    return shift(-x, -y) @ matrix @ shift(x, y)
""",
            "half the width": """
def about_centre(matrix, height, width):
    x, y = width / 2, height / 2
    return shift(x, y) @ matrix @ shift(-x, -y)
""",
            "height and width swapped": """
def about_centre(matrix, height, width):
    x, y = (height - 1) / 2, (width - 1) / 2
    return shift(x, y) @ matrix @ shift(-x, -y)
""",
            "not back": """
def about_centre(matrix, height, width):
    x, y = (width - 1) / 2, (height - 1) / 2
    return matrix @ shift(-x, -y)
""",
            "back only": """
def about_centre(matrix, height, width):
    x, y = (width - 1) / 2, (height - 1) / 2
    return shift(x, y) @ matrix
""",
            "entry by entry": """
def about_centre(matrix, height, width):
    x, y = (width - 1) / 2, (height - 1) / 2
    return shift(x, y) * matrix * shift(-x, -y)
""",
            "whole numbers": """
def about_centre(matrix, height, width):
    x, y = (width - 1) // 2, (height - 1) // 2
    return shift(x, y) @ matrix @ shift(-x, -y)
""",
        },
    },
    "warp": {
        "right": {
            "hint 3": """
def warp(image, matrix):
    image = np.asarray(image)
    height, width = image.shape[:2]
    back = np.linalg.inv(matrix)
    out = np.zeros_like(image)
    for y in range(height):
        for x in range(width):
            source_x, source_y, _ = back @ [x, y, 1]
            source_x = int(np.clip(np.round(source_x), 0, width - 1))
            source_y = int(np.clip(np.round(source_y), 0, height - 1))
            out[y, x] = image[source_y, source_x]
    return out
""",
            "at once": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    rows, columns = np.indices((h, w))
    points = np.stack([columns.ravel(), rows.ravel(), np.ones(h * w)])
    x, y, _ = np.linalg.solve(np.asarray(matrix, dtype=float), points)
    x = np.rint(x).clip(0, w - 1).astype(int)
    y = np.rint(y).clip(0, h - 1).astype(int)
    return image[y, x].reshape(image.shape)
""",
            "clipped before it is rounded": """
def warp(image, matrix):
    image = np.asarray(image)
    out = image.copy()
    inverse = np.linalg.inv(matrix)
    last_row, last_column = image.shape[0] - 1, image.shape[1] - 1
    for y in range(last_row + 1):
        for x in range(last_column + 1):
            u = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]
            v = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]
            out[y][x] = image[round(min(max(v, 0), last_row))][round(min(max(u, 0), last_column))]
    return out
""",
        },
        "wrong": {
            "the matrix itself": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            u, v, _ = np.asarray(matrix) @ [x, y, 1]
            out[y, x] = image[int(np.clip(np.round(v), 0, h - 1)), int(np.clip(np.round(u), 0, w - 1))]
    return out
""",
            "pixels sent out": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            u, v, _ = np.round(np.asarray(matrix) @ [x, y, 1]).astype(int)
            if 0 <= u < w and 0 <= v < h:
                out[v, u] = image[y, x]
    return out
""",
            "rows and columns swapped": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    back = np.linalg.inv(matrix)
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            v, u, _ = back @ [y, x, 1]
            out[y, x] = image[int(np.clip(np.round(v), 0, h - 1)), int(np.clip(np.round(u), 0, w - 1))]
    return out
""",
            "cut off": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    back = np.linalg.inv(matrix)
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            u, v, _ = back @ [x, y, 1]
            out[y, x] = image[int(np.clip(v, 0, h - 1)), int(np.clip(u, 0, w - 1))]
    return out
""",
            "zeros outside": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    back = np.linalg.inv(matrix)
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            u, v, _ = np.round(back @ [x, y, 1]).astype(int)
            if 0 <= u < w and 0 <= v < h:
                out[y, x] = image[v, u]
    return out
""",
            "around the corner": """
def warp(image, matrix):
    image = np.asarray(image)
    h, w = image.shape[:2]
    back = np.linalg.inv(matrix)
    out = np.zeros_like(image)
    for y in range(h):
        for x in range(w):
            u, v, _ = np.round(back @ [x, y, 1]).astype(int)
            out[y, x] = image[v % h, u % w]
    return out
""",
            "unchanged": """
def warp(image, matrix):
    return np.asarray(image)
""",
        },
    },
    "bilinear": {
        "right": {
            "hint 3": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    x = np.clip(x, 0, image.shape[1] - 1)
    y = np.clip(y, 0, image.shape[0] - 1)
    x0 = min(int(x), image.shape[1] - 2)
    y0 = min(int(y), image.shape[0] - 2)
    part_x = x - x0
    part_y = y - y0
    upper = (1 - part_x) * image[y0, x0] + part_x * image[y0, x0 + 1]
    lower = (1 - part_x) * image[y0 + 1, x0] + part_x * image[y0 + 1, x0 + 1]
    return (1 - part_y) * upper + part_y * lower
""",
            "interp twice": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    along_x = [np.interp(x, np.arange(image.shape[1]), row) for row in image]
    return np.interp(y, np.arange(image.shape[0]), along_x)
""",
            "padded": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    h, w = image.shape
    x, y = max(0, min(x, w - 1)), max(0, min(y, h - 1))
    wide = np.pad(image, ((0, 1), (0, 1)), mode="edge")
    i, j = int(np.floor(y)), int(np.floor(x))
    b, a = y - i, x - j
    block = wide[i : i + 2, j : j + 2]
    return np.array([1 - b, b]) @ block @ np.array([1 - a, a])
""",
        },
        "wrong": {
            "swapped": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    along_x = [np.interp(y, np.arange(image.shape[1]), row) for row in image]
    return np.interp(x, np.arange(image.shape[0]), along_x)
""",
            "nearest": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    return image[int(np.clip(round(y), 0, image.shape[0] - 1)), int(np.clip(round(x), 0, image.shape[1] - 1))]
""",
            "weights the wrong way round": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    x, y = np.clip(x, 0, image.shape[1] - 1), np.clip(y, 0, image.shape[0] - 1)
    j, i = min(int(x), image.shape[1] - 2), min(int(y), image.shape[0] - 2)
    a, b = x - j, y - i
    upper = a * image[i, j] + (1 - a) * image[i, j + 1]
    lower = a * image[i + 1, j] + (1 - a) * image[i + 1, j + 1]
    return b * upper + (1 - b) * lower
""",
            "not clipped": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    j = max(0, min(int(x), image.shape[1] - 2))
    i = max(0, min(int(y), image.shape[0] - 2))
    a, b = x - j, y - i
    upper = (1 - a) * image[i, j] + a * image[i, j + 1]
    lower = (1 - a) * image[i + 1, j] + a * image[i + 1, j + 1]
    return (1 - b) * upper + b * lower
""",
            "dies at the last pixel": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    x, y = np.clip(x, 0, image.shape[1] - 1), np.clip(y, 0, image.shape[0] - 1)
    j, i = int(x), int(y)
    a, b = x - j, y - i
    upper = (1 - a) * image[i, j] + a * image[i, j + 1]
    lower = (1 - a) * image[i + 1, j] + a * image[i + 1, j + 1]
    return (1 - b) * upper + b * lower
""",
            "mean of four": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    x, y = np.clip(x, 0, image.shape[1] - 1), np.clip(y, 0, image.shape[0] - 1)
    j, i = min(int(x), image.shape[1] - 2), min(int(y), image.shape[0] - 2)
    return image[i : i + 2, j : j + 2].mean()
""",
            "along x only": """
def bilinear(image, x, y):
    image = np.asarray(image, dtype=float)
    y = int(np.clip(y, 0, image.shape[0] - 1))
    return np.interp(x, np.arange(image.shape[1]), image[y])
""",
        },
    },
    "layer_factors": {
        "right": {
            "hint 3": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    turn = rotation_range / 360
    slant = np.sin(np.deg2rad(shear_range))
    part = width_shift_range
    if width_shift_range >= 1:
        part = width_shift_range / width
    return turn, slant, part
""",
            "in one line": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range < 1 else width_shift_range / width
    return [rotation_range / 360.0, np.sin(np.pi * shear_range / 180), part]
""",
            "math": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    import math
    pixels = width_shift_range if width_shift_range >= 1 else width_shift_range * width
    return math.radians(rotation_range) / (2 * math.pi), math.sin(math.radians(shear_range)), pixels / width
""",
        },
        "wrong": {
            "taken over": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    return rotation_range, shear_range, width_shift_range
""",
            "radians for the rotation": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range < 1 else width_shift_range / width
    return np.deg2rad(rotation_range), np.sin(np.deg2rad(shear_range)), part
""",
            "half turns": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range < 1 else width_shift_range / width
    return rotation_range / 180, np.sin(np.deg2rad(shear_range)), part
""",
            "sine of degrees": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range < 1 else width_shift_range / width
    return rotation_range / 360, np.sin(shear_range), part
""",
            "shear as a part of a turn": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range < 1 else width_shift_range / width
    return rotation_range / 360, shear_range / 360, part
""",
            "always divided": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    return rotation_range / 360, np.sin(np.deg2rad(shear_range)), width_shift_range / width
""",
            "never divided": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    return rotation_range / 360, np.sin(np.deg2rad(shear_range)), width_shift_range
""",
            "1 taken for a part": """
def layer_factors(rotation_range, shear_range, width_shift_range, width):
    part = width_shift_range if width_shift_range <= 1 else width_shift_range / width
    return rotation_range / 360, np.sin(np.deg2rad(shear_range)), part
""",
        },
    },
    "label_thieves": {
        "right": {
            "hint 3": """
def label_thieves(pictures, change):
    pairs = []
    for before, picture in pictures.items():
        for after, plain in pictures.items():
            if before != after and np.array_equal(change(picture), plain):
                pairs.append((before, after))
    return pairs
""",
            "comprehension": """
def label_thieves(pictures, change):
    changed = {name: change(picture) for name, picture in pictures.items()}
    return [(a, b) for a in pictures for b in pictures if a != b and (changed[a] == pictures[b]).all()]
""",
            "skip": """
def label_thieves(pictures, change):
    found = []
    for a in pictures:
        moved = change(pictures[a])
        for b in pictures:
            if a == b:
                continue
            if np.allclose(moved, pictures[b]):
                found += [(a, b)]
    return found
""",
        },
        "wrong": {
            "itself": """
def label_thieves(pictures, change):
    return [(a, b) for a in pictures for b in pictures if np.array_equal(change(pictures[a]), pictures[b])]
""",
            "one direction": """
def label_thieves(pictures, change):
    names = list(pictures)
    return [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if np.array_equal(change(pictures[a]), pictures[b])
    ]
""",
            "both changed": """
def label_thieves(pictures, change):
    return [
        (a, b)
        for a in pictures
        for b in pictures
        if a != b and np.array_equal(change(pictures[a]), change(pictures[b]))
    ]
""",
            "the other way round": """
def label_thieves(pictures, change):
    return [
        (b, a) for a in pictures for b in pictures if a != b and np.array_equal(change(pictures[a]), pictures[b])
    ]
""",
            "one pixel is enough": """
def label_thieves(pictures, change):
    return [(a, b) for a in pictures for b in pictures if a != b and np.any(change(pictures[a]) == pictures[b])]
""",
            "sums compared": """
def label_thieves(pictures, change):
    return [
        (a, b) for a in pictures for b in pictures if a != b and np.sum(change(pictures[a])) == np.sum(pictures[b])
    ]
""",
        },
    },
    "edit": {
        "right": {
            "hint 3": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    i, j = swap
    new[i], new[j] = new[j], new[i]
    return [word for position, word in enumerate(new) if position not in drop]
""",
            "from the end": """
def edit(words, synonyms, swap, drop):
    new = [synonyms[word] if word in synonyms else word for word in words]
    kept = new[swap[0]]
    new[swap[0]] = new[swap[1]]
    new[swap[1]] = kept
    for position in sorted(drop, reverse=True):
        del new[position]
    return new
""",
            "loop": """
def edit(words, synonyms, swap, drop):
    order = list(range(len(words)))
    order[swap[0]], order[swap[1]] = order[swap[1]], order[swap[0]]
    out = []
    for place, source in enumerate(order):
        if place in drop:
            continue
        word = words[source]
        if word in synonyms:
            word = synonyms[word]
        out.append(word)
    return out
""",
        },
        "wrong": {
            "positions move": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    i, j = swap
    new[i], new[j] = new[j], new[i]
    for position in drop:
        new.pop(position if position < len(new) else -1)
    return new
""",
            "left out first": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for position, word in enumerate(words) if position not in drop]
    i, j = min(swap[0], len(new) - 1), min(swap[1], len(new) - 1)
    new[i], new[j] = new[j], new[i]
    return new
""",
            "original positions": """
def edit(words, synonyms, swap, drop):
    gone = [words[position] for position in drop]
    new = list(words)
    new[swap[0]], new[swap[1]] = new[swap[1]], new[swap[0]]
    return [synonyms.get(word, word) for word in new if word not in gone]
""",
            "replaced one synonym after the other": """
def edit(words, synonyms, swap, drop):
    new = list(words)
    for old, other in synonyms.items():
        new = [other if word == old else word for word in new]
    new[swap[0]], new[swap[1]] = new[swap[1]], new[swap[0]]
    return [word for position, word in enumerate(new) if position not in drop]
""",
            "no swap": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    return [word for position, word in enumerate(new) if position not in drop]
""",
            "the second one is lost": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    new[swap[0]] = new[swap[1]]
    new[swap[1]] = new[swap[0]]
    return [word for position, word in enumerate(new) if position not in drop]
""",
            "nothing left out": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    new[swap[0]], new[swap[1]] = new[swap[1]], new[swap[0]]
    return new
""",
            "a string": """
def edit(words, synonyms, swap, drop):
    new = [synonyms.get(word, word) for word in words]
    new[swap[0]], new[swap[1]] = new[swap[1]], new[swap[0]]
    return " ".join(word for position, word in enumerate(new) if position not in drop)
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "count_net": {
        "features = side * side * channels": "the value of the last turn is the one that is used",
    },
    "warp": {
        "out = np.ones_like(image)": "every pixel is overwritten",
        "source_x = int(np.clip(0, np.round(source_x), width - 1))": (
            "min(max(x, 0), most), with the two of max swapped"
        ),
        "source_y = int(np.clip(0, np.round(source_y), height - 1))": (
            "min(max(y, 0), most), with the two of max swapped"
        ),
    },
    "bilinear": {
        "x = np.clip(0, x, image.shape[1] - 1)": "min(max(x, 0), most), with the two of max swapped",
        "y = np.clip(0, y, image.shape[0] - 1)": "min(max(y, 0), most), with the two of max swapped",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
