from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.limits import ExperimentError
from nnlab.tensors.memory import HOLDERS, START, Writing, code, printed, write
from tests.interpreter import printed_by

SHARING = {"array", "tensor", "view", "back"}
writings = st.builds(
    Writing,
    st.sampled_from(sorted(HOLDERS)),
    st.integers(0, 3),
    st.floats(-10, 10).filter(lambda value: value not in START),
)


@given(writings)
def test_what_shares_memory_shows_the_change_and_nothing_else_does(writing: Writing) -> None:
    seen = write(writing)
    changed = {
        name for name, tensor in seen.tensors.items() if tensor.flatten().tolist() != list(START)
    }
    assert changed == set(seen.together(writing.holder))
    assert changed == (SHARING if writing.holder in SHARING else {writing.holder})
    assert {seen.tensors[name].flatten()[writing.place].item() for name in changed} == {
        writing.value
    }


@given(writings)
def test_one_writing_leaves_nothing_behind_for_the_next(writing: Writing) -> None:
    write(writing)
    assert write(Writing()).tensors["array"].tolist() == list(START)


def test_holders_are_what_their_lines_make() -> None:
    names: dict = {"np": __import__("numpy"), "torch": torch}
    for name, holder in HOLDERS.items():
        names[name] = eval(holder.line, names)  # noqa: S307
        assert torch.equal(torch.as_tensor(names[name]), write(Writing()).tensors[name])


@pytest.mark.parametrize("change", [{"holder": "x"}, {"place": 4}, {"value": float("nan")}])
def test_what_a_writing_cannot_be(change: dict) -> None:
    with pytest.raises(ExperimentError):
        Writing(**change)


def test_the_lines_print_what_the_page_shows() -> None:
    writings = [Writing(holder, place, -0.1) for holder in HOLDERS for place in range(4)]
    assert printed_by([code(one) for one in writings]) == [printed(write(one)) for one in writings]
