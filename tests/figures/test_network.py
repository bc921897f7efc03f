"""Every weight is one edge and every unit one circle, with ids, signs and arithmetic right."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.figures import palette
from nnlab.figures.network import MOST_LABELS, WIDTHS, Diagram, diagram, show_products
from tests.figures.networks import network

MOST_TRACES = 20
BIGGEST = (10, *[32] * 6, 10)


def points(figure: go.Figure) -> dict[str, dict[str, Any]]:
    """Everything that can be pointed at: id -> its hover, text and place."""
    found: dict[str, dict[str, Any]] = {}
    for trace in figure.data:
        for index, part in enumerate(trace.customdata if trace.customdata is not None else ()):
            text = trace.text[index] if trace.text is not None else ""
            place = (trace.x[index], trace.y[index])
            found.setdefault(part, {"hover": trace.hovertext[index], "text": text, "place": place})
    return found


def lines(figure: go.Figure, color: str) -> int:
    """How many edges are drawn in a colour."""
    traces = (trace for trace in figure.data if trace.mode == "lines")
    return sum(len(trace.x) // 3 for trace in traces if trace.line.color == color)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 2, 1), (8, 1), (10, 5, 1), (4, 4, 4, 4, 2)])
def test_every_part_can_be_pointed_at(sizes: tuple[int, ...]) -> None:
    parts = set(points(diagram(network(*sizes))))
    expected = {f"x{i}" for i in range(sizes[0])}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        for out in range(outputs):
            expected |= {f"u{layer}.{out}", f"b{layer}.{out}"}
            expected |= {f"w{layer}.{out}.{i}" for i in range(inputs)}
    assert parts == expected


@given(st.lists(st.integers(1, 32), min_size=2, max_size=8))
@settings(max_examples=15, deadline=None)
def test_the_number_of_traces_is_small_and_always_the_same(sizes: list[int]) -> None:
    assert len(diagram(network(*sizes)).data) == len(diagram(network(1, 1)).data) < MOST_TRACES


def test_signs_have_their_colour_and_their_dash() -> None:
    drawing = network(4, 3, 2)
    weights = [w for layer in drawing.layers for row in layer.weight for w in row]
    figure = diagram(drawing)
    assert lines(figure, palette.POSITIVE) == sum(w > 0 for w in weights)
    assert lines(figure, palette.NEGATIVE) == sum(w < 0 for w in weights)
    dashes = {
        color: {trace.line.dash for trace in figure.data if trace.line.color == color}
        for color in (palette.POSITIVE, palette.NEGATIVE)
    }
    assert dashes[palette.POSITIVE].isdisjoint(dashes[palette.NEGATIVE])


def one_edge(weight: float, limit: float) -> Diagram:
    drawing = network(1, 1)
    return replace(drawing, layers=(replace(drawing.layers[0], weight=((weight,),)),), limit=limit)


@given(st.floats(0.001, 10), st.floats(0.001, 10))
@settings(deadline=None)
def test_a_larger_weight_is_never_thinner(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert width(one_edge(small, 5.0)) <= width(one_edge(large, 5.0)) <= WIDTHS[-1]


def width(drawing: Diagram) -> float:
    traces = diagram(drawing).data
    return next(t.line.width for t in traces if t.mode == "lines" and len(t.x))


@pytest.mark.parametrize("odd", [0.0, math.nan])
def test_an_edge_without_a_sign_is_quiet(odd: float) -> None:
    figure = diagram(one_edge(odd, 0.0))
    assert lines(figure, palette.QUIET) == 1


@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan])
def test_numbers_that_ran_away_are_drawn_too(odd: float) -> None:
    drawing = network(2, 2)
    layer = replace(drawing.layers[0], value=(odd, odd), weight=((odd, 1.0), (odd, odd)))
    assert diagram(replace(drawing, layers=(layer,))).to_json()


def test_pointing_at_an_edge_shows_its_product() -> None:
    drawing = replace(
        one_edge(0.5, 0.0),
        inputs=(-1.5,),
        layers=(replace(network(1, 1).layers[0], weight=((0.5,),)),),
    )
    assert "0.5 × (-1.5) = -0.75" in points(diagram(drawing))["w0.0.0"]["hover"]


def test_pointing_at_a_unit_shows_its_whole_arithmetic() -> None:
    hover = points(diagram(network(3, 2, 1)))["u0.1"]["hover"]
    assert hover.count(" × ") == 3
    assert "Sigmoid(z) = " in hover


def test_the_arithmetic_of_a_big_unit_says_how_much_is_left_out() -> None:
    hover = points(diagram(network(3, 32, 1)))["u1.0"]["hover"]
    assert "(24 more products)" in hover


def test_edges_can_show_what_the_caller_gives_them() -> None:
    drawing = network(1, 1)
    layer = replace(drawing.layers[0], edges=((-0.25,),))
    point = points(diagram(replace(drawing, layers=(layer,), edge_name="gradient")))["w0.0.0"]
    assert point["text"] == "-0.25"
    assert "gradient = -0.25" in point["hover"]


def test_edges_can_show_products() -> None:
    drawing = show_products(network(2, 1))
    product = drawing.layers[0].weight[0][1] * drawing.inputs[1]
    assert float(points(diagram(drawing))["w0.0.1"]["text"]) == pytest.approx(product, abs=0.006)


def test_few_edges_carry_their_number_and_many_do_not() -> None:
    def texts(drawing: Diagram) -> int:
        found = points(diagram(drawing))
        return sum(bool(point["text"]) for part, point in found.items() if part[0] == "w")

    assert texts(network(3, 2, 1)) == 8
    assert texts(network(8, 1)) == 8
    assert texts(network(10, 5, 1)) == 0
    assert MOST_LABELS <= 40


@pytest.mark.parametrize("sizes", [(3, 2, 1), (4, 3), (6, 2), (10, 10), (4, 4, 4, 2)])
def test_no_two_edges_are_pointed_at_in_the_same_place(sizes: tuple[int, ...]) -> None:
    found = points(diagram(network(*sizes)))
    places = [(round(x, 2), round(y)) for x, y in (found[p]["place"] for p in found if p[0] == "w")]
    assert len(set(places)) == len(places)


def test_a_big_layer_says_how_many_units_are_hidden() -> None:
    text = str(diagram(network(4, 32, 1)).to_dict())
    assert "22 more" in text


def test_hidden_units_have_no_edges() -> None:
    parts = points(diagram(network(*BIGGEST)))
    assert {part.split(".")[1] for part in parts if part.startswith("u2.")} == set(
        map(str, (0, 1, 2, 3, 4, 27, 28, 29, 30, 31))
    )
    assert not [part for part in parts if part.startswith("w2.15.") or part.endswith(".15")]


@pytest.mark.parametrize("selected", ["u1.15", "b1.15", "w1.15.17"])
def test_a_selected_part_in_the_folded_middle_is_shown(selected: str) -> None:
    assert selected in points(diagram(network(*BIGGEST, selected=selected)))


@pytest.mark.parametrize("selected", ["w0.1.2", "u0.1", "b1.0", "x2"])
def test_the_selected_part_is_marked(selected: str) -> None:
    def marks(figure: go.Figure) -> int:
        lines_ = [t for t in figure.data if t.line.color == palette.SELECTED]
        rings = [
            t for t in figure.data if t.mode == "markers" and t.marker.color == palette.SELECTED
        ]
        return sum(len(trace.x) for trace in (*lines_, *rings))

    assert marks(diagram(network(3, 2, 1))) == 0
    assert marks(diagram(network(3, 2, 1, selected=selected))) > 0


def test_every_layer_is_labelled() -> None:
    text = " ".join(
        label for t in diagram(network(3, 4, 2, 1)).data if t.mode == "text" for label in t.text
    )
    for words in ("Inputs", "3 values", "Hidden layer 1", "4 units", "Output", "1 unit", "Sigmoid"):
        assert words in text
