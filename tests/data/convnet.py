# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An assignment for benchmarks: a convolution by hand, and a tiny convnet
#
# Its tests are plain assertions, so that other graders can run the same ones.

# %% nbgrader={"grade_id": "setup", "locked": true}
import keras
import numpy as np
import tensorflow as tf


# %% nbgrader={"grade_id": "output_size", "solution": true}
def output_size(size, window, padding, stride):
    """Return how many windows fit into a row of pixels."""
    ### BEGIN SOLUTION
    return (size + 2 * padding - window) // stride + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "output_size-test", "points": 1}
assert output_size(28, 3, 0, 1) == 26
### BEGIN HIDDEN TESTS
assert [output_size(28, 5, 2, 1), output_size(7, 3, 0, 2), output_size(8, 3, 1, 2)] == [28, 3, 4]
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "convolve", "solution": true}
def convolve(image, kernel):
    """Slide kernel over image, both two-dimensional arrays; no padding, stride 1."""
    ### BEGIN SOLUTION
    return np.einsum("ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel)
    ### END SOLUTION


# %% nbgrader={"grade_id": "convolve-test", "points": 3}
_image = np.random.default_rng(1).normal(size=(9, 7)).astype("float32")
_kernel = np.random.default_rng(2).normal(size=(3, 2)).astype("float32")
assert np.shape(convolve(_image, _kernel)) == (7, 6)
### BEGIN HIDDEN TESTS
_right = tf.nn.conv2d(_image[None, :, :, None], _kernel[:, :, None, None], 1, "VALID").numpy()[0, :, :, 0]
np.testing.assert_allclose(convolve(_image, _kernel), _right, atol=1e-5)
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "pool", "solution": true}
def pool(image):
    """Return the maximum of each block of 2 by 2 pixels."""
    ### BEGIN SOLUTION
    height, width = image.shape
    return image.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))
    ### END SOLUTION


# %% nbgrader={"grade_id": "pool-test", "points": 2}
_pixels = np.random.default_rng(3).normal(size=(6, 8))
assert np.shape(pool(_pixels)) == (3, 4)
### BEGIN HIDDEN TESTS
_right = keras.layers.MaxPooling2D()(_pixels[None, :, :, None].astype("float32"))
np.testing.assert_allclose(pool(_pixels), np.array(_right)[0, :, :, 0], rtol=1e-6)
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "build", "solution": true}
def build():
    """Return a model: 8 × 8 grey pixels, Conv2D with 4 filters of 3 × 3 and ReLU, 2 × 2 max pooling, 3 logits."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "build-test", "points": 3}
_model = build()
assert _model.count_params() == 151
### BEGIN HIDDEN TESTS
_model.set_weights([np.full(_weight.shape, 0.1) for _weight in _model.get_weights()])
_logits = np.array(_model(np.stack([np.full((8, 8, 1), _grey, "float32") for _grey in (1.0, -9.0)])))
np.testing.assert_allclose(_logits[:, 0], [3.7, 0.1], rtol=1e-5)
### END HIDDEN TESTS
