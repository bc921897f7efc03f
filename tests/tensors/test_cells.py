from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tensors.cells import cells, name, number, numbers, part, term

shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)


@given(shapes)
def test_cells_come_in_the_order_of_memory(shape: tuple[int, ...]) -> None:
    t = torch.arange(torch.Size(shape).numel()).reshape(shape)
    assert [t[cell].item() for cell in cells(shape)] == list(range(t.numel()))


@given(st.floats(-1000, 1000, width=32))
def test_a_number_is_shown_as_near_as_torch_prints_it(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, abs=0.5001e-4)


@given(st.floats(-1000, 1000, width=32))
def test_no_cell_shows_a_negative_zero(value: float) -> None:
    assert number(value) != "-0"
    assert number(-abs(value) * 1e-9) != "-0"


def test_negative_numbers_stand_in_brackets() -> None:
    assert (term(-2.0), term(2.5)) == ("(-2)", "2.5")


def test_names_and_ids() -> None:
    assert (name("a", (0, 1)), name("a", ())) == ("a[0, 1]", "a")
    assert (part("a", (0, 1)), part("a", ())) == ("t.a.0.1", "t.a")


def test_a_tensor_without_numbers_shows_none() -> None:
    assert set(numbers(torch.empty(2, 3, device="meta")).values()) == {"?"}


def test_truths_are_written_as_python_writes_them() -> None:
    assert numbers(torch.tensor([True, False])) == {(0,): "True", (1,): "False"}
