from __future__ import annotations

import itertools

import plotly.graph_objects as go
import pytest
import torch

from nnlab.figures import palette
from nnlab.figures import tensor as pictures
from nnlab.figures.cells import Drawn, Placed, column, corner, two_columns
from nnlab.tensors import conversion, index, memory
from nnlab.tensors.cells import Cell, cells, numbers, part
from nnlab.tensors.conversion import Conversion
from nnlab.tensors.memory import Writing
from nnlab.tensors.operations import OPERATIONS, Combination, attempt, combine

SHAPES = [(), (1,), (5,), (2, 3), (6, 1), (2, 3, 4), (3, 1, 1), (2, 2, 2, 3), (0,), (2, 0)]
FITTING = [
    Combination(name, first, second)
    for name, operation in OPERATIONS.items()
    for first, second in operation.fits
]


def middles(figure: go.Figure) -> dict[str, tuple[float, float]]:
    """Where the number of each cell stands, by the cell's id."""
    trace = figure.data[-1]
    return dict(zip(trace.customdata, zip(trace.x, trace.y, strict=True), strict=True))


def texts(figure: go.Figure) -> dict[str, str]:
    """What each cell shows, by its id."""
    trace = figure.data[-1]
    plain = (text.removeprefix("<b>").removesuffix("</b>") for text in trace.text)
    return dict(zip(trace.customdata, plain, strict=True))


def outlines(figure: go.Figure, color: str, dash: str) -> int:
    """How many cells are drawn with an edge of this colour and dash."""
    looks = [one for one in figure.data if one.fill == "toself"]
    found = [one for one in looks if (one.line.color, one.line.dash) == (color, dash)]
    return sum(list(one.x).count(None) for one in found)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_number_is_drawn_once_in_a_place_of_its_own(shape: tuple[int, ...]) -> None:
    t = torch.arange(float(torch.Size(shape).numel())).reshape(shape)
    figure = pictures.whole(t)
    expected = {part("t", cell): text for cell, text in numbers(t).items()}
    assert texts(figure) == expected
    places = list(middles(figure).values())
    for (x1, y1), (x2, y2) in itertools.combinations(places, 2):
        assert abs(x1 - x2) >= 1 - 1e-9 or abs(y1 - y2) >= 1 - 1e-9
    low, high = figure.layout.xaxis.range
    bottom, top = figure.layout.yaxis.range
    assert all(low + 0.5 <= x <= high - 0.5 and top < y <= bottom - 0.5 for x, y in places)


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_the_chosen_cell_and_what_made_it_are_marked(combination: Combination) -> None:
    found = combine(combination)
    for cell in found.cells:
        figure = pictures.combined(found, cell)
        made_by = list(found.inputs(cell).values())
        assert outlines(figure, palette.SELECTED, "solid") == 1
        assert outlines(figure, palette.POSITIVE, "solid") == len(made_by[0])
        if len(made_by) > 1:
            assert outlines(figure, palette.NEGATIVE, "dash") == len(made_by[1])


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_every_cell_of_the_result_knows_what_made_it(combination: Combination) -> None:
    found = combine(combination)
    figure = pictures.combined(found, found.cells[0])
    drawn = set(figure.data[-1].customdata)
    for cell in found.cells:
        made_of = figure.layout.meta["made_of"][part("c", cell)]
        wanted = {part(name, one) for name, many in found.inputs(cell).items() for one in many}
        assert set(made_of) == wanted <= drawn


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_the_result_fills_cell_by_cell(combination: Combination) -> None:
    found = combine(combination)
    full = {part("c", cell): text for cell, text in numbers(found.result).items()}
    for order, cell in enumerate(found.cells):
        shown = texts(pictures.combined(found, cell))
        filled = {one: text for one, text in shown.items() if one in full and text}
        assert filled == dict(list(full.items())[: order + 1])


def test_pointing_at_a_later_cell_says_what_makes_it_but_not_its_number() -> None:
    found = combine(Combination())
    trace = pictures.combined(found, (0, 0)).data[-1]
    hovers = dict(zip(trace.customdata, trace.hovertext, strict=True))
    assert "220" in hovers["t.c.0.0"]
    assert "a[1, 0] * b[0, 1]" in hovers["t.c.1.1"]
    assert "640" not in hovers["t.c.1.1"]


def test_in_a_product_rows_and_columns_meet_in_their_cell() -> None:
    for a, b in OPERATIONS["mm"].fits:
        place = middles(pictures.combined(combine(Combination("mm", a, b)), (0, 0)))
        for row, col in cells((a[0], b[1])):
            x, y = place[part("c", (row, col))]
            assert y == place[part("a", (row, 0))][1]
            assert x == place[part("b", (0, col))][0]


@pytest.mark.parametrize("text", ["t[0]", "t[:, 1]", "t[t > 2]", "t[None]", "t[t > 99]", "t[1, 2]"])
def test_the_picked_cells_are_marked_in_the_whole_and_in_the_part(text: str) -> None:
    t = torch.arange(6).reshape(2, 3)
    found = index.pick(t, text)
    marked = outlines(pictures.picked(t, found), palette.POSITIVE, "solid")
    assert marked == len(set(found.cells)) + found.part.numel()


def test_holders_on_one_memory_stand_together_and_show_the_change() -> None:
    writing = Writing("tensor", 3, 9.0)
    figure = pictures.shared(writing, memory.write(writing))
    place = middles(figure)
    left = {name: place[part(name, (0,))][0] for name in ("array", "tensor", "back", "copy")}
    assert left["array"] == left["tensor"] == left["back"] < left["copy"]
    assert texts(figure)["t.view.1.1"] == "9"
    assert texts(figure)["t.copy.3"] == "4"
    assert outlines(figure, palette.SELECTED, "solid") == 1
    assert outlines(figure, palette.POSITIVE, "solid") == 3


@pytest.mark.parametrize("dtype", sorted(conversion.DTYPES))
def test_lost_numbers_are_marked(dtype: str) -> None:
    found = conversion.convert(Conversion(2.7, dtype))
    assert outlines(pictures.converted(found), palette.NEGATIVE, "dash") == len(found.lost)


def test_a_refused_attempt_shows_its_operands_and_no_result() -> None:
    refused = texts(pictures.attempted(attempt(Combination("mm", (2, 3), (2, 3)))))
    assert {one[:3] for one in refused} == {"t.a", "t.b"}


@pytest.mark.parametrize("arrangement", [column, corner, lambda drawn: two_columns(drawn, 2)])
def test_no_two_tensors_overlap(arrangement: pictures.Arrangement) -> None:
    drawn = [Drawn(name, shape, dict.fromkeys(cells(shape), "0")) for name, shape in THREE.items()]
    covered: list[tuple[float, float]] = []
    for one in arrangement(drawn):
        assert isinstance(one, Placed)
        covered += [one.corner(sheet, row + 0.5, col + 0.5) for _c, sheet, row, col in one.places()]
    for (x1, y1), (x2, y2) in itertools.combinations(covered, 2):
        assert abs(x1 - x2) >= 1 - 1e-9 or abs(y1 - y2) >= 1 - 1e-9


THREE: dict[str, Cell] = {"a": (2, 3), "b": (3, 2), "c": (2, 2)}


def test_a_figure_leaves_its_colours_of_text_to_the_theme() -> None:
    figure = pictures.whole(torch.ones(2, 3))
    assert all(trace.textfont.color is None for trace in figure.data)
