"""Units stand apart, inside the picture, and big layers fold without losing the selected part."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures.grid import MOST_UNITS, drawn_units, place

counts = st.lists(st.integers(1, 64), min_size=2, max_size=8)


@given(st.integers(1, 5000), st.integers(0, 4999))
def test_a_folded_layer_shows_both_ends_and_the_wanted_unit(count: int, wanted: int) -> None:
    wanted = min(wanted, count - 1)
    units = drawn_units(count, wanted)
    assert {0, wanted, count - 1} <= set(units)
    assert len(units) == min(count, MOST_UNITS)
    assert list(units) == sorted(set(units))


@given(counts)
def test_drawn_and_hidden_units_are_all_units(counts: list[int]) -> None:
    grid = place(counts, "")
    assert [len(r) + h for r, h in zip(grid.rows, grid.hidden, strict=True)] == counts


@given(counts)
def test_circles_do_not_touch_and_stay_inside(counts: list[int]) -> None:
    grid = place(counts, "")
    for rows in grid.rows:
        heights = list(rows.values())
        assert all(a - b > grid.sizes.circle for a, b in itertools.pairwise(heights))
        assert min(heights) - grid.sizes.circle / 2 > -grid.height
        assert max(heights) + grid.sizes.circle / 2 < -4 * grid.sizes.small


def test_eight_columns_of_circles_fit_on_a_phone() -> None:
    assert 8 * place([10, *[32] * 6, 10], "").sizes.circle < 340


@given(st.integers(0, 31), st.integers(0, 31))
def test_both_ends_of_a_selected_weight_are_drawn(out: int, into: int) -> None:
    grid = place([4, 32, 32, 2], f"w1.{out}.{into}")
    assert into in grid.rows[1]
    assert out in grid.rows[2]


def test_a_selection_that_is_no_part_changes_nothing() -> None:
    for selected in ("x", "u9.9", "w", "nonsense.5", "x1"):
        assert place([3, 2, 1], selected) == place([3, 2, 1], "")
