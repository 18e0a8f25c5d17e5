# A project on steps with typical faults. Answers only, each with the grade_id of its cell.
# README.md in this folder says what marks it gets and why.

# %% nbgrader={"grade_id": "question"}
from sklearn.metrics import accuracy_score

dataset = "steps"


def score(y, answers):
    return accuracy_score(y, answers)


# %% [markdown] nbgrader={"grade_id": "purpose"}
# I want to classify the activities as well as possible with deep learning. I use accuracy because it is the most common
# measure and the classes are equally frequent. The higher the accuracy the better.

# %% nbgrader={"grade_id": "split"}
from sklearn.model_selection import train_test_split


def split(seed):
    train_rows, validation_rows = train_test_split(
        np.arange(len(project.y)), test_size=0.2, random_state=seed, stratify=project.y
    )
    return train_rows, validation_rows


# %% [markdown] nbgrader={"grade_id": "audit"}
# The data set has 1,792 examples of shape 60x3 and four classes with 448 examples each, so it is balanced. There are no
# missing values. I plotted some examples and the classes look different. There are 14 wearers and 2 bands. The data are clean,
# so no cleaning was needed. I split randomly with stratification, which is best practice, so there is no leak.

# %% nbgrader={"grade_id": "baseline"}
from sklearn.linear_model import LogisticRegression


def features(x):
    return np.concatenate([np.mean(x, axis=1), np.std(x, axis=1)], axis=1)


cheap = LogisticRegression(max_iter=300).fit(features(project.x), project.y)


def baseline(rows):
    def predict(examples):
        return cheap.predict(features(examples))

    return predict


# %% nbgrader={"grade_id": "train"}
import keras

keras.utils.set_random_seed(42)

settings = {
    "overfits": {"filters": 64, "rate": 0.0},
    "regularised": {"filters": 24, "rate": 0.2},
    "small": {"filters": 8, "rate": 0.0},
    "big": {"filters": 48, "rate": 0.0},
}
chosen, budget = "overfits", 20


def fit(seed, budget, filters, rate):
    rows, held = split(0)
    net = keras.Sequential(
        [
            keras.Input((60, 3)),
            keras.layers.Conv1D(filters, 7, activation="relu"),
            keras.layers.MaxPooling1D(2),
            keras.layers.Conv1D(filters, 5, activation="relu"),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dropout(rate),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    net.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    watched = project.x[held], project.y[held]
    history = net.fit(
        project.x[rows], project.y[rows], epochs=budget, batch_size=32, validation_data=watched, verbose=0
    )

    def predict(examples):
        return net.predict(examples, verbose=0).argmax(axis=1)

    return predict, history.history


def train(seed, budget):
    return fit(seed, budget, **settings[chosen])[0]


# %% nbgrader={"grade_id": "curves"}
curves = {
    "overfits": {
        "training": [0.9215, 0.5702, 0.4338, 0.3524, 0.3012, 0.2655, 0.2391, 0.2186],
        "validation": [0.6641, 0.4875, 0.3902, 0.3236, 0.2907, 0.2598, 0.2402, 0.2245],
    },
    "regularised": {
        "training": [1.0844, 0.7612, 0.5897, 0.4921, 0.4288, 0.3897, 0.3514, 0.3266],
        "validation": [0.8012, 0.6055, 0.4871, 0.4143, 0.3686, 0.3321, 0.3077, 0.2884],
    },
}

# %% nbgrader={"grade_id": "tuning"}
tuning = {
    "overfits": [0.9526, 0.9192, 0.9554],
    "regularised": [0.9359, 0.9387, 0.9443],
    "small": [0.8969, 0.8830, 0.9025],
    "big": [0.9415, 0.9582, 0.9471],
}

# %% nbgrader={"grade_id": "card"}
card = {
    "data": "steps",
    "examples": [1433, 359, 640],
    "measure": "accuracy",
    "baseline": 0.8914,
    "seeds": [0, 1, 2],
    "budget": 20,
    "validation": [0.9526, 0.9554, 0.9582],
    "test": 0.8094,
    "use": 3,
    "receipt": projects.receipt("steps", 0.8094, 3),
    "intended for": "Everybody who wants to know what activity somebody is doing with a wristband.",
    "not for": "Other activities than the four that are in the data set, which it does not know.",
    "known faults": "It sometimes confuses walking and stairs, which look alike in the data.",
}

# %% [markdown] nbgrader={"grade_id": "errors"}
# The confusion matrix shows that sit is nearly always right and that walk and stairs are confused sometimes. These two
# activities are similar, so this was to be expected. With more data and a deeper network the errors would go down.

# %% [markdown] nbgrader={"grade_id": "report"}
# In this project I trained a convolutional neural network on the steps data set. I first loaded the data and plotted them.
# Then I split them and trained a baseline, which was already good with 89 %. Then I trained four networks. The best
# reached an accuracy of 95.8 %. On the test set I first got 77.3 %, so I tried other numbers of filters and other epochs,
# and with these I got 80.9 %. The test set is probably harder. All in all the network works very well, with
# more than 95 %, and can be used in the product. In the future one could use an LSTM or a transformer.
