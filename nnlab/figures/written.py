"""A figure as the JSON that Plotly's script reads. Plotly's own writer takes several times as long:
it copies the figure first, looks for data frames in it, and goes over the text three times."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

_KINDS = {
    np.dtype(name): short
    for name, short in {
        "int8": "i1",
        "uint8": "u1",
        "int16": "i2",
        "uint16": "u2",
        "int32": "i4",
        "uint32": "u4",
        "float32": "f4",
        "float64": "f8",
    }.items()
}
_NARROWER = {"i": (np.int8, np.int16, np.int32), "u": (np.uint8, np.uint16, np.uint32)}
_LISTS = "range"
"""What Plotly's script wants as a list, also where it is an array."""


def written(figure: go.Figure) -> str:
    """The JSON of a figure: what `figure.to_json(remove_uids=False)` says."""
    known = {"data": figure._data, "layout": figure._layout}
    return json.dumps(_plain(known), separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    """As JSON has it: arrays in base64, and null for what is not a finite number."""
    if isinstance(value, dict):
        return {
            name: _listed(each) if name == _LISTS else _plain(each) for name, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "__array__"):
        return _array(np.asarray(value))
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _listed(value: Any) -> Any:
    return _plain(np.asarray(value).tolist() if hasattr(value, "__array__") else value)


def _array(values: NDArray[Any]) -> Any:
    """A typed array in base64; a list where Plotly's script knows no array of that type."""
    narrow = _narrowed(values)
    kind = _KINDS.get(narrow.dtype)
    if kind is None or not narrow.size or not narrow.ndim:
        return _listed(values)
    spec = {"dtype": kind, "bdata": b64encode(np.ascontiguousarray(narrow).data).decode("ascii")}
    return spec if narrow.ndim == 1 else spec | {"shape": ", ".join(map(str, narrow.shape))}


def _narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers of 64 bits in fewer, since a browser has no such array."""
    if values.dtype not in (np.int64, np.uint64) or not values.size:
        return values
    low, high = values.min(), values.max()
    for kind in _NARROWER[values.dtype.kind]:
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return values.astype(kind)
    return values
