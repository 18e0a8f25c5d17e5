# A project on castings as a careful student would do it. Answers only, each with the grade_id of its cell.
# README.md in this folder says what marks it gets and why.

# %% nbgrader={"grade_id": "question"}
dataset = "castings"


def score(y, answers):
    """Balanced accuracy: the mean over the classes of the share that is found."""
    return float(np.mean([np.mean(answers[y == label] == label) for label in np.unique(y)]))


# %% [markdown] nbgrader={"grade_id": "purpose"}
# The firm asks which castings to take off the belt. A cracked one that is sold costs a hundred times as much as a sound
# one that is thrown away, and one in ten is cracked. So "always sound" would be right nine times in ten and would be the
# most expensive thing to do: accuracy is no measure here. I take balanced accuracy, the mean of the share of cracked
# castings that are found and the share of sound ones that are let pass; in the report I give both shares. Useful
# from 0.85 on: for example nine in ten cracks found while at most two in ten sound ones are thrown away, which saves far
# more than it costs (100 castings: 9 cracks saved = 900, 18 sound ones lost = 18).


# %% nbgrader={"grade_id": "split"}
def split(seed):
    casting = project.about["casting"]
    rng = np.random.default_rng(seed)
    chosen = []
    for label in (0, 1):  # a quarter of the sound and of the cracked castings, each with all its photos
        numbers = rng.permutation(np.unique(casting[project.y == label]))
        chosen += list(numbers[: len(numbers) // 4])
    held = np.isin(casting, chosen)
    return np.flatnonzero(~held), np.flatnonzero(held)


# %% [markdown] nbgrader={"grade_id": "audit"}
# **One casting, three photos.** `about["casting"]` has 500 different values in 1,500 rows, each three times. I laid the
# photos of some castings side by side: same scratches, same spots, moved by a pixel and lit otherwise. Effect, measured
# with the same convnet (the setting "overfits", seeds 0 and 1): split by photo it says 0.99 and 0.98 in validation, split by
# casting 0.88 and 0.90. By photo, 94 % of the validation photos show a casting that training knows. So that split flatters by
# ten points. I split by casting, a quarter of the sound and a quarter of the cracked ones.
#
# **One in ten is cracked.** 1,350 sound, 150 cracked photos, and these are only 50 castings; in validation 12. "Always
# sound" has an accuracy of 0.90 and a balanced accuracy of 0.50. A dense net without weights for the classes came to nearly that:
# 0.90 and 0.52. I give cracked examples nine times the weight.
#
# **Light.** The mean grey of the photos of one casting differs by up to a third. I take the mean of each photo away and
# divide by its deviation.

# %% nbgrader={"grade_id": "baseline"}
from sklearn.linear_model import LogisticRegression


def even(photos):
    """The same light for all: mean 0 and deviation 1 for each photo."""
    photos = np.asarray(photos, "float32")
    return (photos - photos.mean(axis=(1, 2), keepdims=True)) / photos.std(axis=(1, 2), keepdims=True)


def baseline(rows):
    model = LogisticRegression(max_iter=200, class_weight="balanced", C=0.1)
    model.fit(even(project.x[rows]).reshape(len(rows), -1), project.y[rows])

    def predict(examples):
        return model.predict(even(examples).reshape(len(examples), -1))

    return predict


# %% nbgrader={"grade_id": "train"}
import keras

settings = {
    "overfits": {"width": 16, "dropout": 0.0, "turns": False},
    "regularised": {"width": 16, "dropout": 0.3, "turns": True},
    "narrow, turned": {"width": 8, "dropout": 0.0, "turns": True},
    "dropout, not turned": {"width": 16, "dropout": 0.3, "turns": False},
}
chosen, budget = "narrow, turned", 15


def fit(seed, budget, *, width, dropout, turns):
    keras.utils.set_random_seed(seed)
    rows, held = split(0)
    x, y = even(project.x[rows])[..., None], project.y[rows]
    if turns:  # a casting has no top: turned by a random quarter, once for each photo
        quarters = np.random.default_rng(seed).integers(1, 4, len(x))
        x = np.concatenate([x, [np.rot90(photo, k) for photo, k in zip(x, quarters, strict=True)]])
        y = np.concatenate([y, y])
    net = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(width, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2 * width, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Dropout(dropout),
            keras.layers.Conv2D(2 * width, 3, activation="relu"),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    net.compile(keras.optimizers.Adam(0.002), "binary_crossentropy")
    watched = even(project.x[held])[..., None], project.y[held]
    weights = {0: 1.0, 1: 9.0}
    history = net.fit(x, y, epochs=budget, batch_size=32, class_weight=weights, validation_data=watched, verbose=0)

    def predict(examples):
        return (net.predict(even(examples)[..., None], verbose=0)[:, 0] > 0.5).astype(int)

    return predict, history.history


def train(seed, budget):
    return fit(seed, budget, **settings[chosen])[0]


# %% nbgrader={"grade_id": "curves"}
curves = {"overfits": {"training": [1.269, 1.1367, 0.7888, 0.3794, 0.2244, 0.1216, 0.0846, 0.0602, 0.049, 0.0364,
                           0.0337, 0.0282, 0.0263, 0.027, 0.0282, 0.0315, 0.0358, 0.0423, 0.0916, 0.0193,
                           0.0072, 0.0222, 0.0091, 0.0112, 0.0074, 0.0089, 0.0091, 0.0075, 0.0063,
                           0.0041],
              "validation": [0.7892, 0.5762, 0.4453, 0.268, 0.0843, 0.0749, 0.0566, 0.0513, 0.0486,
                             0.0542, 0.0564, 0.0715, 0.0839, 0.0971, 0.1115, 0.1234, 0.124, 0.1044,
                             0.117, 0.0366, 0.042, 0.045, 0.0579, 0.0642, 0.0891, 0.0906, 0.1064, 0.0715,
                             0.0546, 0.0625]},
 "regularised": {"training": [1.2457, 0.9461, 0.3375, 0.3356, 0.2316, 0.176, 0.1289, 0.2087, 0.1226,
                              0.1234, 0.1147, 0.1071, 0.0866, 0.0546, 0.0568, 0.0636, 0.111, 0.1054,
                              0.0482, 0.0549, 0.1015, 0.0814, 0.0429, 0.0462, 0.0707, 0.0661, 0.0381,
                              0.0231, 0.0175, 0.0258],
                 "validation": [0.7716, 0.3087, 0.0907, 0.1543, 0.0796, 0.134, 0.0726, 0.1491, 0.0634,
                                0.0616, 0.0492, 0.0613, 0.104, 0.0231, 0.0235, 0.037, 0.04, 0.0313,
                                0.0321, 0.0295, 0.0559, 0.0318, 0.0105, 0.0236, 0.0288, 0.0219, 0.0084,
                                0.007, 0.0098, 0.0058]}}  # fmt: skip

# %% nbgrader={"grade_id": "tuning"}
tuning = {
    "overfits": [0.875, 0.8983, 0.8968],
    "regularised": [0.9846, 0.9836, 0.9306],
    "narrow, turned": [0.9955, 0.994, 0.9807],
    "dropout, not turned": [0.9152, 0.9415, 0.9544],
}

# %% nbgrader={"grade_id": "card"}
card = {
    "data": "castings",
    "examples": [1128, 372, 600],
    "measure": "balanced accuracy",
    "baseline": 0.5947,
    "seeds": [0, 1, 2],
    "budget": 15,
    "validation": [0.9955, 0.994, 0.9807],
    "test": 0.9491,
    "use": 1,
    "receipt": "7eacd84d9c",
    "intended for": "Choosing castings of this kind, in this hall, for a person to look at.",
    "not for": "Throwing castings away without a person, other castings, or another camera.",
    "known faults": "Takes dirt beside a scratch, or spots in a row, for a crack; how many cracks it misses is hardly known.",
}

# %% [markdown] nbgrader={"grade_id": "errors"}
# On 372 validation photos the final network makes 3, 4 and 13 mistakes with seeds 0, 1 and 2: 20 together, of 10 castings. I
# looked at all of them, enlarged, beside the other photos of the same casting. All are sound ones taken for cracked.
#
# *Dirt beside a bright scratch*, 11 photos of 5 castings (385, 295, 269, 356, 403): dark, bright, dark, like the bends of a crack.
# Casting 385 alone makes 6 of them: two scratches and two spots to the right of the hole, wrong with all seeds.
#
# *Two or three spots of dirt in a row*, 8 photos of 4 castings (447, 314, 371, 491). The last windows of the network see 18
# pixels, in which two dark spots look like two pieces of a broken line.
#
# *A scratch that ends at the hole*, 1 photo (48).
#
# What could be mended: the other photos of such a casting are often answered rightly. If the majority of its three photos
# decided, 0, 1 and 3 of the 112 sound castings would be lost, 1.2 % in place of 2.0 % of the photos: 0.4 points of the
# measure. Asking for the highest of the three would be worse (2.7, 2.7 and 7.1 %). In use only one photo is taken, so this needs a
# change at the belt.
#
# The mistake that costs most, a crack that is missed, does not occur here: all 36 photos are found with each seed. But they are
# 12 castings. If one crack in ten were missed, one would still see none among 12 more than one time in four (0.9 ** 12 = 0.28).

# %% [markdown] nbgrader={"grade_id": "report"}
# **Question.** Can a camera pick out cracked castings well enough to be worth it? Useful from a balanced accuracy of
# 0.85 on (see Part 2).
#
# **Data.** 1,500 photos, but only 500 castings, 50 of them cracked. All photos of one casting are on one side of the
# split; by photo, validation would have promised ten points more than it should. One in ten is cracked, so accuracy says
# nothing here.
#
# **Comparison** (validation, balanced accuracy, three seeds, mean ± standard deviation). Logistic regression on pixels: 0.595, near
# guessing: a crack can be anywhere. Convnet without regularisation: 0.890 ± 0.013. Dropout: 0.937 ± 0.020. Dropout and
# turned copies: 0.966 ± 0.031. Half as wide, turned copies, no dropout: 0.990 ± 0.008. So it is the turned copies that help. I
# chose the last.
#
# **Test, used once.** 0.949, against 0.996 on validation with the same seed. Chance over the examples: only 60 of the 600 castings are
# cracked. A share of found cracks near 0.92 has an uncertainty of 0.035 there, and half of that, 0.018, goes into the score. Chance over seeds: 0.008.
# On validation it is worse than that, 12 cracked castings. So the two do not contradict each other, and I believe the test: 0.95 ± 0.02.
#
# **Limits.** One week, one hall, one kind of casting; 50 cracked castings are few to learn from, and 12 too few to choose a threshold
# on. It has never seen a broken casting, or none at all.
#
# **Recommendation.** Do not let it throw castings away by itself yet. Let it choose the castings that a person looks at: that is
# one in nine. Collect the cracked ones that it misses, and train again when there are 200.
