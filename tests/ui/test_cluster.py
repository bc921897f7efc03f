"""One setting sends sweeps to a Dask cluster; without the cluster they are done here."""

from __future__ import annotations

import os
import sys
from types import ModuleType

import pytest

from nnlab.sweep import sweep
from nnlab.ui.hosting import cluster as module
from nnlab.ui.hosting.cluster import cluster, joined
from nnlab.ui.hosting.house import house
from nnlab.ui.lessons.sweep import start


def test_without_a_scheduler_this_machine_does_the_work() -> None:
    assert joined("").executor is None
    assert joined("").complaint == ""


def test_without_the_package_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = joined("tcp://127.0.0.1:9")
    assert found.executor is None
    assert "not installed" in found.complaint


def test_a_cluster_that_is_away_is_told_and_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask distributed is not installed")
    monkeypatch.setattr(module, "PATIENCE_S", 0.5)
    found = joined("tcp://127.0.0.1:9")
    assert found.executor is None
    assert "can't be reached" in found.complaint


def test_the_setting_sends_a_sweep_to_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True
    ) as workers:
        monkeypatch.setenv("NNLAB_DASK_SCHEDULER", workers.scheduler_address)
        house.cache_clear()
        cluster.cache_clear()
        try:
            executor = cluster().executor
            assert executor is not None
            assert executor.submit(os.getpid).result() != os.getpid()
            experiment, grid = start("circle"), {"seed": [0, 1]}
            there = dict(sweep(experiment, grid, executor, engine="batched"))
            here = dict(sweep(experiment, grid, engine="batched"))
            assert {key: outcome.experiment for key, outcome in there.items()} == {
                key: outcome.experiment for key, outcome in here.items()
            }
            for key, outcome in there.items():
                assert outcome.losses.allclose(here[key].losses, rtol=1e-4)
        finally:
            cluster().close()
            cluster.cache_clear()
            monkeypatch.undo()
            house.cache_clear()
