"""One step of the training loop taken apart: zero_grad, forward, loss, backward, step, with the
numbers that each of the five reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab import parts
from nnlab.batches import replay
from nnlab.losses import LOSSES
from nnlab.network import LayerTrace, layers, trace
from nnlab.training import Run


@dataclass(frozen=True, eq=False)
class StepTrace:
    """The numbers of one step, for a batch of B rows and P parameters, all on the CPU.

    layers: what each layer computed for the batch outside training; target and prediction
    [B, outputs], terms [B, outputs] (each row's share of the loss before
    the mean), parts: the parameters' names; before, gradient [P]; old_gradient [P], what `.grad`
    held when the step began (None before the first backward); after [P], or None where the run
    ends.
    """

    step: int
    layers: tuple[LayerTrace, ...]
    target: Tensor
    prediction: Tensor
    terms: Tensor
    loss: float
    parts: list[str]
    before: Tensor
    old_gradient: Tensor | None
    gradient: Tensor
    after: Tensor | None


def trace_step(run: Run, moment: int) -> StepTrace:
    """Take the step at a recorded moment apart."""
    experiment, step = run.experiment, int(run.steps[moment])
    samples, stream = replay(experiment, step)
    module = run.module(moment).cpu().train()
    for layer in layers(module):
        if layer.dropout is not None:
            layer.dropout.generator = stream
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(samples.y, experiment.network.outputs)
    with torch.no_grad():
        prediction = module(samples.x)
        criterion = LOSSES.make(choice)
        criterion.reduction = "none"
        terms = criterion(prediction, target)
    return StepTrace(
        step,
        trace(module.eval(), samples.x),
        target,
        prediction,
        terms,
        float(run.losses[moment]),
        parts.names(experiment.sizes, experiment.norms),
        run.parameters[moment],
        run.at(step - 1).gradients[0] if step > 0 else None,
        run.gradients[moment],
        run.at(step + 1).parameters[0] if step < int(run.steps[-1]) else None,
    )
