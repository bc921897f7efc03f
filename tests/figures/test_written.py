"""A figure is written as Plotly writes it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnlab.figures import palette
from nnlab.figures.landscape import Ground, Mark, Trail, contours, relief
from nnlab.figures.written import written

KINDS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
array = st.sampled_from([*KINDS, "float32", "float64", "bool", "float16"]).flatmap(
    lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=1, max_dims=2, min_side=0))
)
number = st.one_of(st.floats(), st.integers(-(2**40), 2**40), st.none(), st.text(max_size=4))
column = st.one_of(array, st.lists(number), st.lists(st.lists(number)))


def same(figure: go.Figure) -> bool:
    told: bool = json.loads(written(figure)) == json.loads(figure.to_json(remove_uids=False))
    return told


@given(column, column)
def test_the_columns_of_a_trace(x: Any, text: Any) -> None:
    trace = {"type": "scatter", "x": x, "text": text, "uid": "it", "marker": {"color": x}}
    assert same(go.Figure({"data": [trace], "layout": {}}, _validate=False))


@pytest.mark.parametrize("ends", [(0, 1), [0.5, np.float32(2)], np.array([1.0, 2.0])])
def test_the_layout(ends: Any) -> None:
    shapes = [{"type": "path", "path": "M0,1L</>&", "line": {"width": 1.1}}]
    assert same(palette.figure(200, [], xaxis={"range": ends}, shapes=shapes, title={"text": "é"}))


@pytest.mark.parametrize("draw", [contours, relief])
def test_a_landscape(draw: Any) -> None:
    side = np.linspace(-1, 1, 9)
    trail = Trail("SGD", [0.0, 1.0] * 20, [1.0, 0.5] * 20, [1.0, float("nan")] * 20, 0)
    ground = Ground(side, side, np.add.outer(side**2, side**2), ("x", "y"))
    assert same(draw(ground, [trail], [Mark("ball", 0.0, 0.0, float("inf"))]))
