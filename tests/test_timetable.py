"""The timetable agrees with counting the steps one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnlab.timetable import timetable

CHANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=6).map(
    lambda changes: sorted(changes, key=lambda each: each[0])
)


@given(st.integers(1, 25), st.integers(1, 30), CHANGES)
def test_it_is_what_counting_says(rows: int, size: int, changes: list[tuple[int, int]]) -> None:
    table, step = timetable(rows, size, changes), 0
    for epoch in range(20):
        size = next((new for at, new in reversed(changes) if at <= step), size)
        assert table.step_of(epoch) == step
        for within, _rows in enumerate(range(0, rows, size)):
            assert table.epoch_of(step) == epoch
            assert table.batch_size_at(step) == min(size, rows)
            assert int(table.epochs_at(step)) == epoch
            assert (table.epochs_at(step) == epoch) == (within == 0)
            step += 1
