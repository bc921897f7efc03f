"""The colours hold what the palette promises: on both themes, and to colour-blind readers."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures import palette

BACKGROUNDS = ("#ffffff", "#0e1117")

# Full-severity matrices for linear RGB: Machado, Oliveira and Fernandes 2009, table 1.
COLOUR_BLIND = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
values = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("colour", sorted({*palette.SERIES, palette.SELECTED, palette.QUIET}))
def test_lines_are_seen_on_both_themes(colour: str, background: str) -> None:
    assert palette.contrast(colour, background) >= 3


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    light = [(channel / 255) ** 2.2 for channel in palette.channels(colour)]
    mixed = [sum(m * c for m, c in zip(row, light, strict=True)) for row in matrix]
    return [max(value, 0) ** (1 / 2.2) for value in mixed]


@pytest.mark.parametrize("matrix", COLOUR_BLIND.values(), ids=COLOUR_BLIND.keys())
def test_signs_are_told_apart(matrix: tuple[tuple[float, ...], ...]) -> None:
    marks = (palette.POSITIVE, palette.NEGATIVE, palette.NEUTRAL)
    for one, other in itertools.combinations(marks, 2):
        pairs = zip(seen(one, matrix), seen(other, matrix), strict=True)
        assert sum((a - b) ** 2 for a, b in pairs) ** 0.5 > 0.25


@given(values, st.floats(1e-6, 1e6))
def test_text_on_the_scale_is_readable(value: float, limit: float) -> None:
    fill = palette.diverging(value, limit)
    assert palette.contrast(palette.ink(fill), fill) >= 4.5


@given(st.floats(0.01, 1e6), st.floats(0, 1e6))
def test_the_scale_is_neutral_in_the_middle_and_full_beyond_its_ends(
    limit: float, more: float
) -> None:
    assert palette.diverging(0.0, limit) == palette.NEUTRAL
    assert palette.diverging(limit + more, limit) == palette.POSITIVE
    assert palette.diverging(-limit - more, limit) == palette.NEGATIVE


def test_what_is_no_number_is_neutral() -> None:
    assert palette.diverging(float("nan"), 1.0) == palette.NEUTRAL
    assert palette.diverging(1.0, 0.0) == palette.NEUTRAL
    assert palette.diverging(1.0, float("nan")) == palette.NEUTRAL


@given(colours, colours)
def test_mixing_starts_and_ends_where_it_says(one: str, other: str) -> None:
    assert palette.mix(one, other, 0.0) == one
    assert palette.mix(one, other, 1.0) == other


@given(colours, colours)
def test_contrast_is_symmetric_and_within_its_range(one: str, other: str) -> None:
    assert palette.contrast(one, other) == palette.contrast(other, one)
    assert 1 <= palette.contrast(one, other) <= 21


@pytest.mark.parametrize(("value", "colour"), [(2.0, "POSITIVE"), (-2.0, "NEGATIVE")])
def test_signs_have_their_colours(value: float, colour: str) -> None:
    assert palette.sign_color(value) == getattr(palette, colour)


def test_a_figure_leaves_font_and_background_to_the_theme() -> None:
    layout = palette.figure(200, [{"type": "scatter", "x": [1], "y": [2]}]).layout
    assert layout.font.color is None
    assert layout.paper_bgcolor == layout.plot_bgcolor == palette.TRANSPARENT
    assert layout.height == 200


def test_layout_given_by_a_figure_wins() -> None:
    assert palette.figure(200, showlegend=True).layout.showlegend


def test_what_is_none_is_not_said_to_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "CHECKED", False)
    drawn = palette.figure(200, yaxis={"type": "linear", "range": None}, title=None)
    assert drawn.to_plotly_json()["layout"]["yaxis"] == {"type": "linear"}
    assert "title" not in drawn.to_plotly_json()["layout"]


def test_many_numbers_are_drawn_as_they_are_and_gaps_and_names_stay_what_they_are() -> None:
    many, gaps, names = [place / 7 for place in range(50)], [None] * 50, [str(n) for n in range(50)]
    traces = [{"type": "scatter", "x": x, "y": many} for x in (many, gaps, names)]
    drawn = [list(trace.x) for trace in palette.figure(100, traces).data]
    assert drawn == [many, gaps, names]
