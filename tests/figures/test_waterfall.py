from __future__ import annotations

import itertools

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures.waterfall import Waterfall, waterfall

number = st.floats(-20, 20)
terms = st.lists(st.tuples(number, number), min_size=1, max_size=8)


def drawn(pairs: list[tuple[float, float]], bias: float) -> tuple[go.Figure, Waterfall]:
    products = tuple(x * w for x, w in pairs)
    shown = Waterfall(
        tuple(x for x, _ in pairs),
        tuple(w for _, w in pairs),
        products,
        bias,
        sum(products) + bias,
    )
    return waterfall(shown), shown


def bars(figure: go.Figure) -> go.Bar:
    return next(trace for trace in figure.data if trace.type == "bar")


@given(terms, number)
def test_each_bar_starts_where_the_one_before_it_ended(
    pairs: list[tuple[float, float]], bias: float
) -> None:
    figure, shown = drawn(pairs, bias)
    bar = bars(figure)
    ends = [start + length for start, length in zip(bar.base, bar.x, strict=True)]
    assert list(bar.base[1:-1]) == [pytest.approx(end) for end in ends[:-2]]
    assert bar.base[0] == bar.base[-1] == 0
    assert ends[-2:] == [pytest.approx(shown.total)] * 2


@given(terms, number)
def test_every_bar_is_a_part_and_says_its_sign(
    pairs: list[tuple[float, float]], bias: float
) -> None:
    figure, shown = drawn(pairs, bias)
    bar = bars(figure)
    assert list(bar.customdata) == [f"w0.0.{i}" for i in range(len(pairs))] + ["b0.0", "u0.0"]
    assert [float(text) for text in bar.text] == [
        pytest.approx(value, abs=0.00051) for value in (*shown.products, bias, shown.total)
    ]
    assert all(text[0] in "+-" for text in bar.text)
    striped = [shape == "/" for shape in bar.marker.pattern.shape]
    assert striped == [length < 0 for length in bar.x]


@given(terms, number)
def test_everything_is_inside_the_picture(pairs: list[tuple[float, float]], bias: float) -> None:
    figure, shown = drawn(pairs, bias)
    low, high = figure.layout.xaxis.range
    ends = itertools.accumulate((*shown.products, bias))
    assert all(low < end < high for end in (0.0, shown.total, *ends))


def test_pointing_at_a_bar_tells_its_arithmetic() -> None:
    figure, _shown = drawn([(2.0, 3.0), (1.0, -1.0)], 0.5)
    assert "2.0000 × 3.0000 = 6.0000" in bars(figure).hovertext[0]
    assert "sum so far: 5.0000" in bars(figure).hovertext[1]
    assert "5.5000" in bars(figure).hovertext[2]
