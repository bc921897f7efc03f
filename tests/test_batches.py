"""The draws of a step can be made again without the training."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.batches import draw_masks, replay
from nnlab.dropout import Dropout
from nnlab.experiment import Experiment
from nnlab.network import layers
from nnlab.step import trace_step
from nnlab.training import train
from tests.strategies import experiments


@settings(max_examples=30, deadline=None)
@given(experiments(), st.integers(0, 20))
def test_the_masks_of_a_step_are_those_that_its_forward_pass_draws(
    experiment: Experiment, step: int
) -> None:
    samples, stream = replay(experiment, step)
    masks = draw_masks(experiment, step, len(samples.x), replay(experiment, step)[1])
    run = train(experiment, engine="reference")
    if step < len(run):
        module = run.module(step)
        for layer, mask in zip(layers(module), masks, strict=True):
            dropped = Dropout(0.0 if layer.dropout is None else layer.dropout.p, stream)
            ones = torch.ones(len(samples.x), layer.linear.out_features)
            assert torch.equal(dropped(ones), ones if mask is None else mask)


@settings(max_examples=30, deadline=None)
@given(experiments(), st.integers(0, 20))
def test_a_step_taken_apart_meets_the_same_rows_and_masks(experiment: Experiment, at: int) -> None:
    run = train(experiment, engine="reference")
    step = trace_step(run, at % len(run))
    torch.testing.assert_close(float(step.terms.mean()), step.loss, equal_nan=True)
