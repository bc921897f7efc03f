"""What is changed in a sheet is changed in the rows, and nothing else."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import Data, PointEdit, edited
from nnlab.limits import ExperimentError
from nnlab.registry import Choice
from nnlab.rows import Rows, draw_rows
from nnlab.table.sheet import Changes, changed, sheet

ROWS = tuple((float(i), -float(i), float(i % 2)) for i in range(6))
DATA = Data(Choice("points", (("classes", 2), ("rows", ROWS))), seed=0)
numbers = st.integers(-9, 9).map(float)
rows_of_numbers = st.tuples(numbers, numbers, st.sampled_from([0.0, 1.0]))


def rows(data: Data) -> Rows:
    return draw_rows(data, torch.Generator())


def lines(data: Data) -> list[list[float]]:
    return [list(line) for line in zip(*sheet(rows(data)), strict=True)]


def after(data: Data, changes: Changes) -> Data:
    return changed(data, rows(data), changes)


def test_a_sheet_holds_the_rows() -> None:
    assert lines(DATA) == [list(row) for row in ROWS]


@given(st.dictionaries(st.integers(0, 5), st.dictionaries(st.integers(0, 1), numbers)))
def test_a_changed_cell_changes_that_cell(cells: dict[int, dict[int, float]]) -> None:
    expected = lines(DATA)
    for place, row in cells.items():
        for column, value in row.items():
            expected[place][column] = value
    assert lines(after(DATA, Changes(cells=cells))) == expected


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), rows_of_numbers),
            st.tuples(st.just("remove"), st.integers(0, 99)),
            st.tuples(st.just("change"), st.tuples(st.integers(0, 99), rows_of_numbers)),
        ),
        max_size=12,
    )
)
def test_any_changes_one_after_the_other_do_what_they_do_to_a_list(changes: list) -> None:
    data, expected = DATA, lines(DATA)
    for kind, what in changes:
        if kind == "add":
            data = after(data, Changes(added=[dict(enumerate(what))]))
            expected.append(list(what))
        elif kind == "remove" and len(expected) > 1:
            place = what % len(expected)
            data = after(data, Changes(removed=[place]))
            del expected[place]
        elif kind == "change":
            place = what[0] % len(expected)
            data = after(data, Changes(cells={place: dict(enumerate(what[1]))}))
            expected[place] = list(what[1])
        assert lines(data) == expected
    assert Data.from_json(data.to_json()) == data


def test_an_emptied_cell_keeps_what_it_was_and_half_a_row_is_left_out() -> None:
    assert lines(after(DATA, Changes(cells={1: {0: None}}))) == lines(DATA)
    assert lines(after(DATA, Changes(added=[{0: 1.0}, {0: 1.0, 1: 2.0, 2: None}]))) == lines(DATA)


def test_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(ExperimentError):
        after(DATA, Changes(cells={0: {2: 5.0}}))


def test_the_last_row_can_not_be_taken_out() -> None:
    with pytest.raises(ExperimentError):
        after(DATA, Changes(removed=range(6)))


def test_an_added_point_can_be_moved_when_another_was_added_after_it() -> None:
    data = edited(DATA, PointEdit(6, (1.0, 1.0, 1.0)))
    data = edited(data, PointEdit(7, (2.0, 2.0, 0.0)))
    data = edited(data, PointEdit(6, (3.0, 3.0, 1.0)))
    assert lines(data)[6:] == [[3.0, 3.0, 1.0], [2.0, 2.0, 0.0]]


def test_the_number_of_a_point_that_was_taken_out_is_not_given_again() -> None:
    data = edited(DATA, PointEdit(6, (1.0, 1.0, 1.0)))
    data = edited(data, PointEdit(6))
    assert lines(data) == lines(DATA)
    assert data.n_row_numbers == 7
