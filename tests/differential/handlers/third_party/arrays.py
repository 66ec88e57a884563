"""numpy values in results."""

import numpy as np


def as_lists(event, context):
    data = np.array(event["data"], dtype=float)
    scaled = (data * 2).tolist()
    mean = float(data.mean())
    return {"scaled": scaled, "mean": mean}


def array(event, context):
    return {"first": [1], "array": np.array(event["data"])}


def integer(event, context):
    return {"first": [1], "integer": np.int64(3)}


def float32(event, context):
    return {"first": [1], "number": np.float32(1.5)}


def float64(event, context):
    """A subclass of float, which the encoder takes for one."""
    number = np.float64(1) / 3
    return {"number": number, "list": [np.float64(2.5)]}


def boolean(event, context):
    return {"first": [1], "larger": np.float64(2) > 1}


def text(event, context):
    return {"text": np.str_("é"), "bytes": bytes(np.array([104, 105], dtype=np.uint8))}


def keys(event, context):
    return {str(key): 1 for key in np.arange(3)}


def as_a_key(event, context):
    return {np.int64(1): "one"}


def warns(event, context):
    with np.errstate(divide="warn"):
        quotient = np.array([1.0]) / np.array([0.0])
    return {"infinite": bool(np.isinf(quotient[0])), "list": [1]}


def fails(event, context):
    return np.array([1, 2]) + np.array([1, 2, 3])
