"""Values appear one by one, gradients too, and the part at work is lit."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.figures import palette
from nnlab.figures.backward import Moment, backward_diagram
from nnlab.figures.drawing import names
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.walk import walk
from nnlab.parts import names as part_names
from tests.gradients.networks import small


def moment(experiment: Experiment, at: int) -> Moment:
    told = backward_pass(experiment)
    walked = walk(told, 0, names(experiment.sizes))
    return Moment(told, walked, 0, at % len(walked))


def texts(figure: go.Figure) -> dict[str, str]:
    """Part -> the first text that stands at it."""
    found: dict[str, str] = {}
    for trace in figure.data:
        if trace.customdata is not None:
            for part, text in zip(trace.customdata, trace.text, strict=True):
                found.setdefault(part, text)
    return found


def lit(figure: go.Figure) -> list[Any]:
    first, ring = figure.data[0], figure.data[13]
    assert palette.SELECTED in {first.line.color, ring.marker.color}
    return [*first.x, *ring.x]


@settings(max_examples=25)
@given(small(), st.integers(0, 300))
def test_a_value_is_a_question_mark_until_it_is_computed(experiment: Experiment, at: int) -> None:
    here = moment(experiment, at)
    shown, known = texts(backward_diagram(here)), here.walk.known(here.at)
    for layer, units in enumerate(experiment.sizes[1:]):
        for unit in range(units):
            part = f"u{layer}.{unit}"
            assert (shown[part] == "?") == (("a", part) not in known)
    assert (shown["L"] == "?") == (("loss", "L") not in known)


@settings(max_examples=25)
@given(small(), st.integers(0, 300))
def test_backward_an_edge_shows_its_gradient_once_it_is_known(
    experiment: Experiment, at: int
) -> None:
    here = moment(experiment, at)
    shown, known = texts(backward_diagram(here)), here.walk.known(here.at)
    for part in part_names(experiment.sizes):
        if part.startswith("w"):
            assert bool(shown[part]) == (here.forward or ("dw", part) in known)


@settings(max_examples=25)
@given(small(), st.integers(0, 300))
def test_exactly_the_part_at_work_is_lit(experiment: Experiment, at: int) -> None:
    here = moment(experiment, at)
    assert bool(lit(backward_diagram(here))) == bool(here.selected)


@settings(max_examples=10)
@given(small(), small())
def test_the_number_of_traces_is_always_the_same(one: Experiment, other: Experiment) -> None:
    figures = [backward_diagram(moment(each, 5)) for each in (one, other)]
    assert len(figures[0].data) == len(figures[1].data)
