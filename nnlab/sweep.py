"""A sweep trains an experiment with every combination of a few settings. Outcomes arrive as they
come; what is there stays, also when the rest is cancelled or fails."""

from __future__ import annotations

import math
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

from nnlab.batches import drops
from nnlab.bounds import MOST_CELLS
from nnlab.datasets import Samples
from nnlab.engines import compiled, crowd
from nnlab.engines.selection import AUTO, chosen
from nnlab.experiment import Experiment
from nnlab.history import later
from nnlab.limits import ExperimentError, OneOf
from nnlab.measures import losses_on
from nnlab.rows import rows_of, source_of
from nnlab.training import Run, train

POINTS = 64
"""Moments at which an outcome's losses are measured, at most."""
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
    count = math.prod(map(len, grid.values()))
    if count > MOST_CELLS:
        raise ExperimentError("grid", count, OneOf((f"<= {MOST_CELLS}",)))
    cells: dict[tuple[Any, ...], Experiment] = {(): experiment}
    for name, values in grid.items():
        change = AXES[OneOf(tuple(AXES)).accept("grid", name)]
        cells = {
            (*before, value): change(cell, value)
            for before, cell in cells.items()
            for value in values
        }
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
    """The outcome of a run: at most POINTS moments of it and the last one, at steps that do not
    depend on how many the run has kept."""
    return _outcome(run, *_samples(run.experiment))


def _outcome(run: Run, training: Samples, test: Samples) -> Outcome:
    last = int(run.steps[-1])
    steps = torch.tensor([*range(0, last, _stride(run.experiment, last)), last])
    moments = (torch.searchsorted(run.steps, steps, right=True) - 1).unique()
    on_training = _training_losses(run, training, moments)
    on_test = losses_on(run, test, moments) if len(test.x) else on_training
    losses = torch.stack((on_training, on_test), 1)
    return Outcome(run.experiment, run.steps[moments], losses, run.diverged_at, run.engine)


def _stride(experiment: Experiment, last: int) -> int:
    """Steps between two moments of an outcome, of as many steps: a power of two, as those of a
    history, so that it has kept them."""
    return max(later(experiment.n_parameters), 1 << (last // POINTS).bit_length())


def _samples(experiment: Experiment) -> tuple[Samples, Samples]:
    """The training rows and the test rows."""
    rows = rows_of(experiment)
    return rows.samples(), rows.test_samples()


def _training_losses(run: Run, training: Samples, moments: Tensor) -> Tensor:
    """Measured anew only where the losses of the steps are those of a part of the rows, or of a
    network that is another one in training."""
    experiment = run.experiment
    whole = all(each.batch_size == len(training.x) for each in experiment.timetable.stretches)
    if whole and not drops(experiment) and not any(experiment.norms):
        return run.losses[moments]
    return losses_on(run, training, moments)


# ---- how the work is parted ----


class Part(NamedTuple):
    """A worker's share: experiments, one after the other by an engine, or a crowd side by side."""

    experiments: tuple[Experiment, ...]
    engine: str


def work_on(part: Part) -> list[Outcome]:
    """Train a part. This is what workers run, in whatever thread, process or machine."""
    if part.engine == "compiled" and (thread := compiled.warm()) is not None:
        thread.join()
    samples: dict[Any, tuple[Samples, Samples]] = {}
    outcomes = []
    for run in _runs(part):
        source = source_of(run.experiment)
        if source not in samples:
            samples[source] = _samples(run.experiment)
        outcomes.append(_outcome(run, *samples[source]))
    return outcomes


def _runs(part: Part) -> list[Run]:
    """One that breaks off in a crowd is trained once more alone, for the moments before it did."""
    together: list[Run | None] = [None for _each in part.experiments]
    if all(crowd.fits(each, part.engine) for each in part.experiments):
        first = part.experiments[0]
        stride = _stride(first, first.n_steps)
        together = crowd.train_together(part.experiments, part.engine, stride)
    pairs = zip(part.experiments, together, strict=True)
    return [train(each, engine=part.engine) if run is None else run for each, run in pairs]


def parts_of(experiments: Sequence[Experiment], engine: str = AUTO) -> list[Part]:
    """Experiments of one shape together, in parts that take about equally long; enough of them
    that every core has one."""
    groups: dict[tuple[Any, ...], list[Experiment]] = {}
    for each in experiments:
        groups.setdefault(crowd.likeness(each), []).append(each)
    parts = []
    for alike in groups.values():
        name = chosen(alike[0], torch.device("cpu"), engine)
        size = _size(alike, name)
        parts += [Part(tuple(alike[i : i + size]), name) for i in range(0, len(alike), size)]
    return parts


def _size(alike: Sequence[Experiment], engine: str) -> int:
    """How many of these experiments make a part."""
    if crowd.fits(alike[0], engine) and crowd.WAYS[engine].at_once > 1:
        return crowd.WAYS[engine].at_once
    most = max(1, min(64, PART_STEPS // max(alike[0].n_steps, 1)))
    return min(most, -(-len(alike) // (os.cpu_count() or 1)))


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
