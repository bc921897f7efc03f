"""The marks of the learning curves can be read, however many there are and wherever they stand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures.learning import Curves, Mark, flags, learning_curves

MARKS = st.lists(
    st.builds(Mark, st.floats(0, 40), st.text("wlr =0.1×", min_size=1), st.floats(0, 40))
)


@given(MARKS, st.floats(40, 500))
def test_no_flag_covers_another_and_every_mark_is_in_one(marks: list[Mark], last: float) -> None:
    found = flags(marks, last)
    for line in {flag.line for flag in found}:
        ends = sorted((flag.start, flag.end) for flag in found if flag.line == line)
        assert all(one[1] <= other[0] for one, other in pairwise(ends))
    assert sorted(m.epoch for flag in found for m in flag.marks) == sorted(m.epoch for m in marks)


def test_marks_without_room_are_counted_and_listed() -> None:
    marks = [Mark(10 + i / 10, f"lr = {i}") for i in range(9)]
    shown = learning_curves(Curves([0, 40], [1, 0], [], 40, marks)).layout.annotations
    assert [each.text for each in shown] == ["lr = 0", "lr = 1", "7 changes"]
    assert all(f"lr = {i}" in shown[-1].hovertext for i in range(2, 9))
