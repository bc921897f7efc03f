"""backward() adds to what `.grad` already holds. Here one number's `.grad` is followed over the
first steps of a training, with zero_grad and without."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from torch import Tensor, nn

from nnlab.batches import Batches
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment
from nnlab.losses import LOSSES
from nnlab.network import begin, locate
from nnlab.parts import names
from nnlab.training import Run, train


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
        train(
            replace(experiment, training=replace(experiment.training, zero_grad=clears)),
            engine=REFERENCE,
        )
        for clears in (False, True)
    )
    steps = min(experiment.n_steps, len(forgetful), len(careful))
    fresh = list(itertools.islice(_alone(forgetful, part), steps))
    piled, cleared = (run.gradients[:steps, place] for run in (forgetful, careful))
    return Accumulation(piled, cleared, piled.new_tensor(fresh))


def _alone(run: Run, part: str) -> Iterator[float]:
    """What the backward() of each moment adds, found by one with nothing in `.grad` before it."""
    experiment, beginning = run.experiment, begin(run.experiment)
    batches = Batches(experiment, beginning.samples, beginning.generator)
    module, choice = beginning.module, experiment.training.loss
    parameter, index = locate(module, part)
    for step, parameters in zip(run.steps.tolist(), run.parameters, strict=True):
        nn.utils.vector_to_parameters(parameters, module.parameters())
        samples = batches.at(step)
        target = LOSSES[choice.name].target(samples.y, experiment.network.outputs)
        module.zero_grad()
        LOSSES.make(choice)(module(samples.x), target).backward()
        yield float(parameter.grad[index]) if parameter.grad is not None else 0.0
