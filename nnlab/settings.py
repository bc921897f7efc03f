"""What holds at a step: the settings of the training as they are there, after every intervention
up to it. Whoever trains, draws or explains a step asks here."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import torch
from torch import Tensor

from nnlab.experiment import Experiment
from nnlab.schedules import SCHEDULES


def value_at(experiment: Experiment, field: str, step: int) -> Any:
    """A setting at a step: "learning_rate", "l1", "l2", "optimizer", or "dropout0" for layer 0."""
    changes = experiment.changes_of.get(field, ())
    place = bisect_right(changes, step, key=lambda each: each.step)
    if place > 0:
        return changes[place - 1].value
    if field.startswith("dropout"):
        return experiment.network.layers[int(field.removeprefix("dropout"))].dropout
    return getattr(experiment.training, field)


def learning_rate_at(experiment: Experiment, step: int) -> float:
    """The learning rate set last, times the schedule's factor for the step's epoch."""
    base: float = value_at(experiment, "learning_rate", step)
    epoch = experiment.timetable.epoch_of(step)
    factor: float = SCHEDULES.make(experiment.training.schedule, epoch)
    return base * factor


def learning_rates(experiment: Experiment, step: int, ahead: range) -> Tensor:
    """The learning rates [S] float64 of the updates that lead to the steps ahead, while all stays
    as it is set at a step: each is that of the step before."""
    base = value_at(experiment, "learning_rate", step)
    schedule = experiment.training.schedule
    if schedule.name == "constant":
        return torch.full((len(ahead),), base, dtype=torch.float64)
    stretch = experiment.timetable.stretch_at(step)
    since = torch.arange(ahead.start - 1, ahead.stop - 1).sub_(stretch.step).clamp_(min=0)
    epochs = stretch.epoch + since // stretch.steps_per_epoch
    low, high = int(epochs[0]), int(epochs[-1])
    factors = [SCHEDULES.make(schedule, epoch) for epoch in range(low, high + 1)]
    rates: Tensor = base * torch.tensor(factors, dtype=torch.float64)[epochs - low]
    return rates


def dropouts_at(experiment: Experiment, step: int) -> tuple[float, ...]:
    """For each layer the share of its units that are dropped."""
    layers = range(len(experiment.network.layers))
    return tuple(value_at(experiment, f"dropout{layer}", step) for layer in layers)
