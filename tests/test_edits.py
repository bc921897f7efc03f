"""Edits survive the way through a link, and nonsense in a link is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.edits import edit, from_text, has_faults, interventions, to_text, undo, without

SIZES = (3, 2, 1)
PARTS = ["w0.0.0", "w0.1.2", "w1.0.1", "b0.1", "b1.0"]

some_edits = st.dictionaries(
    st.sampled_from(PARTS), st.floats(-10, 10).map(lambda value: round(value, 4))
)


@given(some_edits)
def test_a_link_brings_back_the_edits_in_their_order(edits: dict[str, float]) -> None:
    assert list(from_text(to_text(edits), SIZES).items()) == list(edits.items())


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert set(from_text(text, SIZES)) <= {
        *(f"w0.{o}.{i}" for o in range(2) for i in range(3)),
        *("w1.0.0", "w1.0.1", "b0.0", "b0.1", "b1.0"),
    }


@pytest.mark.parametrize(
    "text", ["w5.0.0:1", "w0.2.0:1", "w0.0.3:1", "b1.1:0", "w0.0.0:nan", "w0.0.0:1e99", "x0:1", ":"]
)
def test_what_is_no_edit_of_this_network_is_left_out(text: str) -> None:
    assert from_text(f"{text},b0.0:2", SIZES) == {"b0.0": 2.0}


def test_learning_rates_are_no_parts() -> None:
    assert from_text("learning_rate:0.5", SIZES) == {}


@given(some_edits, st.sampled_from(PARTS), st.floats(-10, 10))
def test_undo_takes_back_the_latest(edits: dict[str, float], part: str, value: float) -> None:
    assert undo(edit(edits, part, value)) == without(edits, part)


def test_editing_a_part_again_makes_it_the_latest() -> None:
    edits = edit({"b0.0": 1.0, "b0.1": 2.0}, "b0.0", 3.0)
    assert list(edits) == ["b0.1", "b0.0"]
    assert edits["b0.0"] == 3.0


@given(some_edits)
def test_each_edit_is_an_intervention_before_the_first_step(edits: dict[str, float]) -> None:
    made = interventions(edits)
    assert [(each.step, each.field, each.value) for each in made] == [
        (0, part, value) for part, value in edits.items()
    ]


@pytest.mark.parametrize(
    "text", ["nonsense", "w0.0.0:", "w0.0.0:inf", "b0.0:1,,", "learning_rate:1"]
)
def test_text_that_is_no_edit_is_a_fault(text: str) -> None:
    assert has_faults(text)


@pytest.mark.parametrize("text", ["", "w0.0.0:1", "w40.0.0:1,b0.1:-1e-05"])
def test_edits_of_some_network_are_none(text: str) -> None:
    assert not has_faults(text)
