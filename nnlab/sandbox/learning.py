"""Training any nn.Module on an experiment's rows, in the order and with the settings that the
experiment asks for: the loop that everyone writes, with a report now and then."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from nnlab.batches import Batches
from nnlab.datasets import Samples
from nnlab.experiment import Experiment
from nnlab.losses import LOSSES, measured
from nnlab.optimizers import OPTIMIZERS
from nnlab.plane import natural_plane
from nnlab.rows import Rows
from nnlab.sandbox.question import GRID

LEAST = 40
"""Reports of a training, evenly spread, and one after every so many seconds."""
PAUSE_S = 0.5


@dataclass(frozen=True)
class Progress:
    """Where a training stands: epochs done, the losses outside training on the rows to learn and on
    those held out (NaN where there are none), and the first output over the plane, GRID x GRID
    numbers or none."""

    epoch: int
    loss: float
    test_loss: float
    picture: tuple[float, ...]


class ShapeError(ValueError):
    """Outputs that can't be compared with the targets: their shape, and the one that is needed."""

    def __init__(self, given: tuple[int, ...], needed: tuple[int, ...]) -> None:
        super().__init__(f"{given}, not {needed}")
        self.given, self.needed = given, needed


@dataclass(frozen=True)
class School:
    """The rows to learn, those held out, and the plane's places, all as the network sees them."""

    experiment: Experiment
    samples: Samples
    test: Samples
    places: Tensor

    @classmethod
    def of(cls, experiment: Experiment, rows: Rows) -> School:
        """There is no picture of data with more or fewer than two features."""
        places = torch.empty(0, experiment.data.n_features)
        if experiment.data.n_raw_features == 2:
            plane = natural_plane(rows, experiment.data)
            places = rows.preparation(plane.lift(plane.grid(GRID)))
        return cls(experiment, rows.samples(), rows.test_samples(), places)

    @property
    def outputs(self) -> int:
        """How many outputs the network is to have."""
        return self.experiment.network.outputs

    def train(self, module: nn.Module, generator: Generator) -> Iterator[Progress]:
        """Train to the end, or until the loss is NaN or infinite, with a report first and last and
        a few each second between. Raises ShapeError, and whatever the module raises."""
        epochs, said = self.experiment.training.epochs, time.monotonic()
        report = self._report(module, 0)
        yield report
        for epoch in self._epochs(module, generator) if math.isfinite(report.loss) else ():
            due = epoch % math.ceil(epochs / LEAST) == 0 or epoch == epochs
            if due or time.monotonic() - said >= PAUSE_S:
                report, said = self._report(module, epoch), time.monotonic()
                yield report
            if not math.isfinite(report.loss):
                return

    def _epochs(self, module: nn.Module, generator: Generator) -> Iterator[int]:
        """Train, giving the number of epochs done after each; nothing where there is nothing to
        train."""
        training = self.experiment.training
        parameters = [each for each in module.parameters() if each.requires_grad]
        if not parameters:
            return
        optimizer = OPTIMIZERS.make(training.optimizer, parameters, training.learning_rate)
        batches = Batches(self.experiment, self.samples, generator)
        per_epoch = self.experiment.steps_per_epoch
        for step in range(self.experiment.n_steps):
            optimizer.zero_grad()
            self._loss(module, batches.at(step)).backward()
            optimizer.step()
            if (step + 1) % per_epoch == 0:
                yield (step + 1) // per_epoch

    def _loss(self, module: nn.Module, samples: Samples) -> Tensor:
        outputs = module(samples.x)
        given = tuple(outputs.shape) if isinstance(outputs, Tensor) else ()
        if given != (len(samples.x), self.outputs):
            raise ShapeError(given, (len(samples.x), self.outputs))
        loss = self.experiment.training.loss
        target = LOSSES[loss.name].target(samples.y, self.outputs)
        return measured(LOSSES.make(loss), outputs, target)

    def _report(self, module: nn.Module, epoch: int) -> Progress:
        """Both losses and the picture, outside training."""
        module.eval()
        with torch.no_grad():
            loss = self._loss(module, self.samples).item()
            test = self._loss(module, self.test).item() if len(self.test.x) else math.nan
            shown = module(self.places)[:, 0].double() if len(self.places) else self.places
        module.train()
        return Progress(
            epoch, loss, test, tuple(round(each, 5) for each in shown.flatten().tolist())
        )
