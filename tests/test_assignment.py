"""A teacher's link says just one assignment, in any script; a damaged one is one sentence."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.assignment import VERSION, Assignment
from nnlab.codec import encode
from nnlab.limits import ExperimentError

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
GROUPS = st.lists(st.from_regex("[a-z][a-z0-9_]{0,30}", fullmatch=True), max_size=4).map(tuple)
OPTIONS = st.one_of(st.just(()), st.lists(WORDS, min_size=2, max_size=8, unique=True).map(tuple))

FROZEN = (
    "eNodysEKAjEMBNBfKTnvxWsvfoYHESkmboOhXZPUIuK_u_E0w5v5wIvUuDfIhwWEzKLCJuW9ah8NYYHnI"
    "PP_BU6VlNJkkcSeqOFx3_sWq0E-g_S5Q-W1wiUSkVo4Fi8h0m8PwhAtTiGl2SS93lnNIbsO-v4AmtoyRg"
)


def assignments() -> st.SearchStrategy[Assignment]:
    return st.builds(
        Assignment, st.sampled_from(["playground", "neuron"]), WORDS, OPTIONS, GROUPS, GROUPS,
        st.booleans(),
    )  # fmt: skip


@given(assignments())
def test_round_trip_in_any_script(assignment: Assignment) -> None:
    assert Assignment.from_text(assignment.to_text()) == assignment
    assert Assignment.from_json(json.loads(json.dumps(assignment.to_json()))) == assignment


@given(assignments(), st.data())
@settings(max_examples=60)
def test_a_text_that_was_cut_or_changed_is_refused(
    assignment: Assignment, data: st.DataObject
) -> None:
    text = assignment.to_text()
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters().filter(lambda each: each != text[place]))
    for broken in (text[:place], text[:place] + sign + text[place + 1 :], text + sign):
        with pytest.raises(ExperimentError):
            Assignment.from_text(broken)


@given(st.text())
def test_any_text_is_refused_in_a_sentence(text: str) -> None:
    for each in (text, encode(text), encode(f'{{"lesson":{text}}}')):
        with pytest.raises(ExperimentError) as refused:
            Assignment.from_text(each)
        assert str(refused.value)


@pytest.mark.parametrize(
    "more",
    [
        {"lesson": "../admin"},
        {"lesson": "javascript:alert(1)"},
        {"lesson": 7},
        {"question": ""},
        {"question": "x" * 501},
        {"question": "\ud800"},
        {"options": ["only one"]},
        {"options": ["same", "same"]},
        {"options": ["x" * 121, "y"]},
        {"options": [""] * 2},
        {"options": [str(place) for place in range(9)]},
        {"hidden": ["*{display:none}"]},
        {"locked": "data"},
        {"answer_first": 1},
        {"version": VERSION + 1},
        {"version": 10**400},
        {"colour": "red"},
    ],
)
def test_what_is_not_allowed_is_refused(more: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"version": VERSION, "lesson": "neuron", "question": "Why?"}
    assert Assignment.from_text(encode(json.dumps(plain)))
    with pytest.raises(ExperimentError):
        Assignment.from_text(encode(json.dumps(plain | more)))


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"lesson":' * 5000,
        '{"question":' + "9" * 5000 + "}",
        '{"question":NaN}',
        "x" * 1_000_000,
    ],
)
def test_what_is_hostile_is_refused(hostile: str) -> None:
    for text in (hostile, encode(hostile)):
        with pytest.raises(ExperimentError):
            Assignment.from_text(text)


def test_a_small_text_does_not_unfold_without_end() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000, 9)).decode()
    with pytest.raises(ExperimentError):
        Assignment.from_text(bomb)


def test_a_link_of_version_1_opens_for_ever() -> None:
    assert Assignment.from_text(FROZEN) == Assignment(
        "playground",
        "Where will it end?",
        ("low", "high"),
        hidden=("data",),
        locked=("rate",),
        answer_first=True,
    )
