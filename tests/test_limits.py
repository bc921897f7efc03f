"""A rule lets through what it says it allows, and its error says what is wrong."""

from __future__ import annotations

import pytest

from nnlab.limits import (
    Either,
    ExperimentError,
    Flag,
    Many,
    Maybe,
    Number,
    OneOf,
    Pattern,
    Rule,
    Whole,
)

NUMBER, WHOLE = Number(-1.0, 2.0), Whole(1, 4096)
REFUSED = [
    (NUMBER, float("nan")),
    (NUMBER, float("inf")),
    (NUMBER, 2.0001),
    (NUMBER, "1"),
    (NUMBER, True),
    (NUMBER, None),
    (WHOLE, 10**9),
    (WHOLE, 0),
    (WHOLE, 2.0),
    (WHOLE, True),
    (Flag(), 1),
    (Many(WHOLE, 1, 2), []),
    (Many(WHOLE, 1, 2), [1, 2, 3]),
    (Many(WHOLE, 1, 2), [0]),
    (Many(WHOLE, 1, 2), "12"),
    (OneOf(("a", "b")), "c"),
    (OneOf(("a", "b")), 1),
    (OneOf(("a", "b")), ["a"]),
    (Pattern("[a-z]+", ("abc",)), "A"),
    (Maybe(WHOLE), "x"),
    (Either((WHOLE, Flag())), 0),
    (Either((WHOLE, Flag())), "true"),
]


@pytest.mark.parametrize(("rule", "value"), REFUSED)
def test_what_is_not_allowed_is_refused(rule: Rule, value: object) -> None:
    with pytest.raises(ExperimentError):
        rule.accept("field", value)


def test_the_error_names_the_field_the_value_and_the_range() -> None:
    with pytest.raises(ExperimentError) as caught:
        WHOLE.accept("network.hidden", 10**9)
    for part in ("network.hidden", "1000000000", "1", "4096"):
        assert part in str(caught.value)


def test_an_absurd_value_is_not_repeated_whole() -> None:
    with pytest.raises(ExperimentError) as caught:
        WHOLE.accept("field", "x" * 10**6)
    assert len(str(caught.value)) < 200


def test_values_come_back_in_one_form() -> None:
    assert NUMBER.accept("field", 1) == 1.0
    assert isinstance(NUMBER.accept("field", 1), float)
    assert Many(WHOLE, 1, 2).accept("field", [1, 2]) == (1, 2)
    assert Maybe(WHOLE).accept("field", None) is None
    assert Either((WHOLE, Flag())).accept("field", True) is True
