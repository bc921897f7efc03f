"""The batches of a training: in every epoch each row once, in the order in which the rows stand or
in one drawn anew. What a step draws at random is drawn here in its order: rows, then masks."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from nnlab.datasets import Samples
from nnlab.dropout import mask
from nnlab.experiment import Experiment
from nnlab.network import begin
from nnlab.settings import dropouts_at


class Batches:
    """The batch of each step, asked for in order; an epoch's order is drawn when it begins. The
    order is drawn on the CPU, so that every device sees the same."""

    def __init__(self, experiment: Experiment, samples: Samples, generator: Generator) -> None:
        self._experiment, self._samples, self._generator = experiment, samples, generator
        self._first = 0
        self._rows: tuple[Tensor, ...] = ()
        self._size = 0
        self._opening = generator.get_state()

    @property
    def end(self) -> int:
        """The step at which the epoch of the newest batch is over."""
        return self._first + len(self._rows)

    @property
    def opening(self) -> Tensor:
        """The state of the stream when this epoch began."""
        return self._opening

    def at(self, step: int) -> Samples:
        """The batch of a step of this epoch or of the next; a step further on begins its epoch."""
        if not self._first <= step < self.end:
            self._begin(step)
        rows = self._rows[step - self._first]
        if len(rows) == len(self._samples.x) and not self._experiment.training.shuffle:
            return self._samples
        return Samples(self._samples.x[rows], self._samples.y[rows])

    def resume(self, step: int, opening: Tensor) -> None:
        """Be in the middle of an epoch again, which began with the stream in this state."""
        self._generator.set_state(opening)
        self._begin(step)

    def _begin(self, step: int) -> None:
        timetable, n_samples = self._experiment.timetable, len(self._samples.x)
        self._first = timetable.step_of(timetable.epoch_of(step))
        size, before = timetable.batch_size_at(step), self._size
        self._size = size
        if self._experiment.training.shuffle:
            self._opening = self._generator.get_state()
            order = torch.randperm(n_samples, generator=self._generator)
            self._rows = torch.split(order.to(self._samples.x.device), size)
        elif size != before:
            self._rows = torch.split(torch.arange(n_samples, device=self._samples.x.device), size)


def draw_masks(
    experiment: Experiment, step: int, rows: int, generator: Generator
) -> list[Tensor | None]:
    """The mask [rows, units] of every layer's dropout in a step, None where nothing is dropped:
    the same draws as those of the modules in a forward pass."""
    layers = zip(experiment.network.layers, dropouts_at(experiment, step), strict=True)
    return [mask((rows, layer.units), p, generator) if p > 0 else None for layer, p in layers]


def drops(experiment: Experiment) -> bool:
    """Whether any layer drops units at any time."""
    layers = enumerate(experiment.network.layers)
    return any(layer.dropout > 0 or f"dropout{n}" in experiment.changes_of for n, layer in layers)


def replay(experiment: Experiment, step: int) -> tuple[Samples, Generator]:
    """The batch of a step, on the CPU, and the stream as the step's forward pass finds it: every
    draw before it is made again, without the training."""
    beginning = begin(experiment)
    generator = beginning.generator
    batches = Batches(experiment, beginning.samples, generator)
    if drops(experiment):
        for past in range(step):
            draw_masks(experiment, past, len(batches.at(past).x), generator)
    elif experiment.training.shuffle:
        for epoch in range(experiment.timetable.epoch_of(step)):
            batches.at(experiment.timetable.step_of(epoch))
    return batches.at(step), generator
