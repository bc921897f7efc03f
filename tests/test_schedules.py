"""A schedule is torch's LambdaLR with our factor, and torch's own schedulers where it has one."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from nnlab.experiment import Experiment, Training
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES
from nnlab.settings import learning_rate_at


def rates(make: type[lr_scheduler.LRScheduler], **settings: object) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer, **settings)  # type: ignore[arg-type]
    seen = []
    for _epoch in range(30):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize(
    ("choice", "make", "settings"),
    [
        (Choice("step", (("epochs", 7),)), lr_scheduler.StepLR, {"step_size": 7, "gamma": 0.5}),
        (Choice("exponential"), lr_scheduler.ExponentialLR, {"gamma": 0.95}),
        (
            Choice("cosine", (("epochs", 30), ("floor", 0.1))),
            lr_scheduler.CosineAnnealingLR,
            {"T_max": 30, "eta_min": 0.1},
        ),
    ],
)
def test_it_is_torchs_scheduler(
    choice: Choice, make: type[lr_scheduler.LRScheduler], settings: dict[str, object]
) -> None:
    ours = [SCHEDULES.make(choice, epoch) for epoch in range(30)]
    assert ours == pytest.approx(rates(make, **settings))


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_learning_rate_is_that_of_lambda_lr(name: str) -> None:
    experiment = Experiment(training=Training(schedule=Choice(name), batch_size=3))
    theirs = rates(
        lr_scheduler.LambdaLR, lr_lambda=lambda epoch: SCHEDULES.make(Choice(name), epoch)
    )
    for epoch, rate in enumerate(theirs):
        for step in range(4 * epoch, 4 * epoch + 4):
            assert learning_rate_at(experiment, step) == pytest.approx(0.01 * rate, rel=1e-12)


@given(st.sampled_from(list(SCHEDULES)), st.integers(0, 10**6))
def test_a_factor_is_a_share(name: str, epoch: int) -> None:
    assert 0 <= SCHEDULES.make(Choice(name), epoch) <= 1
