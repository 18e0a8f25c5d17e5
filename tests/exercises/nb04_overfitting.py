"""Answers to the exercises of notebook 04: right ones in many styles, and plausible wrong ones."""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "verdicts": {
        "right": {
            "hint 3": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = int(np.argmin(curves["A"][1])) + 1
""",
            "one by one": """
verdicts = {}
verdicts["D"] = verdicts["C"] = "fits"
verdicts["A"] = "overfits"
verdicts["B"] = "underfits"
best_epoch = 5
""",
            "a rule": """
verdicts = {}
for letter, (known, new) in curves.items():
    if new[-1] > min(new) + 0.1:
        verdicts[letter] = "overfits"
    elif known[-1] > 0.6:
        verdicts[letter] = "underfits"
    else:
        verdicts[letter] = "fits"
best_epoch = np.argmin(curves["A"][1]) + 1
""",
        },
        "wrong": {
            "a small gap is taken for a good fit": """
verdicts = {"A": "overfits", "B": "fits", "C": "fits", "D": "fits"}
best_epoch = 5
""",
            "training above validation is taken for underfitting": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "underfits"}
best_epoch = 5
""",
            "any gap is taken for overfitting": """
verdicts = {"A": "overfits", "B": "underfits", "C": "overfits", "D": "fits"}
best_epoch = 5
""",
            "counted from 0": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = 4
""",
            "last epoch": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = 12
""",
            "the loss in place of its epoch": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = min(curves["A"][1])
""",
            "over and under swapped": """
verdicts = {"A": "underfits", "B": "overfits", "C": "fits", "D": "fits"}
best_epoch = 5
""",
            "a letter is missing": """
verdicts = {"A": "overfits", "B": "underfits", "C": "fits"}
best_epoch = 5
""",
            "another word": """
verdicts = {"A": "overfitting", "B": "underfits", "C": "fits", "D": "fits"}
best_epoch = 5
""",
        },
    },
    "penalties": {
        "right": {
            "hint 3": """
def l1_penalty(weights, strength):
    weights = np.asarray(weights)
    return strength * np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    weights = np.asarray(weights)
    return strength * np.sum(weights**2)
""",
            "norms": """
def l1_penalty(weights, strength):
    return strength * np.linalg.norm(np.ravel(weights), 1)

def l2_penalty(weights, strength):
    return strength * np.linalg.norm(np.ravel(weights)) ** 2
""",
            "loops": """
def l1_penalty(weights, strength):
    total = 0.0
    for w in np.asarray(weights).ravel():
        total += w if w > 0 else -w
    return total * strength

def l2_penalty(weights, strength):
    total = 0.0
    for w in np.asarray(weights).ravel():
        total += w * w
    return total * strength
""",
            "the strength inside": """
def l1_penalty(weights, strength):
    return (strength * abs(np.asarray(weights))).sum()

def l2_penalty(weights, strength):
    flat = np.asarray(weights).reshape(-1)
    return strength * flat @ flat
""",
        },
        "wrong": {
            "the lecture's root": """
def l1_penalty(weights, strength):
    return strength * np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    return strength * np.sqrt(np.sum(np.asarray(weights) ** 2))
""",
            "no absolute value": """
def l1_penalty(weights, strength):
    return strength * np.sum(weights)

def l2_penalty(weights, strength):
    return strength * np.sum(np.asarray(weights) ** 2)
""",
            "mean": """
def l1_penalty(weights, strength):
    return strength * np.mean(np.abs(weights))

def l2_penalty(weights, strength):
    return strength * np.mean(np.asarray(weights) ** 2)
""",
            "half": """
def l1_penalty(weights, strength):
    return strength * np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    return strength / 2 * np.sum(np.asarray(weights) ** 2)
""",
            "no strength": """
def l1_penalty(weights, strength):
    return np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    return np.sum(np.asarray(weights) ** 2)
""",
            "sum before square": """
def l1_penalty(weights, strength):
    return strength * np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    return strength * np.sum(weights) ** 2
""",
            "the strength squared": """
def l1_penalty(weights, strength):
    return strength * np.sum(np.abs(weights))

def l2_penalty(weights, strength):
    return np.sum((strength * np.asarray(weights)) ** 2)
""",
            "one axis": """
def l1_penalty(weights, strength):
    return strength * np.sum(np.abs(weights), axis=0)

def l2_penalty(weights, strength):
    return strength * np.sum(np.asarray(weights) ** 2, axis=0)
""",
            "swapped": """
def l2_penalty(weights, strength):
    return strength * np.sum(np.abs(weights))

def l1_penalty(weights, strength):
    return strength * np.sum(np.asarray(weights) ** 2)
""",
            "absolute value of the sum": """
def l1_penalty(weights, strength):
    return strength * abs(np.sum(weights))

def l2_penalty(weights, strength):
    return strength * np.sum(np.asarray(weights) ** 2)
""",
            "copied from the check": """
def l1_penalty(weights, strength):
    return 0.75

def l2_penalty(weights, strength):
    return 2.525
""",
        },
    },
    "gradients": {
        "right": {
            "hint 3": """
def l1_gradient(weights, strength):
    weights = np.asarray(weights)
    return strength * np.sign(weights)

def l2_gradient(weights, strength):
    weights = np.asarray(weights)
    return 2 * strength * weights
""",
            "where": """
def l1_gradient(weights, strength):
    weights = np.asarray(weights)
    return np.where(weights > 0, strength, np.where(weights < 0, -strength, 0.0))

def l2_gradient(weights, strength):
    weights = np.asarray(weights)
    return strength * (weights + weights)
""",
            "comparisons": """
def l1_gradient(weights, strength):
    weights = np.asarray(weights)
    return strength * ((weights > 0).astype(float) - (weights < 0))

def l2_gradient(weights, strength):
    return np.multiply(weights, 2.0 * strength)
""",
            "loop": """
def l1_gradient(weights, strength):
    weights = np.asarray(weights, dtype=float)
    out = np.zeros(weights.shape)
    for place, w in np.ndenumerate(weights):
        if w != 0:
            out[place] = strength * w / abs(w)
    return out

def l2_gradient(weights, strength):
    weights = np.asarray(weights, dtype=float)
    out = np.zeros(weights.shape)
    for place, w in np.ndenumerate(weights):
        out[place] = 2 * strength * w
    return out
""",
        },
        "wrong": {
            "no factor 2": """
def l1_gradient(weights, strength):
    return strength * np.sign(weights)

def l2_gradient(weights, strength):
    return strength * np.asarray(weights)
""",
            "division by the absolute value": """
def l1_gradient(weights, strength):
    weights = np.asarray(weights)
    return strength * weights / np.abs(weights)

def l2_gradient(weights, strength):
    return 2 * strength * np.asarray(weights)
""",
            "all the same way": """
def l1_gradient(weights, strength):
    return strength * np.ones_like(weights)

def l2_gradient(weights, strength):
    return 2 * strength * np.asarray(weights)
""",
            "slope 1 at zero": """
def l1_gradient(weights, strength):
    return strength * np.where(np.asarray(weights) >= 0, 1.0, -1.0)

def l2_gradient(weights, strength):
    return 2 * strength * np.asarray(weights)
""",
            "absolute values": """
def l1_gradient(weights, strength):
    return strength * np.sign(weights)

def l2_gradient(weights, strength):
    return 2 * strength * np.abs(weights)
""",
            "the lecture's formula": """
def l1_gradient(weights, strength):
    return strength * np.sign(weights)

def l2_gradient(weights, strength):
    weights = np.asarray(weights)
    return strength * weights / np.sqrt(np.sum(weights**2))
""",
            "the penalties": """
def l1_gradient(weights, strength):
    return strength * np.abs(weights)

def l2_gradient(weights, strength):
    return strength * np.asarray(weights) ** 2
""",
            "downhill": """
def l1_gradient(weights, strength):
    return -strength * np.sign(weights)

def l2_gradient(weights, strength):
    return -2 * strength * np.asarray(weights)
""",
            "summed up": """
def l1_gradient(weights, strength):
    return strength * np.sum(np.sign(weights))

def l2_gradient(weights, strength):
    return 2 * strength * np.sum(weights)
""",
            "no strength": """
def l1_gradient(weights, strength):
    return np.sign(weights)

def l2_gradient(weights, strength):
    return 2 * np.asarray(weights)
""",
        },
    },
    "entropy": {
        "right": {
            "hint 3": """
def entropy(counts):
    counts = np.asarray(counts)
    shares = counts[counts > 0] / counts.sum()
    return -np.sum(shares * np.log2(shares))
""",
            "loop": """
def entropy(counts):
    total, bits = sum(counts), 0.0
    for count in counts:
        if count:
            bits -= count / total * np.log2(count / total)
    return bits
""",
            "natural logarithm, divided": """
def entropy(counts):
    p = np.asarray(counts) / np.sum(counts)
    p = p[p > 0]
    return (p * np.log(1 / p)).sum() / np.log(2)
""",
            "scipy": """
def entropy(counts):
    from scipy.stats import entropy as h
    return h(counts, base=2)
""",
        },
        "wrong": {
            "natural logarithm": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.sum()
    return -np.sum(p * np.log(p))
""",
            "no minus": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.sum()
    return np.sum(p * np.log2(p))
""",
            "empty bars not dropped": """
def entropy(counts):
    p = np.asarray(counts) / np.sum(counts)
    return -np.sum(p * np.log2(p))
""",
            "no shares": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0]
    return -np.sum(p * np.log2(p))
""",
            "not weighted": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.sum()
    return -np.sum(np.log2(p))
""",
            "mean": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.sum()
    return -np.mean(p * np.log2(p))
""",
            "divided by the largest": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.max()
    return -np.sum(p * np.log2(p))
""",
            "scaled to 1": """
def entropy(counts):
    counts = np.asarray(counts)
    p = counts[counts > 0] / counts.sum()
    return -np.sum(p * np.log2(p)) / np.log2(len(counts))
""",
            "one added to each bar": """
def entropy(counts):
    p = np.asarray(counts) + 1
    p = p / p.sum()
    return -np.sum(p * np.log2(p))
""",
        },
    },
    "l1_ball": {
        "right": {
            "hint 3": """
def l1_ball(angles, radius):
    angles = np.asarray(angles)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    sums = np.abs(directions).sum(axis=1, keepdims=True)
    return radius * directions / sums
""",
            "loop": """
def l1_ball(angles, radius):
    points = []
    for angle in angles:
        x, y = np.cos(angle), np.sin(angle)
        distance = radius / (abs(x) + abs(y))
        points.append([distance * x, distance * y])
    return np.array(points)
""",
            "norm": """
def l1_ball(angles, radius):
    d = np.array([np.cos(angles), np.sin(angles)]).T
    return d * (radius / np.linalg.norm(d, ord=1, axis=1))[:, None]
""",
            "column_stack": """
def l1_ball(angles, radius):
    angles = np.asarray(angles)
    r = radius / (np.abs(np.cos(angles)) + np.abs(np.sin(angles)))
    return np.column_stack((r * np.cos(angles), r * np.sin(angles)))
""",
        },
        "wrong": {
            "circle": """
def l1_ball(angles, radius):
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
""",
            "no radius": """
def l1_ball(angles, radius):
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return d / np.abs(d).sum(axis=1, keepdims=True)
""",
            "one quarter": """
def l1_ball(angles, radius):
    d = np.abs(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return radius * d / d.sum(axis=1, keepdims=True)
""",
            "no absolute values": """
def l1_ball(angles, radius):
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * d / d.sum(axis=1, keepdims=True)
""",
            "upright square": """
def l1_ball(angles, radius):
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * d / np.abs(d).max(axis=1, keepdims=True)
""",
            "transposed": """
def l1_ball(angles, radius):
    d = np.stack([np.cos(angles), np.sin(angles)])
    return radius * d / np.abs(d).sum(axis=0)
""",
            "swapped": """
def l1_ball(angles, radius):
    d = np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return radius * d / np.abs(d).sum(axis=1, keepdims=True)
""",
            "normalised over all angles": """
def l1_ball(angles, radius):
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * d / np.abs(d).sum()
""",
            "degrees": """
def l1_ball(angles, radius):
    angles = np.deg2rad(angles)
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return radius * d / np.abs(d).sum(axis=1, keepdims=True)
""",
            "corners only": """
def l1_ball(angles, radius):
    corners = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]]) * radius
    return corners[np.round(np.asarray(angles) / (np.pi / 2)).astype(int) % 4]
""",
        },
    },
    "dropout": {
        "right": {
            "hint 3": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        dropped = outputs * kept
        if inverted:
            return dropped / (1 - rate)
        return dropped
    if inverted:
        return outputs
    return outputs * (1 - rate)
""",
            "factors": """
def dropout(outputs, kept, rate, training, inverted):
    stays = 1 - rate
    factor = (np.asarray(kept) / stays if inverted else np.asarray(kept)) if training else (1 if inverted else stays)
    return np.asarray(outputs) * factor
""",
            "where": """
def dropout(outputs, kept, rate, training, inverted):
    out = np.array(outputs, dtype=float)
    if training:
        out = np.where(np.asarray(kept) > 0, out, 0)
    if training and inverted:
        out = out / (1 - rate)
    if not training and not inverted:
        out = out * (1 - rate)
    return out
""",
            "four cases": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    return {
        (True, True): outputs * kept / (1 - rate),
        (True, False): outputs * kept,
        (False, True): outputs,
        (False, False): outputs * (1 - rate),
    }[bool(training), bool(inverted)]
""",
        },
        "wrong": {
            "divided by the rate": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / rate if inverted else outputs * kept
    return outputs if inverted else outputs * (1 - rate)
""",
            "never scaled": """
def dropout(outputs, kept, rate, training, inverted):
    return np.asarray(outputs) * np.asarray(kept) if training else np.asarray(outputs)
""",
            "scaled by the mask's share": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / np.mean(kept) if inverted else outputs * kept
    return outputs if inverted else outputs * (1 - rate)
""",
            "dropped at test time": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / (1 - rate) if inverted else outputs * kept
    return outputs * kept if inverted else outputs * kept * (1 - rate)
""",
            "the mask the wrong way round": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), 1 - np.asarray(kept)
    if training:
        return outputs * kept / (1 - rate) if inverted else outputs * kept
    return outputs if inverted else outputs * (1 - rate)
""",
            "scaled twice": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / (1 - rate)
    return outputs if inverted else outputs * (1 - rate)
""",
            "multiplied by the rate at test time": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / (1 - rate) if inverted else outputs * kept
    return outputs if inverted else outputs * rate
""",
            "the two ways swapped": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept if inverted else outputs * kept / (1 - rate)
    return outputs * (1 - rate) if inverted else outputs
""",
            "inverted scaled at test time too": """
def dropout(outputs, kept, rate, training, inverted):
    outputs, kept = np.asarray(outputs), np.asarray(kept)
    if training:
        return outputs * kept / (1 - rate) if inverted else outputs * kept
    return outputs * (1 - rate)
""",
            "a mask of its own": """
def dropout(outputs, kept, rate, training, inverted):
    outputs = np.asarray(outputs)
    kept = np.random.default_rng(0).random(outputs.shape) >= rate
    if training:
        return outputs * kept / (1 - rate) if inverted else outputs * kept
    return outputs if inverted else outputs * (1 - rate)
""",
        },
    },
    "early_stop": {
        "right": {
            "hint 3": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]: best = epoch
        elif epoch - best >= patience: return epoch, best
    return len(losses), best
""",
            "waiting": """
def early_stop(losses, patience):
    lowest, best, wait = float("inf"), 0, 0
    for i in range(len(losses)):
        if losses[i] < lowest:
            lowest, best, wait = losses[i], i + 1, 0
        else:
            wait += 1
            if wait == patience:
                break
    return i + 1, best
""",
            "NumPy": """
def early_stop(losses, patience):
    for last in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:last])) + 1
        if last - best >= patience:
            break
    return last, best
""",
            "an array": """
def early_stop(losses, patience):
    losses = list(losses)
    last = 1
    while last < len(losses) and last - (losses.index(min(losses[:last])) + 1) < patience:
        last += 1
    return np.array([last, losses.index(min(losses[:last])) + 1])
""",
        },
        "wrong": {
            "the lowest of all": """
def early_stop(losses, patience):
    best = int(np.argmin(losses)) + 1
    return min(best + patience, len(losses)), best
""",
            "counted from 0": """
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best
""",
            "equal is a new lowest": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss <= losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
    return len(losses), best
""",
            "patience never reset": """
def early_stop(losses, patience):
    best, wait = 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch > 1:
            wait += 1
            if wait == patience:
                return epoch, best
    return len(losses), best
""",
            "one too late": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best > patience:
            return epoch, best
    return len(losses), best
""",
            "compared with the epoch before": """
def early_stop(losses, patience):
    wait = 0
    for i in range(1, len(losses)):
        wait = wait + 1 if losses[i] >= losses[i - 1] else 0
        if wait == patience:
            return i + 1, int(np.argmin(losses[: i + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1
""",
            "swapped": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)
""",
            "the best is the last but patience": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, epoch - patience
    return len(losses), len(losses)
""",
            "nothing where patience never runs out": """
def early_stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
""",
        },
    },
    "two_chances": {
        "right": {
            "hint 3": """
def two_chances(a, b, n):
    a, b = np.asarray(a), np.asarray(b)
    over_seeds = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    p = np.mean(a)
    first = p * (1 - p) / n
    p = np.mean(b)
    second = p * (1 - p) / n
    return np.mean(a) - np.mean(b), over_seeds, np.sqrt(first + second)
""",
            "standard errors": """
def two_chances(a, b, n):
    from scipy.stats import sem
    pa, pb = np.mean(a), np.mean(b)
    return pa - pb, np.hypot(sem(a), sem(b)), np.hypot(np.sqrt(pa * (1 - pa) / n), np.sqrt(pb * (1 - pb) / n))
""",
            "the statistics module": """
def two_chances(a, b, n):
    from statistics import mean, variance
    a, b = [float(x) for x in a], [float(x) for x in b]
    p, q = mean(a), mean(b)
    return [p - q, (variance(a) / len(a) + variance(b) / len(b)) ** 0.5, ((p - p * p + q - q * q) / n) ** 0.5]
""",
        },
        "wrong": {
            "b minus a": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    seeds = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    return q - p, seeds, np.sqrt((p * (1 - p) + q * (1 - q)) / n)
""",
            "no roots": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    return p - q, np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b), (p * (1 - p) + q * (1 - q)) / n
""",
            "single runs": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    return p - q, np.sqrt(np.var(a, ddof=1) + np.var(b, ddof=1)), np.sqrt((p * (1 - p) + q * (1 - q)) / n)
""",
            "n in place of n - 1": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    return p - q, np.sqrt(np.var(a) / len(a) + np.var(b) / len(b)), np.sqrt((p * (1 - p) + q * (1 - q)) / n)
""",
            "standard deviations added": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    seeds = np.std(a, ddof=1) / np.sqrt(len(a)) + np.std(b, ddof=1) / np.sqrt(len(b))
    return p - q, seeds, np.sqrt(p * (1 - p) / n) + np.sqrt(q * (1 - q) / n)
""",
            "one net only": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    return p - q, np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b)), np.sqrt(p * (1 - p) / n)
""",
            "percentage points": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    chances = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b)), np.sqrt((p * (1 - p) + q * (1 - q)) / n)
    return 100 * (p - q), 100 * chances[0], 100 * chances[1]
""",
            "pooled accuracy, one n": """
def two_chances(a, b, n):
    p = (np.mean(a) + np.mean(b)) / 2
    seeds = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    return np.mean(a) - np.mean(b), seeds, np.sqrt(p * (1 - p) / n)
""",
            "reviews of all seeds counted": """
def two_chances(a, b, n):
    p, q = np.mean(a), np.mean(b)
    seeds = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    return p - q, seeds, np.sqrt(p * (1 - p) / (n * len(a)) + q * (1 - q) / (n * len(b)))
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "two_chances": {
        "variances = [p * (1 - p) / n for p in (np.mean(b), np.mean(a))]": "the two are added up",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
