"""Whatever was asked before, a run is the one that is trained from the start."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.training import Run, train
from nnlab.ui.runs import run_of
from tests.strategies import experiments
from tests.test_training import same


def asked(experiment: Experiment, epochs: int) -> tuple[Run, Run]:
    """As a page gets it, and trained from the start."""
    wanted = replace(experiment, training=replace(experiment.training, epochs=epochs))
    return run_of(wanted, "cpu"), train(wanted, engine="reference")


@settings(max_examples=40, deadline=None)
@given(experiments(), st.lists(st.integers(0, 8), min_size=2, max_size=4))
def test_more_and_fewer_epochs_are_the_same_as_from_the_start(
    experiment: Experiment, all_epochs: list[int]
) -> None:
    for epochs in all_epochs:
        found, whole = asked(experiment, epochs)
        assert found.experiment == whole.experiment
        assert same(found, whole)


def test_a_run_that_is_asked_again_is_the_same_object() -> None:
    assert run_of(Experiment(seed=4), "cpu") is run_of(Experiment(seed=4), "cpu")
