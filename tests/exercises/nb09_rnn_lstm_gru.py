"""Answers to the exercises of notebook 09: right ones in many styles, and plausible wrong ones."""

RNN = """
def rnn(x, w_x, w_h, b):
    x, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, w_x, w_h, b))
"""
BATCH = """
def rnn_batch(x, w_x, w_h, b, return_sequences=False):
    x, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, w_x, w_h, b))
"""
BPTT = """
def bptt(x, w, u):
    x = np.asarray(x, dtype=float)
    states = [0.0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + u * x_t))
"""
CLIP = """
def clip(gradients, limit):
    gradients = [np.asarray(gradient, dtype=float) for gradient in gradients]
"""
LSTM = """
def lstm_step(x, h, c, w_x, w_h, b):
    x, h, c, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, h, c, w_x, w_h, b))
"""
GRU = """
def gru_step(x, h, w_x, w_h, b):
    x, h, w_x, w_h, b = (np.asarray(array, dtype=float) for array in (x, h, w_x, w_h, b))
"""
KINDS = """
kinds = {"spam": "many-to-one", "names": "many-to-many", "caption": "one-to-many", "digit": "one-to-one"}
kinds |= {"translation": "many-to-many", "melody": "one-to-many"}
"""

EXERCISES: dict[str, dict[str, dict[str, str]]] = {
    "rnn": {
        "right": {
            "hint 3": RNN
            + """
    state = np.zeros(len(b))
    states = []
    for x_t in x:
        state = np.tanh(x_t @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states)
""",
            "filled array": RNN
            + """
    states = np.zeros((len(x) + 1, len(b)))
    for t in range(len(x)):
        states[t + 1] = np.tanh(np.dot(x[t], w_x) + np.dot(states[t], w_h) + b)
    return states[1:]
""",
            "inputs at once": RNN
            + """
    sums, state, out = x @ w_x + b, 0 * b, []
    for row in sums:
        state = np.tanh(row + w_h.T @ state)
        out.append(state.tolist())
    return out
""",
            "loops over numbers": """
def rnn(x, w_x, w_h, b):
    old, out = [0.0] * len(b), []
    for row in x:
        new = []
        for u in range(len(b)):
            total = b[u]
            for f in range(len(row)):
                total += row[f] * w_x[f][u]
            for v in range(len(b)):
                total += old[v] * w_h[v][u]
            new.append(np.tanh(total))
        old = new
        out.append(new)
    return out
""",
        },
        "wrong": {
            "no memory": RNN + "    return np.tanh(x @ w_x + b)\n",
            "transposed recurrent kernel": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state = np.tanh(x_t @ w_x + w_h @ state + b)
        states.append(state)
    return np.array(states)
""",
            "no tanh": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state = x_t @ w_x + state @ w_h + b
        states.append(state)
    return np.array(states)
""",
            "tanh only for what is returned": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state = x_t @ w_x + state @ w_h + b
        states.append(np.tanh(state))
    return np.array(states)
""",
            "last state only": RNN
            + """
    state = np.zeros(len(b))
    for x_t in x:
        state = np.tanh(x_t @ w_x + state @ w_h + b)
    return state
""",
            "bias missing": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state = np.tanh(x_t @ w_x + state @ w_h)
        states.append(state)
    return np.array(states)
""",
            "backwards": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x[::-1]:
        state = np.tanh(x_t @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states)
""",
            "start included": RNN
            + """
    states = [np.zeros(len(b))]
    for x_t in x:
        states.append(np.tanh(x_t @ w_x + states[-1] @ w_h + b))
    return np.array(states)
""",
            "one array, changed in place": RNN
            + """
    state, states = np.zeros(len(b)), []
    for x_t in x:
        state[:] = np.tanh(x_t @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states)
""",
        },
    },
    "rnn_batch": {
        "right": {
            "hint 3": BATCH
            + """
    state = np.zeros((len(x), len(b)))
    states = []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
        states.append(state)
    if return_sequences:
        return np.stack(states, axis=1)
    return states[-1]
""",
            "with rnn": BATCH
            + """
    def one(rows):
        state, out = 0 * b, []
        for row in rows:
            state = np.tanh(row @ w_x + state @ w_h + b)
            out.append(state)
        return out
    everything = np.array([one(rows) for rows in x])
    return everything if return_sequences else everything[:, -1]
""",
            "time first inside": BATCH
            + """
    states = [np.zeros((x.shape[0], w_h.shape[0]))]
    for step in np.swapaxes(x, 0, 1):
        states.append(np.tanh(np.einsum("nf,fu->nu", step, w_x) + states[-1].dot(w_h) + b))
    return np.moveaxis(np.array(states[1:]), 0, 1) if return_sequences else states[-1]
""",
        },
        "wrong": {
            "time first": BATCH
            + """
    state, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states) if return_sequences else state
""",
            "switch ignored": BATCH
            + """
    state = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
    return state
""",
            "switch reversed": BATCH
            + """
    state, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
        states.append(state)
    return state if return_sequences else np.stack(states, axis=1)
""",
            "state handed on to the next sequence": BATCH
            + """
    state, out = np.zeros(len(b)), []
    for rows in x:
        states = []
        for row in rows:
            state = np.tanh(row @ w_x + state @ w_h + b)
            states.append(state)
        out.append(states)
    out = np.array(out)
    return out if return_sequences else out[:, -1]
""",
            "loop over the batch": BATCH
            + """
    state, states = np.zeros((x.shape[1], len(b))), []
    for rows in x:
        state = np.tanh(rows @ w_x + state @ w_h + b)
        states.append(state)
    return np.array(states) if return_sequences else state
""",
            "last sequence for last step": BATCH
            + """
    state, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w_x + state @ w_h + b)
        states.append(state)
    states = np.stack(states, axis=1)
    return states if return_sequences else states[-1]
""",
        },
    },
    "kinds": {
        "right": {
            "hint 3": KINDS + "all_states = {1: False, 2: True}\nall_states |= {3: True, 4: False, 5: True}\n",
            "a set": KINDS + "all_states = {number: number in {2, 3, 5} for number in range(1, 6)}\n",
            "numpy booleans": KINDS
            + "all_states = dict(zip([1, 2, 3, 4, 5], np.array([0, 1, 1, 0, 1], dtype=bool)))\n",
        },
        "wrong": {
            "translation ends in one thing": KINDS
            + "kinds['translation'] = 'many-to-one'\nall_states = {1: False, 2: True, 3: True, 4: False, 5: True}\n",
            "a caption is one thing": KINDS
            + "kinds['caption'] = 'one-to-one'\nall_states = {1: False, 2: True, 3: True, 4: False, 5: True}\n",
            "a picture is a sequence": KINDS
            + "kinds['digit'] = 'many-to-one'\nall_states = {1: False, 2: True, 3: True, 4: False, 5: True}\n",
            "both layers of a stack": KINDS + "all_states = {1: False, 2: True, 3: True, 4: True, 5: True}\n",
            "the upper layer of a stack": KINDS + "all_states = {1: False, 2: True, 3: False, 4: True, 5: True}\n",
            "pooling wants the last state": KINDS + "all_states = {1: False, 2: True, 3: True, 4: False, 5: False}\n",
            "words in place of booleans": KINDS
            + "all_states = {1: 'False', 2: 'True', 3: 'True', 4: 'False', 5: 'True'}\n",
            "one is missing": KINDS + "all_states = {1: False, 2: True, 3: True, 4: False}\n",
        },
    },
    "lamp": {
        "right": {
            "hint 3": "strong = 6.0\nw_word = np.array([0.0, strong, -strong])\nw_state = 2.0\n",
            "a list": "w_word = [0, 30, -30]\nw_state = 10\n",
            "just enough": "w_word = np.array([0.0, 3.0, -3.0])\nw_state = np.float64(1.3)\n",
            "not symmetric": "w_word = np.array([0.0, 5.0, -7.0])\nw_state = 3.0\n",
        },
        "wrong": {
            "fades": "w_word = np.array([0.0, 5.0, -5.0])\nw_state = 0.9\n",
            "fades slowly": "w_word = np.array([0.0, 5.0, -5.0])\nw_state = 1.0\n",
            "commands too weak": "w_word = np.array([0.0, 1.0, -1.0])\nw_state = 3.0\n",
            "ticks switch it on": "w_word = np.array([2.0, 5.0, -5.0])\nw_state = 2.0\n",
            "on and off swapped": "w_word = np.array([0.0, -5.0, 5.0])\nw_state = 2.0\n",
            "wrong order of words": "w_word = np.array([5.0, -5.0, 0.0])\nw_state = 2.0\n",
            "off is nothing": "w_word = np.array([0.0, 5.0, 0.0])\nw_state = 2.0\n",
            "blinks": "w_word = np.array([0.0, 5.0, -5.0])\nw_state = -2.0\n",
            "two weights": "w_word = np.array([5.0, -5.0])\nw_state = 2.0\n",
            "on cannot beat the memory": "w_word = np.array([0.0, 1.5, -6.0])\nw_state = 3.0\n",
        },
    },
    "bptt": {
        "right": {
            "hint 3": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t - 1]
        du += d * x[t - 1]
        back = d * w
    return dw, du
""",
            "forwards": """
def bptt(x, w, u):
    h = dw = du = 0.0
    for x_t in x:
        new = np.tanh(w * h + u * x_t)
        slope = 1 - new**2
        dw, du, h = slope * (h + w * dw), slope * (x_t + w * du), new
    return [dw, du]
""",
            "differences": """
def bptt(x, w, u):
    def last(w, u):
        h = 0.0
        for x_t in x:
            h = np.tanh(w * h + u * x_t)
        return h
    e = 1e-5
    return np.array([last(w + e, u) - last(w - e, u), last(w, u + e) - last(w, u - e)]) / (2 * e)
""",
        },
        "wrong": {
            "no slope of tanh": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        dw += back * states[t - 1]
        du += back * x[t - 1]
        back = back * w
    return dw, du
""",
            "state after the step": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t]
        du += d * x[t - 1]
        back = d * w
    return dw, du
""",
            "last step only": BPTT
            + """
    d = 1 - states[-1] ** 2
    return d * states[-2], d * x[-1]
""",
            "no w on the way back": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        back = back * (1 - states[t] ** 2)
        dw += back * states[t - 1]
        du += back * x[t - 1]
    return dw, du
""",
            "not added up": BPTT
            + """
    back = 1.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw, du = d * states[t - 1], d * x[t - 1]
        back = d * w
    return dw, du
""",
            "slope forgotten between steps": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t - 1]
        du += d * x[t - 1]
        back = back * w
    return dw, du
""",
            "swapped": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t - 1]
        du += d * x[t - 1]
        back = d * w
    return du, dw
""",
            "u on the way back": BPTT
            + """
    back, dw, du = 1.0, 0.0, 0.0
    for t in range(len(x), 0, -1):
        d = back * (1 - states[t] ** 2)
        dw += d * states[t - 1]
        du += d * x[t - 1]
        back = d * u
    return dw, du
""",
        },
    },
    "clip": {
        "right": {
            "hint 3": CLIP
            + """
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(limit / norm, 1.0)
    return [factor * g for g in gradients]
""",
            "one long vector": CLIP
            + """
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    if norm <= limit:
        return gradients
    return [g / norm * limit for g in gradients]
""",
            "norm of norms": CLIP
            + """
    norm = np.linalg.norm([np.linalg.norm(g.ravel()) for g in gradients])
    return tuple(g * limit / max(norm, limit) for g in gradients)
""",
        },
        "wrong": {
            "entry by entry": CLIP + "    return [np.clip(g, -limit, limit) for g in gradients]\n",
            "array by array": CLIP
            + "    return [g * min(1.0, limit / np.linalg.norm(g.ravel())) for g in gradients]\n",
            "always to the limit": CLIP
            + """
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [limit / norm * g for g in gradients]
""",
            "no root": CLIP
            + """
    norm = sum(np.sum(g**2) for g in gradients)
    return [min(1.0, limit / norm) * g for g in gradients]
""",
            "absolute values": CLIP
            + """
    norm = sum(np.sum(np.abs(g)) for g in gradients)
    return [min(1.0, limit / norm) * g for g in gradients]
""",
            "largest entry": CLIP
            + """
    norm = max(np.max(np.abs(g)) for g in gradients)
    return [min(1.0, limit / norm) * g for g in gradients]
""",
            "nothing": CLIP + "    return gradients\n",
            "flattened": CLIP
            + """
    flat = np.concatenate([g.ravel() for g in gradients])
    return flat * min(1.0, limit / np.linalg.norm(flat))
""",
        },
    },
    "lstm_step": {
        "right": {
            "hint 3": LSTM
            + """
    z = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(z, 4, axis=-1)
    carry = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    state = sigmoid(o) * np.tanh(carry)
    return state, carry
""",
            "four products": LSTM
            + """
    u = h.shape[1]
    def part(k):
        s = slice(k * u, (k + 1) * u)
        return x @ w_x[:, s] + h @ w_h[:, s] + b[s]
    c = 1 / (1 + np.exp(-part(1))) * c + 1 / (1 + np.exp(-part(0))) * np.tanh(part(2))
    return np.tanh(c) / (1 + np.exp(-part(3))), c
""",
            "reshaped": LSTM
            + """
    z = (x @ w_x + h @ w_h + b).reshape(len(x), 4, -1)
    gates = sigmoid(z)
    new = gates[:, 1] * c + gates[:, 0] * np.tanh(z[:, 2])
    return gates[:, 3] * np.tanh(new), new
""",
        },
        "wrong": {
            "order i f o g": LSTM
            + """
    i, f, o, g = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
            "order f i g o": LSTM
            + """
    f, i, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
            "carry shown without tanh": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c
""",
            "forget gate the wrong way": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = (1 - sigmoid(f)) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
            "candidate through sigmoid": LSTM
            + """
    i, f, g, o = sigmoid(np.array(np.split(x @ w_x + h @ w_h + b, 4, axis=-1)))
    c = f * c + i * g
    return o * np.tanh(c), c
""",
            "carry first": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return c, sigmoid(o) * np.tanh(c)
""",
            "old carry shown": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    return sigmoid(o) * np.tanh(c), sigmoid(f) * c + sigmoid(i) * np.tanh(g)
""",
            "no bias": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
            "state only": LSTM
            + """
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    return sigmoid(o) * np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))
""",
            "parts in turns": LSTM
            + """
    z = x @ w_x + h @ w_h + b
    i, f, g, o = (z[:, k::4] for k in range(4))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
        },
    },
    "gru_step": {
        "right": {
            "hint 3": GRU
            + """
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    z = sigmoid(x_z + h_z)
    r = sigmoid(x_r + h_r)
    g = np.tanh(x_g + r * h_g)
    return z * h + (1 - z) * g
""",
            "both gates at once": GRU
            + """
    u = h.shape[1]
    a, c = x @ w_x + b[0], h @ w_h + b[1]
    gates = 1 / (1 + np.exp(-(a + c)[:, : 2 * u]))
    g = np.tanh(a[:, 2 * u :] + gates[:, u:] * c[:, 2 * u :])
    return g + gates[:, :u] * (h - g)
""",
            "parts": GRU
            + """
    u = h.shape[-1]
    xs = [x @ w_x[:, k * u : (k + 1) * u] + b[0, k * u : (k + 1) * u] for k in range(3)]
    hs = [h @ w_h[:, k * u : (k + 1) * u] + b[1, k * u : (k + 1) * u] for k in range(3)]
    z, r = sigmoid(xs[0] + hs[0]), sigmoid(xs[1] + hs[1])
    return (1 - z) * np.tanh(xs[2] + r * hs[2]) + z * h
""",
        },
        "wrong": {
            "gates swapped": GRU
            + """
    x_r, x_z, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_r, h_z, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_g + r * h_g)
""",
            "mix the wrong way": GRU
            + """
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return (1 - z) * h + z * np.tanh(x_g + r * h_g)
""",
            "reset before the product": GRU
            + """
    u = h.shape[1]
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, _ = np.split(h @ w_h + b[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    g = np.tanh(x_g + (r * h) @ w_h[:, 2 * u :] + b[1, 2 * u :])
    return z * h + (1 - z) * g
""",
            "second bias outside": GRU
            + """
    u = h.shape[1]
    x_z, x_r, x_g = np.split(x @ w_x + b[0] + b[1], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h, 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_g + r * h_g)
""",
            "no reset gate": GRU
            + """
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    z = sigmoid(x_z + h_z)
    return z * h + (1 - z) * np.tanh(x_g + h_g)
""",
            "one row of biases": GRU
            + """
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h, 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_g + r * h_g)
""",
            "candidate returned": GRU
            + """
    x_z, x_r, x_g = np.split(x @ w_x + b[0], 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ w_h + b[1], 3, axis=-1)
    r = sigmoid(x_r + h_r)
    return np.tanh(x_g + r * h_g)
""",
        },
    },
    "num_weights": {
        "right": {
            "hint 3": """
def num_weights(cell, features, units):
    parts = 4 if cell == "LSTM" else 3 if cell == "GRU" else 1
    biases = 2 if cell == "GRU" else 1
    return parts * units * (features + units + biases)
""",
            "shapes": """
def num_weights(cell, features, units):
    wide = {"SimpleRNN": units, "LSTM": 4 * units, "GRU": 3 * units}[cell]
    shapes = [(features, wide), (units, wide), (2 if cell == "GRU" else 1, wide)]
    return sum(a * b for a, b in shapes)
""",
            "ask Keras": """
def num_weights(cell, features, units):
    import keras
    layer = getattr(keras.layers, cell)(units)
    layer.build((None, None, features))
    return layer.count_params()
""",
            "three formulas": """
def num_weights(cell, features, units):
    if cell == "SimpleRNN":
        return units * (features + units + 1)
    if cell == "LSTM":
        return 4 * units * (features + units + 1)
    return 3 * units * (features + units) + 6 * units
""",
        },
        "wrong": {
            "GRU with one row of biases": """
def num_weights(cell, features, units):
    return {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell] * units * (features + units + 1)
""",
            "no biases": """
def num_weights(cell, features, units):
    return {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell] * units * (features + units)
""",
            "gates only": """
def num_weights(cell, features, units):
    biases = 2 if cell == "GRU" else 1
    return {"SimpleRNN": 1, "LSTM": 3, "GRU": 2}[cell] * units * (features + units + biases)
""",
            "no recurrent kernel": """
def num_weights(cell, features, units):
    biases = 2 if cell == "GRU" else 1
    return {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell] * units * (features + biases)
""",
            "features and units swapped": """
def num_weights(cell, features, units):
    biases = 2 if cell == "GRU" else 1
    return {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell] * features * (features + units + biases)
""",
            "GRU like LSTM": """
def num_weights(cell, features, units):
    return {"SimpleRNN": 1, "LSTM": 4, "GRU": 4}[cell] * units * (features + units + 1)
""",
        },
    },
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "rnn": {
        "state, states = np.zeros(len(b), dtype=int), []": "0 is 0.0, and no later state is written into it",
        "state, states = np.zeros(len(w_h)), []": "w_h has a row for each unit, as b has an entry",
    },
    "rnn_batch": {
        "state, states = np.zeros((len(x), len(b)), dtype=int), []": "0 is 0.0, and no later state is written into it",
        "state, states = np.zeros((len(x), len(w_h))), []": "w_h has a row for each unit, as b has an entry",
    },
    "lamp": {
        "w_word = np.array([0.0, 10.0, -5.0])": "any weights that keep the lamp as it should be are right",
        "w_word = np.array([0.0, 5.0, -10.0])": "any weights that keep the lamp as it should be are right",
        "w_state = 4.0": "any weights that keep the lamp as it should be are right",
    },
    "bptt": {
        "back, dw, du = 1.0, 0.0, 0.0": "in the way forwards, where none of the three is used yet",
    },
}
"""Faults in the reference answers that are none: by exercise and changed line, why no test can tell them."""
