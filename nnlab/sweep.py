"""A sweep trains an experiment with every combination of a few settings. Outcomes arrive as they
come; what is there stays, also when the rest is cancelled or fails."""

from __future__ import annotations

import itertools
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nnlab.engines import compiled, crowd
from nnlab.engines.selection import AUTO, chosen
from nnlab.experiment import Experiment
from nnlab.limits import ExperimentError, OneOf
from nnlab.measures import losses_on
from nnlab.rows import rows_of
from nnlab.training import Run, train

MOST_CELLS = 10_000
POINTS = 50
"""Moments at which an outcome's losses are measured."""
PART_STEPS = 20_000
"""Steps in a part of the work, about: a part is what a worker gets, and what is lost with it."""
BIG = 200_000
"""Steps from which on the reference and the batched engine take processes rather than threads."""
TRIES = 2


# ---- what is varied ----


def _hidden(experiment: Experiment, units: Any) -> Experiment:
    """So many units in every hidden layer."""
    *hidden, last = experiment.network.layers
    layers = (*(replace(layer, units=units) for layer in hidden), last)
    return replace(experiment, network=replace(experiment.network, layers=layers))


def _training(name: str) -> Callable[[Experiment, Any], Experiment]:
    def change(experiment: Experiment, value: Any) -> Experiment:
        return replace(experiment, training=replace(experiment.training, **{name: value}))

    return change


AXES: Mapping[str, Callable[[Experiment, Any], Experiment]] = MappingProxyType(
    {
        "hidden": _hidden,
        "seed": lambda experiment, seed: replace(experiment, seed=seed),
        **{
            name: _training(name)
            for name in ("learning_rate", "batch_size", "epochs", "l1", "l2", "optimizer", "loss")
        },
    }
)
"""What can be varied, by name: the experiment with another value."""


def experiments_of(
    experiment: Experiment, grid: Mapping[str, Sequence[Any]]
) -> dict[tuple[Any, ...], Experiment]:
    """The experiment of every cell: the values in the order of the grid's names.

    Raises ExperimentError for a name that is not in AXES, and for a value that is not allowed.
    """
    cells = {}
    for values in itertools.product(*grid.values()):
        cell = experiment
        for name, value in zip(grid, values, strict=True):
            cell = AXES[OneOf(tuple(AXES)).accept("grid", name)](cell, value)
        cells[values] = cell
        if len(cells) > MOST_CELLS:
            raise ExperimentError("grid", len(cells), OneOf((f"<= {MOST_CELLS}",)))
    return cells


# ---- what comes out ----


class Outcome(NamedTuple):
    """What became of one experiment: the steps [M] at which was measured, and the losses there on
    the training rows and on the test rows [M, 2] (the training rows again where none are held out);
    the step at which it diverged, or None; the engine."""

    experiment: Experiment
    steps: Tensor
    losses: Tensor
    diverged_at: int | None
    engine: str


def outcome_of(run: Run) -> Outcome:
    """The outcome of a run: at most POINTS moments of it and the last one."""
    rows = rows_of(run.experiment)
    stride = -(-len(run) // POINTS)
    moments = sorted({*range(0, len(run), stride), len(run) - 1})
    test_rows = rows.test_samples()
    on_train = losses_on(run, rows.samples(), moments)
    on_test = losses_on(run, test_rows, moments) if len(test_rows.x) else on_train
    losses = torch.stack((on_train, on_test), 1)
    return Outcome(run.experiment, run.steps[moments].clone(), losses, run.diverged_at, run.engine)


# ---- how the work is parted ----


class Part(NamedTuple):
    """A worker's share: experiments, one after the other by an engine, or a crowd side by side."""

    experiments: tuple[Experiment, ...]
    engine: str


def work_on(part: Part) -> list[Outcome]:
    """Train a part. This is what workers run, in whatever thread, process or machine."""
    if part.engine == "compiled" and (thread := compiled.warm()) is not None:
        thread.join()
    if part.engine == crowd.ENGINE and all(map(crowd.fits, part.experiments)):
        runs = crowd.train_together(part.experiments, POINTS)
    else:
        runs = [train(each, engine=part.engine) for each in part.experiments]
    return [outcome_of(run) for run in runs]


def parts_of(experiments: Sequence[Experiment], engine: str = AUTO) -> list[Part]:
    """Experiments of one shape together, in parts that take about equally long; enough of them
    that every core has one."""
    groups: dict[tuple[str, Experiment], list[Experiment]] = {}
    for each in experiments:
        name = chosen(each, torch.device("cpu"), engine)
        groups.setdefault((name, crowd.likeness(each)), []).append(each)
    parts = []
    for (name, _likeness), alike in groups.items():
        size = max(1, min(64, PART_STEPS // max(alike[0].n_steps, 1)))
        size = 64 if name == crowd.ENGINE else min(size, -(-len(alike) // (os.cpu_count() or 1)))
        parts += [Part(tuple(alike[i : i + size]), name) for i in range(0, len(alike), size)]
    return parts


# ---- the sweep ----


@dataclass(eq=False)
class Sweep:
    """Iterate over it: it trains, and gives (values, Outcome) as they come. Iterating again goes on
    with what is not there yet. `outcomes` are those that are there, `failed` says why others are
    not, both by their values in the order of the grid's names."""

    grid: Mapping[str, Sequence[Any]]
    experiments: Mapping[tuple[Any, ...], Experiment]
    executor: Executor | None = None
    engine: str = AUTO
    outcomes: dict[tuple[Any, ...], Outcome] = field(default_factory=dict)
    failed: dict[tuple[Any, ...], str] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def progress(self) -> float:
        """The share of all experiments that are done, from 0 to 1."""
        done = len(self.outcomes) + len(self.failed)
        return done / len(self.experiments) if self.experiments else 1.0

    def cancel(self) -> None:
        """Begin nothing more. What is at work is not waited for."""
        self.cancelled = True

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], Outcome]]:
        self.cancelled = False
        self.failed.clear()
        places: dict[Experiment, list[tuple[Any, ...]]] = {}
        for values, experiment in self.experiments.items():
            if values not in self.outcomes:
                places.setdefault(experiment, []).append(values)
        crew = Crew(self.executor, parts_of(list(places), self.engine))
        try:
            for part, result in crew.results():
                yield from self._settle(part, result, places)
                if self.cancelled:
                    return
        finally:
            crew.dismiss()

    def _settle(
        self,
        part: Part,
        result: list[Outcome] | str,
        places: Mapping[Experiment, list[tuple[Any, ...]]],
    ) -> Iterator[tuple[tuple[Any, ...], Outcome]]:
        """Keep all of a part before anybody is told."""
        values_of = [places[each] for each in part.experiments]
        if isinstance(result, str):
            self.failed |= {values: result for each in values_of for values in each}
            return
        news = [
            (values, outcome)
            for each, outcome in zip(values_of, result, strict=True)
            for values in each
        ]
        self.outcomes |= dict(news)
        yield from news


def sweep(
    experiment: Experiment,
    grid: Mapping[str, Sequence[Any]],
    executor: Executor | None = None,
    engine: str = AUTO,
) -> Sweep:
    """A sweep over the grid, such as {"learning_rate": [0.01, 0.1], "hidden": [4, 8], "seed": [0]}.

    The executor can be any of concurrent.futures, or one that stands for a cluster, such as Dask's
    `client.get_executor()`. Without one, threads do the work, or processes if it is much and has
    to be done in Python. Raises ExperimentError for values that are not allowed.

    >>> from nnlab import Experiment
    >>> work = sweep(Experiment(), {"learning_rate": [0.01, 0.1], "seed": range(2)})
    >>> sorted(values for values, outcome in work)
    [(0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]
    """
    return Sweep(dict(grid), experiments_of(experiment, grid), executor, engine)


class Crew:
    """Workers for parts: each part is tried twice, the second time alone where the first broke the
    pool, so that a part that kills its worker takes no other with it."""

    def __init__(self, executor: Executor | None, parts: Sequence[Part]) -> None:
        self._own = executor is None
        self._executor = _own_executor(parts) if executor is None else executor
        self._waiting = deque((part, 1) for part in parts)
        self._at_work: dict[Future[list[Outcome]], tuple[Part, int]] = {}
        self._alone: list[Executor] = []
        self._width = 4 * (os.cpu_count() or 1) if self._own else 256

    def results(self) -> Iterator[tuple[Part, list[Outcome] | str]]:
        """Each part and its outcomes as they come, or why there are none."""
        while self._waiting or self._at_work:
            while self._waiting and len(self._at_work) < self._width:
                self._begin(*self._waiting.popleft())
            done, _ = wait(self._at_work, return_when=FIRST_COMPLETED)
            for future in done:
                part, tries = self._at_work.pop(future)
                try:
                    yield part, future.result()
                except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever a worker dies of
                    if tries < TRIES:
                        self._waiting.appendleft((part, tries + 1))
                    else:
                        yield part, f"{type(error).__name__}: {error}"

    def _begin(self, part: Part, tries: int) -> None:
        executor = self._executor
        if tries > 1 and isinstance(executor, ProcessPoolExecutor):
            executor = _processes(1)
            self._alone.append(executor)
        try:
            future = executor.submit(work_on, part)
        except RuntimeError as error:  # the pool is broken or was shut down
            future = Future()
            future.set_exception(error)
        self._at_work[future] = part, tries

    def dismiss(self) -> None:
        """Begin nothing more; own workers end when they are done with what they do."""
        for future in self._at_work:
            future.cancel()
        for executor in [*self._alone, *([self._executor] if self._own else [])]:
            executor.shutdown(wait=False, cancel_futures=True)


def _own_executor(parts: Sequence[Part]) -> Executor:
    """Threads where torch or the kernel does the work, processes where Python does much of it."""
    slow = [each for part in parts if part.engine != "compiled" for each in part.experiments]
    if sum(each.n_steps for each in slow) > BIG:
        return _processes(os.cpu_count() or 1)
    return ThreadPoolExecutor(os.cpu_count())


def _processes(count: int) -> Executor:
    """Not forked: torch's threads would not be there in the copy."""
    return Processes(count, mp_context=get_context("spawn"))


class Processes(ProcessPoolExecutor):
    """Processes that don't run the main module anew when they begin: it may be an app."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            sys.modules["__main__"] = main
