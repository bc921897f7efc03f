"""Training changes a network's parameters step by step so that the loss falls. A run is what
happened: the loss, the parameters and the gradients at every recorded step, stacked in tensors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnlab.datasets import Samples
from nnlab.devices import readable, resolve
from nnlab.experiment import Experiment
from nnlab.history import History
from nnlab.losses import LOSSES
from nnlab.network import begin, build, intervene
from nnlab.optimizers import OPTIMIZERS

STEPS = ("zero_grad", "forward", "loss", "backward", "step")
"""The five parts of the loop, in their order."""
CHUNK = 64
"""Steps between two looks at the losses for NaN or infinity."""


@dataclass(frozen=True, eq=False)
class Run:
    """What happened in R recorded moments. Moment i is the state just before update `steps[i]`:
    the parameters then, and the loss and gradients of that step's batch. The last moment is the
    state after the last update.

    steps [R] int64, losses [R], parameters [R, P], gradients [R, P], all on the CPU except on the
    `meta` device; the P parameters stand in the order of `module.parameters()`. `diverged_at` is
    the step whose loss was NaN or infinite, where the run ended, or None: the moments before it
    are there, and moment 0 always.
    """

    experiment: Experiment
    device: torch.device
    steps: Tensor
    losses: Tensor
    parameters: Tensor
    gradients: Tensor
    diverged_at: int | None

    def __len__(self) -> int:
        return len(self.steps)

    def moment(self, step: int) -> int:
        """The index of the last recorded moment at or before a step."""
        return max(int(torch.searchsorted(self.steps, step, right=True)) - 1, 0)

    def module(self, moment: int = -1) -> nn.Sequential:
        """The network as it was at a recorded moment, on the run's device."""
        module = build(self.experiment, str(self.device))
        nn.utils.vector_to_parameters(self.parameters[moment].to(self.device), module.parameters())
        return module

    def gradient(self, moment: int = -1) -> tuple[Tensor, ...]:
        """Each parameter's `.grad` at a moment, in the shapes of `module.parameters()`."""
        shapes = [each.shape for each in build(self.experiment).parameters()]
        flat = torch.split(self.gradients[moment], [shape.numel() for shape in shapes])
        return tuple(part.view(shape) for part, shape in zip(flat, shapes, strict=True))


class Trainer:
    """Trains an experiment's network as far as it is told to, and gives the run so far.

    It rests between `backward` and `step`, so that each moment has its loss and gradients.
    """

    def __init__(self, experiment: Experiment, device: str = "cpu") -> None:
        training = experiment.training
        beginning = begin(experiment, device)
        (x, y), self.module = beginning.samples, beginning.module
        samples = Samples(x, LOSSES[training.loss.name].target(y, experiment.network.outputs))
        self._batches = endless_batches(experiment, samples, beginning.generator)
        self.criterion: nn.Module = LOSSES.make(training.loss)
        self.optimizer: torch.optim.Optimizer = OPTIMIZERS.make(
            training.optimizer, list(self.module.parameters()), training.learning_rate
        )
        self.experiment, self.device = experiment, resolve(device)
        self.step = 0
        self.diverged_at: int | None = None
        self._history = History(experiment.n_steps + 1, experiment.n_parameters, self.device)
        self._notice_divergence([self._look()])

    @property
    def finished(self) -> bool:
        return self.diverged_at is not None or self.step >= self.experiment.n_steps

    @property
    def run(self) -> Run:
        """What has happened so far. Later steps do not change it."""
        steps, losses, parameters, gradients = self._history.stacked()
        return Run(
            self.experiment, self.device, steps, losses, parameters, gradients, self.diverged_at
        )

    def advance(self, steps: int) -> None:
        """Make up to so many updates; fewer when the experiment ends or the loss diverges."""
        last = min(self.step + steps, self.experiment.n_steps)
        while self.step < last and self.diverged_at is None:
            chunk = min(CHUNK, last - self.step)
            self._notice_divergence([self._update() for _ in range(chunk)])

    def _update(self) -> Tensor:
        """Finish this step with its update and look at the next one. Returns its loss."""
        self.optimizer.step()
        self.step += 1
        return self._look()

    def _look(self) -> Tensor:
        """Everything of a step but its update: zero_grad, forward, loss, backward."""
        self._intervene()
        x, y = next(self._batches)
        if self.experiment.training.zero_grad:
            self.optimizer.zero_grad()
        prediction = self.module(x)
        loss: Tensor = self.criterion(prediction, y)
        loss.backward()
        self._history.record(self.step, loss.detach(), list(self.module.parameters()))
        return loss.detach()

    def _intervene(self) -> None:
        now = [each for each in self.experiment.interventions if each.step == self.step]
        intervene(self.module, now if self.step > 0 else [])
        for each in now:
            if each.field == "learning_rate":
                self.optimizer.param_groups[0]["lr"] = each.value

    def _notice_divergence(self, losses: list[Tensor]) -> None:
        """End the run before the first of the newest losses that is NaN or infinite."""
        if not readable(self.device):
            return
        broken = torch.stack(losses).isfinite().logical_not().nonzero()
        if len(broken):
            self.diverged_at = self.step - len(losses) + 1 + int(broken[0])
            self._history.cut(max(self.diverged_at, 1))


def endless_batches(
    experiment: Experiment, samples: Samples, generator: torch.Generator
) -> Iterator[Samples]:
    """Batch after batch; each epoch begins anew, so that no leftover rows leak into the next.
    The order is drawn on the CPU, so that every device sees the same."""
    n_samples, size = len(samples.x), experiment.batch_size
    shuffle = experiment.training.shuffle
    while size == n_samples and not shuffle:
        yield samples
    while True:
        order = torch.randperm(n_samples, generator=generator) if shuffle else None
        order = torch.arange(n_samples) if order is None else order
        for rows in torch.split(order.to(samples.x.device), size):
            yield Samples(samples.x[rows], samples.y[rows])


def batch(experiment: Experiment, step: int) -> Samples:
    """The rows that the step's loss and gradients come from, and their targets, on the CPU."""
    beginning = begin(experiment)
    batches = endless_batches(experiment, beginning.samples, beginning.generator)
    return next(itertools.islice(batches, step, None))


def train(experiment: Experiment, device: str = "cpu") -> Run:
    """Train to the end, or until the loss is NaN or infinite.

    Raises ExperimentError for a device that isn't there.
    """
    trainer = Trainer(experiment, device)
    trainer.advance(experiment.n_steps)
    return trainer.run


def train_gradually(experiment: Experiment, device: str = "cpu", parts: int = 50) -> Iterator[Run]:
    """Train in so many parts, giving the run so far after each: for progress, and to stop."""
    trainer = Trainer(experiment, device)
    while not trainer.finished:
        trainer.advance(math.ceil(experiment.n_steps / parts))
        yield trainer.run
