"""A learning-rate schedule as lines of PyTorch: a LambdaLR, or set by hand in each epoch where the
learning rate or the optimizer is changed on the way, which no scheduler of PyTorch's expects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.experiment import Experiment
from nnlab.schedules import SCHEDULES
from nnlab.scripts.section import block

_CONSTANT = "constant"
_COSINE = "{floor} + (1 - {floor}) * (1 + math.cos(math.pi * share)) / 2"

FACTORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "step": ("return {gamma} ** (epoch // {epochs})",),
        "exponential": ("return {gamma} ** epoch",),
        "cosine": ("share = min(epoch / {epochs}, 1.0)", f"return {_COSINE}"),
        "warm_up": ("return min((epoch + 1) / {epochs}, 1.0)",),
        "warm_up_cosine": (
            "warm_up = min((epoch + 1) / {warm_up_epochs}, 1.0)",
            "share = min(max(epoch - {warm_up_epochs}, 0) / {epochs}, 1.0)",
            f"return warm_up * ({_COSINE})",
        ),
    }
)
"""The lines of the function that gives an epoch's factor, by the name of the schedule, with its
settings to be filled in."""


def scheduled(experiment: Experiment) -> bool:
    """Whether there is any schedule."""
    return experiment.training.schedule.name != _CONSTANT


def by_hand(experiment: Experiment) -> bool:
    """Whether a schedule goes on under changes that LambdaLR does not know of."""
    return scheduled(experiment) and bool({"learning_rate", "optimizer"} & {*experiment.changes_of})


def factor_lines(experiment: Experiment) -> tuple[str, ...]:
    """The function that gives an epoch's factor, if there is a schedule."""
    if not scheduled(experiment):
        return ()
    choice = experiment.training.schedule
    settings = SCHEDULES.settings(choice)
    body = (line.format(**settings) for line in FACTORS[choice.name])
    return ("", "", *block("def factor(epoch):", body), "", "")


def scheduler_lines(experiment: Experiment) -> tuple[str, ...]:
    """The line that makes the scheduler, where PyTorch's can do it."""
    if not scheduled(experiment) or by_hand(experiment):
        return ()
    return ("scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)",)
