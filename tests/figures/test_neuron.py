"""The pictures of one neuron agree with each other and with its numbers."""

from __future__ import annotations

from itertools import chain

import plotly.graph_objects as go
import pytest

from nnlab.figures import neuron as pictures
from nnlab.gates import GATES
from nnlab.neuron import Neuron, draw, evaluate

PICTURES = (pictures.products_on_edges, pictures.sum_by_terms, pictures.operating_point)


def parts(figure: go.Figure) -> set[str]:
    given = (trace.customdata for trace in figure.data if trace.type in ("scatter", "bar"))
    return set(chain.from_iterable(data for data in given if data is not None)) - {""}


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_a_part_has_one_name_in_all_pictures(n: int) -> None:
    neuron = draw(n, 7)
    evaluation = evaluate(neuron)
    edges, bars, point = (parts(picture(neuron, evaluation)) for picture in PICTURES)
    assert {f"w0.0.{i}" for i in range(n)} | {"b0.0", "u0.0"} == bars
    assert bars <= edges
    assert point == {"u0.0"}


def test_the_plane_names_weights_bias_and_unit() -> None:
    neuron = draw(2, 7)
    named = parts(pictures.feature_plane(neuron, evaluate(neuron)))
    assert named == {"w0.0.0", "w0.0.1", "b0.0", "u0.0"}


def test_the_diagram_writes_each_product_on_its_edge() -> None:
    neuron = Neuron((2.0, -3.0), (0.5, 4.0), 0.0)
    figure = pictures.products_on_edges(neuron, evaluate(neuron))
    written = {text for trace in figure.data for text in trace.text or ()}
    assert {"1.00", "-12.0"} <= written


def test_the_curve_reaches_as_far_as_the_neuron() -> None:
    neuron = Neuron((5.0,), (5.0,), 0.0, "ReLU")
    curve = pictures.operating_point(neuron, evaluate(neuron)).data[0]
    assert curve.x[0] < 25 < curve.x[-1]


def test_a_feature_far_out_is_still_in_the_plane() -> None:
    neuron = Neuron((4.9, -4.9), (1.0, 1.0), 0.0)
    low, high = pictures.feature_plane(neuron, evaluate(neuron)).layout.xaxis.range
    assert low < -4.9 < 4.9 < high


@pytest.mark.parametrize("gate", tuple(GATES))
def test_each_corner_says_what_is_wanted_and_whether_it_is_given(gate: str) -> None:
    neuron = Neuron((1.0, 1.0), (1.0, 1.0), -1.5)
    corners = pictures.feature_plane(neuron, evaluate(neuron), GATES[gate]).data[-1]
    for text, wanted, given in zip(corners.text, GATES[gate], GATES["AND"], strict=False):
        assert text.startswith(f"target {int(wanted)}")
        assert text.endswith("✓" if wanted == given else "✗")
