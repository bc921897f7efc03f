"""A crowd is networks of one shape that train side by side, as one tensor program: what differs is
where they begin, their rows, the orders of these, and the learning rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from nnlab.datasets import Samples
from nnlab.engines import batched
from nnlab.engines.learner import Start
from nnlab.engines.problem import Course, Engine, Leg, Problem
from nnlab.experiment import Experiment
from nnlab.registry import Choice
from nnlab.settings import learning_rate_at
from nnlab.training import Run

ENGINE = "batched"


def fits(experiment: Experiment) -> bool:
    """Whether an experiment can be in a crowd: nothing is changed or asked on the way."""
    alone = bool(experiment.interventions) or experiment.training.patience > 0
    return not alone and batched.refusal(experiment) is None


def likeness(experiment: Experiment) -> Experiment:
    """Equal for experiments that can train side by side."""
    training = replace(experiment.training, learning_rate=0.0)
    network = replace(experiment.network, initialiser=Choice("default"))
    data = replace(experiment.data, seed=None)
    return replace(experiment, data=data, network=network, training=training, seed=0)


def train_together(experiments: Sequence[Experiment], moments: int) -> list[Run]:
    """The run of each experiment of a crowd, with at most about so many moments, on the CPU. A loss
    that is NaN or infinite ends the run at the last moment before it."""
    first = experiments[0]
    starts = [Start.of(each, "cpu") for each in experiments]
    samples = Samples(
        *(torch.stack(each) for each in zip(*(start.samples for start in starts), strict=True))
    )
    theta = torch.stack([_theta(start) for start in starts])
    engine = batched.Batched(Problem.of(first), _rows(samples), theta)
    stride = max(1, math.ceil(first.n_steps / moments))
    rates = torch.stack([_rates(each) for each in experiments], 1)
    leg = engine.go(Course(0, rates, _orders(first, starts), stride))
    if first.n_steps % stride and not leg.diverged:
        leg = _with_last(leg, engine, first.n_steps)
    return [_run(each, leg, place) for place, each in enumerate(experiments)]


def _theta(start: Start) -> Tensor:
    return nn.utils.parameters_to_vector(start.module.parameters()).detach()


def _rows(samples: Samples) -> Samples:
    """Class numbers [K, N] as [K, N, 1]."""
    x, y = samples
    return Samples(x, y.unsqueeze(2) if y.dim() == 2 else y)


def _rates(experiment: Experiment) -> Tensor:
    """[S] with the learning rate that leads to each step; none leads to the first."""
    steps, per_epoch = experiment.n_steps, experiment.steps_per_epoch
    epochs = range(math.ceil(steps / per_epoch))
    each = [learning_rate_at(experiment, epoch * per_epoch) for epoch in epochs]
    rates = torch.tensor(each, dtype=torch.float64).repeat_interleave(per_epoch)
    return torch.cat((rates[:1], rates)) if steps else torch.zeros(1, dtype=torch.float64)


def _orders(experiment: Experiment, starts: Sequence[Start]) -> Tensor | None:
    """[E, K, N], drawn for each network from its own stream."""
    if not experiment.training.shuffle:
        return None
    epochs, rows = experiment.training.epochs + 1, len(starts[0].samples.x)
    drawn = [
        torch.stack([torch.randperm(rows, generator=start.generator) for _ in range(epochs)])
        for start in starts
    ]
    return torch.stack(drawn, 1)


def _with_last(leg: Leg, engine: Engine, step: int) -> Leg:
    """The leg with the moment that is now, the last one."""
    now = torch.tensor(step), engine.loss, engine.theta, engine.gradient
    rows = [torch.cat((kept, new[None])) for kept, new in zip(leg[2:], now, strict=True)]
    return Leg(leg.done, leg.diverged, *rows)


def _run(experiment: Experiment, leg: Leg, place: int) -> Run:
    losses = leg.losses[:, place]
    broken = losses.isfinite().logical_not().nonzero()
    dead = int(broken[0]) if len(broken) else None
    end = len(losses) if dead is None else max(dead, 1)
    steps, parameters, gradients = (
        each[:end].clone()
        for each in (leg.steps, leg.parameters[:, place], leg.gradients[:, place])
    )
    if dead is None and leg.diverged:
        dead = len(losses)
    diverged = None if dead is None else int(steps[-1]) + 1
    kept = losses[:end].clone(), parameters, gradients, parameters[:, :0]
    return Run(experiment, torch.device("cpu"), steps, *kept, diverged, None, ENGINE)
