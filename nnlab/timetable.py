"""The timetable of a training says which step belongs to which epoch. The size of the batches may
change on the way, from an epoch's beginning on; between two changes all epochs are equally long."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Epochs of equal length, from `epoch` on, which begins at `step`."""

    epoch: int
    step: int
    batch_size: int
    steps_per_epoch: int


@dataclass(frozen=True)
class Timetable:
    """The stretches in their order; the last one never ends."""

    stretches: tuple[Stretch, ...]

    def epoch_of(self, step: int) -> int:
        """The epoch, from 0, that a step is in."""
        found = self.stretch_at(step)
        return found.epoch + (step - found.step) // found.steps_per_epoch

    def step_of(self, epoch: int) -> int:
        """The first step of an epoch."""
        place = bisect_right(self.stretches, epoch, key=lambda each: each.epoch) - 1
        found = self.stretches[place]
        return found.step + (epoch - found.epoch) * found.steps_per_epoch

    def batch_size_at(self, step: int) -> int:
        """Rows in a full batch of the epoch that the step is in."""
        return self.stretch_at(step).batch_size

    def epochs_at(self, step: int) -> float:
        """The epochs done when a step begins, in parts too: 1.5 is in the middle of the second."""
        found = self.stretch_at(step)
        return found.epoch + (step - found.step) / found.steps_per_epoch

    def stretch_at(self, step: int) -> Stretch:
        """The stretch that a step is in."""
        return self.stretches[bisect_right(self.stretches, step, key=lambda each: each.step) - 1]


def timetable(rows: int, batch_size: int, changes: Iterable[tuple[int, int]]) -> Timetable:
    """The timetable for so many rows; `changes` are (step, batch size) in the order of the steps.
    A change holds from the first epoch that begins at its step or later."""
    stretches = [_stretch(0, 0, rows, batch_size)]
    for step, size in changes:
        last = stretches[-1]
        epochs = max(0, math.ceil((step - last.step) / last.steps_per_epoch))
        start = last.step + epochs * last.steps_per_epoch
        if epochs == 0:
            stretches.pop()
        stretches.append(_stretch(last.epoch + epochs, start, rows, size))
    return Timetable(tuple(stretches))


def _stretch(epoch: int, step: int, rows: int, batch_size: int) -> Stretch:
    size = min(batch_size, rows)
    return Stretch(epoch, step, size, math.ceil(rows / size))
