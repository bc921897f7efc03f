"""Written-out calculations say what was computed, and stay short."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.arithmetic import MOST_TERMS, UnitSum, brief, number, terms, worked

finite = st.floats(-(2.0**100), 2.0**100, width=32)


def unit(count: int) -> UnitSum:
    return UnitSum([0.5] * count, [-1.25] * count, 0.1, -0.525, 0.3717, "Sigmoid")


@given(finite)
def test_brief_numbers_fit_into_a_circle(value: float) -> None:
    assert len(brief(value)) <= 6


@given(st.floats(-9999, 9999))
def test_brief_numbers_are_near_the_value(value: float) -> None:
    assert float(brief(value)) == pytest.approx(value, rel=0.51, abs=1e-300)


@given(st.floats(0.01, 9999) | st.floats(-9999, -0.01))
def test_brief_numbers_of_usual_size_keep_two_digits(value: float) -> None:
    assert float(brief(value)) == pytest.approx(value, abs=max(0.0051, 0.006 * abs(value)))


@given(finite)
def test_numbers_keep_four_digits(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, rel=5.1e-4)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.00"), (1e-5, "1e-5"), (math.nan, "NaN"), (-math.inf, "-∞")]
)
def test_odd_numbers_are_written_too(value: float, text: str) -> None:
    assert brief(value) == text


def test_the_calculation_names_every_number_and_the_result() -> None:
    assert worked(UnitSum([0.12, -0.5], [1.3, -2.0], 0.1, 1.256, 0.7783, "Sigmoid")) == (
        "z = 0.12 × 1.3 + (-0.5) × (-2)",
        "  + 0.1",
        "  = 1.256",
        "Sigmoid(z) = 0.7783",
    )


@given(st.integers(1, 64))
def test_long_sums_say_how_many_terms_are_left_out(count: int) -> None:
    written = terms(unit(count))
    left_out = max(count - MOST_TERMS, 0)
    assert len(written) == min(count, MOST_TERMS) + bool(left_out) + 1
    assert not left_out or written[-2] == f"({left_out} more products)"
