"""A link says exactly one experiment, and anything else is refused in one sentence."""

from __future__ import annotations

import base64
import contextlib
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.limits import ExperimentError
from nnlab.permalink import fits, from_text, to_text
from tests.strategies import experiments

START = Experiment()


@given(experiments(), experiments())
@settings(max_examples=60)
def test_round_trip_from_any_start(experiment: Experiment, start: Experiment) -> None:
    assert from_text(to_text(experiment, start), start) == experiment


@given(experiments())
@settings(max_examples=20)
def test_equal_experiments_need_no_text(experiment: Experiment) -> None:
    assert to_text(experiment, experiment) == ""


@given(experiments(), st.data())
@settings(max_examples=80)
def test_a_text_that_was_cut_or_changed_is_refused_or_is_an_experiment(
    experiment: Experiment, data: st.DataObject
) -> None:
    text = to_text(experiment, START)
    place = data.draw(st.integers(0, max(len(text) - 1, 0)))
    sign = data.draw(st.characters())
    for broken in (text[:place], text[:place] + sign + text[place + 1 :], text + sign):
        with contextlib.suppress(ExperimentError):
            from_text(broken, START)


@given(st.text())
@settings(max_examples=100)
def test_any_text_is_refused_or_is_an_experiment(text: str) -> None:
    for each in (text, "~" + text, '{"' + text, f'{{"training":{text}}}'):
        with contextlib.suppress(ExperimentError):
            from_text(each, START)


@pytest.mark.parametrize(
    "text",
    [
        "~",
        "~é",
        "[1]",
        "null",
        "1e999",
        '{"seed":NaN}',
        '{"network":7}',
        '{"network":{"layers":{"a":1}}}',
        '{"interventions":null}',
        "[" * 100_000,
        '{"data":' * 5000,
        "~" + "A" * 100,
    ],
)
def test_what_is_no_experiment_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError):
        from_text(text, START)


def test_a_small_text_can_not_take_much_memory() -> None:
    bomb = "~" + base64.urlsafe_b64encode(zlib.compress(b" " * 200_000_000, 9)).decode()
    tracemalloc.start()
    try:
        with pytest.raises(ExperimentError):
            from_text(bomb, START)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_a_link_can_carry_is_bounded() -> None:
    assert fits("x" * 6000)
    assert not fits("x" * 6001)
