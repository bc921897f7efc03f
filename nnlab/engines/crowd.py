"""A crowd is networks of one shape that train without anything being changed or asked on the way,
so that little has to be done for each: those that begin alike share their beginning, and only the
moments on a stride are kept. They differ in where they begin, their rows and learning rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from nnlab.datasets import Samples
from nnlab.engines.batched import Batched
from nnlab.engines.compiled import Compiled
from nnlab.engines.guide import Make
from nnlab.engines.learner import Start
from nnlab.engines.problem import Course, Problem, Room
from nnlab.experiment import Experiment
from nnlab.settings import learning_rates
from nnlab.spec import Spec
from nnlab.training import Run

ROWS = 2**22
"""Rows that are looked at in a leg, about: their orders take 32 MiB."""


class Way(NamedTuple):
    """How an engine is made, and how many networks it trains at once, as one tensor program."""

    make: Make
    at_once: int


WAYS: Mapping[str, Way] = MappingProxyType(
    {"compiled": Way(Compiled, 1), "batched": Way(Batched, 64)}
)
"""By the engine's name."""


class Origin(NamedTuple):
    """Where a network begins: its rows, the targets [N, T] as its loss compares them, its
    parameters [P], and the stream of random numbers that goes on from here."""

    samples: Samples
    theta: Tensor
    stream: Generator

    @classmethod
    def of(cls, experiment: Experiment) -> Origin:
        start = Start.of(experiment, "cpu")
        x, y = start.samples
        theta = nn.utils.parameters_to_vector(start.module.parameters()).detach()
        return cls(Samples(x, y.reshape(len(x), -1)), theta, start.generator)


def fits(experiment: Experiment, engine: str) -> bool:
    """Whether an experiment can be in a crowd: nothing is changed or asked on the way."""
    alone = bool(experiment.interventions) or experiment.training.patience > 0
    return engine in WAYS and not alone


def likeness(experiment: Experiment) -> tuple[Any, ...]:
    """Equal for experiments that can train side by side."""
    return (
        _but(experiment, "data", "network", "training", "seed"),
        _but(experiment.data, "seed"),
        _but(experiment.network, "initialiser"),
        _but(experiment.training, "learning_rate"),
    )


def _but(spec: Spec, *names: str) -> tuple[Any, ...]:
    """What is in the fields of other names."""
    return tuple(getattr(spec, each.name) for each in fields(spec) if each.name not in names)


def train_together(experiments: Sequence[Experiment], engine: str, stride: int) -> list[Run | None]:
    """The run of each experiment of a crowd, on the CPU, with the moments on the stride and the
    last one. None for a network whose loss was NaN or infinite on the way."""
    origins, at_once = _origins(experiments), WAYS[engine].at_once
    runs: list[Run | None] = []
    for first in range(0, len(experiments), at_once):
        some = slice(first, first + at_once)
        runs += _side_by_side(experiments[some], origins[some], engine, stride)
    return runs


def _origins(experiments: Sequence[Experiment]) -> list[Origin]:
    """Where each begins: one and the same where that is equal."""
    found: dict[Any, Origin] = {}
    origins = []
    for each in experiments:
        drawn_from = each.seed, each.data, each.network
        if drawn_from not in found:
            found[drawn_from] = Origin.of(each)
        origins.append(found[drawn_from])
    return origins


def _side_by_side(
    experiments: Sequence[Experiment], origins: Sequence[Origin], name: str, stride: int
) -> list[Run | None]:
    """The run of each; the engine takes all at once."""
    first = experiments[0]
    x, y = zip(*(origin.samples for origin in origins), strict=True)
    theta = _together([origin.theta for origin in origins])
    engine = WAYS[name].make(Problem.of(first), Samples(_together(x), _together(y)), theta)
    moments = []
    for course in _courses(experiments, origins, stride):
        leg = engine.go(course)
        if leg.diverged:
            return [None for _each in experiments]
        moments.append(Room(*leg[2:]))
    if first.n_steps % stride:
        now = torch.tensor(first.n_steps), engine.loss, engine.theta, engine.gradient
        moments.append(Room(*(each[None] for each in now)))
    kept = Room(*(torch.cat(each) for each in zip(*moments, strict=True)))
    return [_run(each, name, kept, place) for place, each in enumerate(experiments)]


def _together(each: Sequence[Tensor], dim: int = 0) -> Tensor:
    """A tensor for all networks; that of one alone has no dimension for them."""
    return torch.stack(tuple(each), dim) if len(each) > 1 else each[0]


def _courses(
    experiments: Sequence[Experiment], origins: Sequence[Origin], stride: int
) -> Iterator[Course]:
    """All steps, in pieces that are short enough for the orders of their rows."""
    first = experiments[0]
    streams = [origin.stream.clone_state() for origin in origins]
    length, end = max(1, ROWS // (len(experiments) * first.batch_size)), first.n_steps + 1
    for begin in range(0, end, length):
        steps = range(begin, min(begin + length, end))
        rates = [learning_rates(each, max(begin - 1, 0), steps) for each in experiments]
        yield Course(begin, _together(rates, 1), _orders(first, streams, steps), stride)


def _orders(experiment: Experiment, streams: Sequence[Generator], steps: range) -> Tensor | None:
    """[E, N] or [E, K, N]: the rows in the epochs that begin on the way, for each network from a
    stream of its own."""
    if not experiment.training.shuffle:
        return None
    table, rows = experiment.timetable, experiment.data.n_samples
    before = table.epoch_of(steps[0] - 1) if steps[0] > 0 else -1
    orders = torch.empty(len(streams), table.epoch_of(steps[-1]) - before, rows, dtype=torch.int64)
    for drawn, stream in zip(orders, streams, strict=True):
        for order in drawn:
            torch.randperm(rows, generator=stream, out=order)
    return _together(orders.unbind(), 1)


def _run(experiment: Experiment, engine: str, kept: Room, place: int) -> Run | None:
    losses, parameters, gradients = (each[:, place] for each in kept[1:])
    if not losses.isfinite().all():
        return None
    device, buffers = torch.device("cpu"), parameters[:, :0]
    moments = kept.steps, losses, parameters, gradients, buffers
    return Run(experiment, device, *moments, None, None, engine)
