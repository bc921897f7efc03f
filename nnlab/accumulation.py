"""backward() adds to what `.grad` already holds. Here one number's `.grad` is followed over the
first steps of a training, with zero_grad and without."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from nnlab.experiment import Experiment
from nnlab.losses import LOSSES
from nnlab.network import locate
from nnlab.parts import names
from nnlab.training import Run, batch, train


@dataclass(frozen=True, eq=False)
class Accumulation:
    """One part's `.grad` just after each of S backward() calls: `piled` [S] in the training that
    forgets zero_grad, `cleared` [S] in the one that does not; and what one backward() alone gives
    at the same weights as `piled`, `fresh` [S]."""

    piled: Tensor
    cleared: Tensor
    fresh: Tensor


def accumulation(experiment: Experiment, part: str) -> Accumulation:
    """Follow a part's `.grad` through a training, both ways from the same start.

    Where a loss diverges, both end before it.
    """
    place = names(experiment.sizes).index(part)
    forgetful, careful = (
        train(replace(experiment, training=replace(experiment.training, zero_grad=clears)))
        for clears in (False, True)
    )
    steps = min(experiment.n_steps, len(forgetful), len(careful))
    fresh = [_alone(forgetful, moment, part) for moment in range(steps)]
    piled, cleared = (run.gradients[:steps, place] for run in (forgetful, careful))
    return Accumulation(piled, cleared, piled.new_tensor(fresh))


def _alone(run: Run, moment: int, part: str) -> float:
    """What a backward() at this moment adds, by one with nothing in `.grad` before it."""
    module, choice = run.module(moment).train(), run.experiment.training.loss
    samples = batch(run.experiment, int(run.steps[moment]))
    target = LOSSES[choice.name].target(samples.y, run.experiment.network.outputs)
    LOSSES.make(choice)(module(samples.x), target).backward()
    parameter, index = locate(module, part)
    return float(parameter.grad[index]) if parameter.grad is not None else 0.0
