"""A sweep gives what training each experiment gives, and keeps what it has whatever happens."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given, settings

from nnlab import sweep as sweep_module
from nnlab.engines import crowd
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.measures import losses_on
from nnlab.registry import Choice
from nnlab.rows import rows_of
from nnlab.sweep import (
    Outcome,
    Part,
    Processes,
    experiments_of,
    outcome_of,
    parts_of,
    sweep,
    work_on,
)
from nnlab.training import train
from tests.engines.names import ENGINES
from tests.engines.test_guide import plain
from tests.strategies import experiments

START = Experiment(
    Data(Choice("xor", (("n_samples", 20),)), seed=0, test_share=0.5),
    Network((Layer(4, Choice("Tanh")), Layer(1))),
    Training(
        loss=Choice("BCEWithLogitsLoss"),
        epochs=20,
        batch_size=4,
        shuffle=True,
        schedule=Choice("exponential"),
    ),
)
GRID: dict[str, list[Any]] = {"learning_rate": [0.01, 0.1], "hidden": [2, 3], "seed": [0, 1, 2]}


CROWDS = [name for name in ENGINES if name in crowd.WAYS]


def whole_part(alike: tuple[Experiment, ...], engine: str) -> list[Outcome]:
    return work_on(Part(alike, engine))


def same(one: Outcome, other: Outcome, rtol: float, atol: float) -> None:
    assert one.experiment == other.experiment
    assert (one.diverged_at, one.engine) == (other.diverged_at, other.engine)
    assert torch.equal(one.steps, other.steps)
    torch.testing.assert_close(one.losses, other.losses, rtol=rtol, atol=atol, equal_nan=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_cell_is_the_experiment_trained_alone(engine: str) -> None:
    work = sweep(START, GRID, engine=engine)
    found = dict(work)
    assert found.keys() == work.experiments.keys() == work.outcomes.keys()
    assert work.progress == 1.0
    for values, outcome in found.items():
        rate, hidden, seed = values
        experiment = outcome.experiment
        assert experiment.training.learning_rate == rate
        assert (experiment.sizes, experiment.seed) == ((2, hidden, 1), seed)
        alone = outcome_of(train(experiment, engine="reference"))
        assert outcome.steps[-1] == alone.steps[-1] == experiment.n_steps
        torch.testing.assert_close(outcome.losses[-1], alone.losses[-1], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("engine", CROWDS)
@settings(max_examples=50, deadline=None)
@given(experiment=experiments())
def test_an_outcome_is_that_of_the_run(engine: str, experiment: Experiment) -> None:
    experiment = plain(experiment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_module, "POINTS", 4)
        (ours,) = whole_part((experiment,), engine)
        same(ours, outcome_of(train(experiment, engine=engine)), rtol=0, atol=0)


@pytest.mark.parametrize("engine", CROWDS)
@pytest.mark.parametrize("loss", ["BCEWithLogitsLoss", "CrossEntropyLoss"])
def test_a_crowd_is_everyone_alone(engine: str, loss: str) -> None:
    last = Layer(2 if loss == "CrossEntropyLoss" else 1)
    start = replace(
        START,
        data=replace(START.data, seed=None),
        network=Network((Layer(4, Choice("Tanh")), last)),
        training=replace(START.training, loss=Choice(loss), epochs=50),
    )
    crowd_of = experiments_of(start, {"learning_rate": [0.1, 0.3], "seed": [0, 1]}).values()
    for ours in whole_part(tuple(crowd_of), engine):
        same(ours, outcome_of(train(ours.experiment, engine=engine)), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("engine", CROWDS)
def test_in_a_crowd_one_that_diverges_takes_nobody_with_it(engine: str) -> None:
    linear = replace(
        Experiment(network=Network((Layer(5), Layer(1)))), training=Training(epochs=99)
    )
    rates = {"learning_rate": [100.0, 0.01]}
    gone, here = whole_part(tuple(experiments_of(linear, rates).values()), engine)
    assert gone.diverged_at is not None
    assert gone.losses.isfinite().all()
    assert here.diverged_at is None
    assert here.steps[-1] == 99
    same(gone, outcome_of(train(gone.experiment, engine=engine)), rtol=0, atol=0)


@pytest.mark.parametrize("engine", CROWDS)
def test_a_crowd_goes_in_pieces(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd_of = tuple(experiments_of(START, {"seed": [0, 1]}).values())
    whole = whole_part(crowd_of, engine)
    monkeypatch.setattr(crowd, "ROWS", 60)
    for one, other in zip(whole, whole_part(crowd_of, engine), strict=True):
        same(one, other, rtol=0, atol=0)


def test_an_outcome_has_the_same_steps_however_much_a_run_keeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    experiment = replace(START, training=replace(START.training, epochs=100))
    whole = train(experiment)
    n_bytes = 8 * experiment.n_parameters
    monkeypatch.setattr("nnlab.history.MOST_BYTES", 70 * n_bytes)
    thin = train(experiment)
    assert len(thin) < len(whole)
    same(outcome_of(whole), outcome_of(thin), rtol=0, atol=0)


def test_with_all_rows_in_a_batch_the_loss_of_a_step_is_that_of_the_training_rows() -> None:
    experiment = replace(START, training=replace(START.training, batch_size=100))
    run = train(experiment)
    outcome = outcome_of(run)
    moments = [run.moment(int(step)) for step in outcome.steps]
    measured = losses_on(run, rows_of(experiment).samples(), moments)
    torch.testing.assert_close(outcome.losses[:, 0], measured)


def test_networks_of_one_shape_make_one_part() -> None:
    parts = parts_of(list(experiments_of(START, GRID).values()), "batched")
    assert sorted(len(part.experiments) for part in parts) == [6, 6]


def test_every_core_has_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    parts = parts_of(list(experiments_of(START, GRID).values()), "reference")
    assert [len(part.experiments) for part in parts] == [2] * 6


def test_a_grid_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ExperimentError, match="learning_rate"):
        sweep(START, {"learning_rate": [-1.0]})
    with pytest.raises(ExperimentError, match="wheels"):
        sweep(START, {"wheels": [4]})
    with pytest.raises(ExperimentError, match="grid"):
        sweep(START, {"learning_rate": [0.1, 0.2], "seed": range(10**9)})


def test_cancelled_it_keeps_what_it_has_and_goes_on_later() -> None:
    work = sweep(START, GRID, engine="reference")
    for _found in work:
        work.cancel()
    assert 0 < len(work.outcomes) < 12
    rest = dict(work)
    assert len(work.outcomes) == 12
    assert len(rest) < 12


class Failing(ThreadPoolExecutor):
    """Loses every part with a certain hidden size, or each part the first time."""

    def __init__(self, broken: Callable[[Part, int], bool]) -> None:
        super().__init__(1)
        self.broken, self.seen = broken, {}  # type: ignore[var-annotated]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        (part,) = args
        self.seen[part] = self.seen.get(part, 0) + 1
        if not self.broken(part, self.seen[part]):
            return super().submit(fn, part)
        future: Future[Any] = Future()
        future.set_exception(ConnectionError("the worker is gone"))
        return future


def test_a_part_that_is_lost_is_tried_again() -> None:
    work = sweep(START, GRID, Failing(lambda _part, tries: tries == 1))
    assert len(dict(work)) == 12
    assert not work.failed


def test_a_part_that_fails_again_is_reported_and_the_rest_is_there() -> None:
    work = sweep(START, GRID, Failing(lambda part, _: part.experiments[0].sizes[1] == 2))
    assert len(dict(work)) == 6
    assert len(work.failed) == 6
    assert {hidden for _rate, hidden, _seed in work.failed} == {2}
    assert "gone" in next(iter(work.failed.values()))
    assert work.progress == 1.0


def deadly(part: Part) -> list[sweep_module.Outcome]:
    if part.experiments[0].sizes[1] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return sweep_module.work_on(part)


class Deadly(Processes):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(deadly, *args)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_worker_costs_only_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def processes(count: int) -> Executor:
        return Deadly(count, mp_context=get_context("spawn"))

    monkeypatch.setattr(sweep_module, "_processes", processes)
    pool = processes(1)
    work = sweep(START, {"hidden": [2, 3]}, pool, engine="batched")
    assert [values for values, _outcome in work] == [(3,)]
    assert list(work.failed) == [(2,)]
    pool.shutdown(wait=False)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Its workers run the main module anew: none of an app that another test has started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield from _started()


def _started() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, dashboard_address=None, processes=True
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_dask_cluster_of_several_workers(cluster: Any) -> None:
    work = sweep(START, GRID, cluster.get_executor(), engine="batched")
    assert len(dict(work)) == 12
    assert len(cluster.scheduler_info()["workers"]) == 3


def test_a_dask_worker_killed_in_the_middle_costs_nothing(cluster: Any) -> None:
    victim = next(iter(cluster.run(os.getpid).values()))
    grid = {**GRID, "hidden": [2, 3, 4, 5, 6, 7]}
    work = sweep(START, grid, cluster.get_executor(), engine="batched")
    found = iter(work)
    next(found)
    os.kill(victim, signal.SIGTERM)
    assert len(dict(found)) == 35
    assert not work.failed
