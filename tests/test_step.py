"""The five parts of a step agree with each other and with PyTorch."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment, Training
from nnlab.network import locate
from nnlab.step import trace_step
from nnlab.training import train
from tests.strategies import experiments


@settings(max_examples=30)
@given(experiments(), st.integers(0, 20))
def test_the_loss_is_the_mean_of_its_terms(experiment: Experiment, place: int) -> None:
    run = train(experiment)
    step = trace_step(run, place % len(run))
    torch.testing.assert_close(step.terms.mean(), torch.tensor(step.loss), equal_nan=True)


@settings(max_examples=20)
@given(st.integers(0, 49), st.floats(1e-4, 1.0), st.integers(1, 10))
def test_plain_sgd_moves_each_weight_against_its_gradient(
    moment: int, learning_rate: float, batch_size: int
) -> None:
    training = Training(learning_rate=learning_rate, batch_size=batch_size)
    step = trace_step(train(Experiment(training=training)), moment)
    assert step.after is not None
    torch.testing.assert_close(step.after, step.before - learning_rate * step.gradient)


def test_what_grad_holds_when_a_step_begins_is_the_last_steps_gradient() -> None:
    run = train(Experiment())
    assert trace_step(run, 0).old_gradient is None
    later = trace_step(run, 9).old_gradient
    assert later is not None
    assert torch.equal(later, run.gradients[8])


def test_the_last_moment_has_no_update_after_it() -> None:
    run = train(Experiment())
    assert trace_step(run, len(run) - 1).after is None


@settings(max_examples=20)
@given(experiments())
def test_every_number_stands_under_its_own_name(experiment: Experiment) -> None:
    run = train(experiment)
    step, module = trace_step(run, 0), run.module(0)
    for name, value in zip(step.parts, step.before, strict=True):
        parameter, index = locate(module, name)
        assert parameter[index] == value
