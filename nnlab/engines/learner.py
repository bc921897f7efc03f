"""A learner trains one experiment's network, and rests between `backward` and the update, so that
each moment has its loss and gradients. What is the same for all engines stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Generator, nn

from nnlab.checkpoints import Checkpoint
from nnlab.datasets import Samples
from nnlab.experiment import Experiment
from nnlab.losses import LOSSES, measured
from nnlab.network import begin
from nnlab.patience import Patience


class Learner(Protocol):
    """`step` is the step looked at last, and `pace` the steps between two that are worth keeping:
    to train so many takes about as long as a person notices."""

    step: int
    pace: int
    patience: Patience

    def go(self, last: int) -> int | None:
        """Look at the steps up to `last`, the first of them 0, with an update between two; the
        history gets their moments. Stops when the patience is over, or soon after a loss that is
        NaN or infinite: returns that loss's step, or None."""

    def checkpoint(self) -> Checkpoint:
        """Everything that is needed to go on from here."""

    def resume(self, checkpoint: Checkpoint) -> None:
        """Be at rest at the checkpoint's step."""


@dataclass(frozen=True)
class Start:
    """The network, the stream of random numbers, the training rows with targets as the loss
    compares them, and the rows that judge when the patience is over."""

    module: nn.Sequential
    generator: Generator
    samples: Samples
    judges: Samples
    criterion: nn.Module

    @classmethod
    def of(cls, experiment: Experiment, device: str) -> Start:
        """Raises ExperimentError for a device that isn't there."""
        beginning = begin(experiment, device)
        samples, held_out = (
            with_targets(experiment, each) for each in (beginning.samples, beginning.test)
        )
        judges = held_out if len(held_out.x) else samples
        criterion: nn.Module = LOSSES.make(experiment.training.loss)
        return cls(beginning.module, beginning.generator, samples, judges, criterion)

    def judged(self) -> float:
        """The loss outside training on the rows that are held out, or else on all rows."""
        self.module.eval()
        with torch.no_grad():
            loss = measured(self.criterion, self.module(self.judges.x), self.judges.y)
        self.module.train()
        return float(loss)


def with_targets(experiment: Experiment, samples: Samples) -> Samples:
    """The samples with their targets as the loss compares them."""
    target = LOSSES[experiment.training.loss.name].target
    return Samples(samples.x, target(samples.y, experiment.network.outputs))
