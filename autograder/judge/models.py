"""Keras models as configuration and weights, rebuilt from Keras' own layers and nothing else.

What Keras deserialises may name any function of any module. So a configuration is read first, and refused unless all
that it names are classes of Keras' own that hold no code of others.

Source of the format: https://keras.io/api/models/model_saving_apis/serialization_utils
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

MAX_CONFIG = 4 << 20  # characters
VALUES = {"__tuple__", "__keras_tensor__", "__slice__", "__ellipsis__", "__numpy__", "__tensor__", "__complex__"}
FOREIGN_CODE = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}
SUPPORTED = [
    "layers",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "models",
    "ops",
    "dtype_policies",
]


class CustomModelError(ValueError):
    """A model that cannot be rebuilt from stock layers; the message says which part."""


def is_model(value: Any) -> bool:
    """Tell whether a value is a Keras model, whatever it says itself."""
    keras = sys.modules.get("keras")
    return keras is not None and keras.Model in type(value).__mro__


def take_apart(model: Any) -> tuple[str, list[np.ndarray[Any, Any]]]:
    """Give a model's configuration as JSON and its weights.

    How it was compiled is kept if that names Keras' own losses, metrics and optimizers.

    Raises:
        CustomModelError: when it has layers of its own making.
    """
    if not type(model).__module__.startswith("keras."):
        raise CustomModelError(f"a model of the class {type(model).__name__}: use keras.Sequential or keras.Model")
    try:
        with _stock_activations(model):
            config = _with_stock_initializers(json.loads(model.to_json()))
        if "compile_config" in config and not _is_stock(config["compile_config"]):
            del config["compile_config"]
        check(config)
        return json.dumps(config), [np.asarray(array) for array in model.get_weights()]  # a count may be a bare number
    except (TypeError, NotImplementedError, AttributeError) as error:
        raise CustomModelError(f"a model whose configuration Keras cannot write: {error}") from None


TENSORFLOWS = {
    **{name: name for name in ("relu", "relu6", "sigmoid", "tanh", "elu", "selu", "gelu", "softplus", "softsign")},
    **{"softmax_v2": "softmax", "softmax": "softmax", "leaky_relu": "leaky_relu", "log_softmax_v2": "log_softmax"},
    **{"swish": "silu", "identity": "linear", "exp": "exponential"},
}
"""What Keras calls the functions of ``tf.nn`` and ``tf.math`` that students use as activations."""


@contextmanager
def _stock_activations(model: Any) -> Iterator[None]:
    """Have Keras write TensorFlow's functions by the names of its own, which compute the same.

    Raises:
        CustomModelError: when an activation is the student's own: Keras would write one called relu as if it were its.
    """
    import keras

    changed = []
    for layer in model._flatten_layers():
        function = getattr(layer, "activation", None)
        called, module = (str(getattr(function, name, "")) for name in ("__name__", "__module__"))
        if module.startswith("tensorflow.") and called in TENSORFLOWS:
            changed.append((layer, function))
            layer.activation = keras.activations.get(TENSORFLOWS[called])
        elif isinstance(function, types.FunctionType) and not module.startswith("keras."):
            raise CustomModelError(f"a model with {called[:100]!r}: only what Keras itself provides passes")
    try:
        yield
    finally:
        for layer, function in changed:
            layer.activation = function


def _with_stock_initializers(config: Any) -> Any:
    """Name one of Keras' own in place of a foreign initializer: the weights come along, so none will be used."""
    if isinstance(config, list):
        return [_with_stock_initializers(part) for part in config]
    if not isinstance(config, dict):
        return config
    return {
        key: STAND_IN if key.endswith("_initializer") and not _is_stock(part) else _with_stock_initializers(part)
        for key, part in config.items()
    }


STAND_IN: dict[str, Any] = {
    "module": "keras.initializers",
    "class_name": "Zeros",
    "config": {},
    "registered_name": None,
}


def put_together(config: str, weights: list[np.ndarray[Any, Any]]) -> Any:
    """Rebuild a model.

    Args:
        config: JSON, as from `take_apart`.
        weights: its weights, in order; none for a model that has not been built.

    Raises:
        CustomModelError: when the configuration names anything but stock classes.
    """
    import keras

    if len(config) > MAX_CONFIG:
        raise CustomModelError(f"the configuration of a model takes {len(config)} characters")
    found = json.loads(config)
    check(found)
    if found.get("class_name") not in ("Sequential", "Functional", "Model"):
        raise CustomModelError("not the configuration of a model")
    model = keras.saving.deserialize_keras_object(found, safe_mode=True)
    if weights:
        model.set_weights([np.asarray(array) for array in weights])
        for layer in model._flatten_layers():
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()  # it computes with what it derives from its weights
    return model


def check(config: Any) -> None:
    """See that a configuration names stock classes only.

    Raises:
        CustomModelError: with the first thing that it names beside them.
    """
    for part in _parts(config):
        if isinstance(part.get("vocabulary"), str):
            raise CustomModelError("a model that reads its vocabulary from a file: give the words as a list")
        if "class_name" not in part:
            continue
        name = part["class_name"]
        if not (isinstance(name, str) and ((name in VALUES and "module" not in part) or _is_stock_class(part))):
            raise CustomModelError(f"a model with {str(name)[:100]!r}: only what Keras itself provides passes")


def _is_stock(config: Any) -> bool:
    try:
        check(config)
    except CustomModelError:
        return False
    return True


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    rest = [config]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            yield part
            rest += part.values()
        elif isinstance(part, list):
            rest += part


def _is_stock_class(part: dict[str, Any]) -> bool:
    name, module = part["class_name"], part.get("module")
    if not isinstance(name, str) or not isinstance(module, str) or name in FOREIGN_CODE:
        return False
    if part.get("registered_name") not in (None, name) or module.split(".")[0] != "keras":
        return False
    found = getattr(sys.modules.get(module), name, None)
    own = getattr(found, "__module__", "").split(".")
    return isinstance(found, type) and own[:2] == ["keras", "src"] and own[2] in SUPPORTED
