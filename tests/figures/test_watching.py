"""What is watched is drawn number by number."""

from __future__ import annotations

import itertools

import pytest

from nnlab.figures.watching import (
    Line,
    Pairs,
    Spread,
    Table,
    confusion_matrices,
    lines,
    predicted_against_true,
    spreads,
)


def test_every_table_stands_beside_the_other_with_its_counts() -> None:
    figure = confusion_matrices([Table("a", [[3, 1], [0, 4]]), Table("b", [[1, 0], [1, 2]])], "no")
    assert [[list(row) for row in each.z] for each in figure.data] == [
        [[3, 1], [0, 4]],
        [[1, 0], [1, 2]],
    ]
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert [each.text for each in figure.layout.annotations] == ["a", "b"]


def test_a_spread_has_a_column_for_each_moment_and_a_row_for_each_bin() -> None:
    figure = spreads([Spread("h1", [0.0, 1.0], [0.0, 1.0, 2.0, 3.0], [[1, 2, 3], [4, 5, 6]])])
    (trace,) = figure.data
    assert [list(row) for row in trace.z] == [[1, 4], [2, 5], [3, 6]]
    assert list(trace.y) == [0.5, 1.5, 2.5]


@pytest.mark.parametrize("count", [1, 2, 9])
def test_pictures_side_by_side_fill_the_width_without_overlap(count: int) -> None:
    figure = spreads([Spread("", [0.0], [0.0, 1.0], [[1]])] * count)
    domains = sorted(
        tuple(figure.layout[f"xaxis{place or ''}"].domain) for place in [0, *range(2, count + 1)]
    )
    assert domains[0][0] == 0
    assert domains[-1][1] == pytest.approx(1)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(domains))


def test_lines_differ_in_colour_or_dash_and_nothing_is_lost_on_a_log_axis() -> None:
    figure = lines([0.0, 1.0], [Line(f"{i}", [0.0, 2.0]) for i in range(12)], "length", "log")
    looks = {(each.line.color, each.line.dash) for each in figure.data}
    assert len(looks) == 12
    assert all(value > 0 for each in figure.data for value in each.y)


def test_the_straight_line_spans_all_points() -> None:
    figure = predicted_against_true([Pairs("train", [1.0, 2.0], [0.0, 5.0])])
    assert list(figure.data[0].x) == [0.0, 5.0]
    assert list(figure.data[1].y) == [0.0, 5.0]
