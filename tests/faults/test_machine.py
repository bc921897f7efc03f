"""The machine fails in a part: the experiment is trained all the same."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab.engines import compiled
from nnlab.experiment import Experiment
from nnlab.player import Player
from nnlab.training import Trainer, train
from nnlab.ui import runs
from nnlab.ui.hosting import governor
from nnlab.ui.hosting.governor import Governor
from nnlab.ui.playground import session as playground

TRAINING = Path(__file__).parents[2] / "pages" / "4_training.py"


def full(*_any: Any) -> NoReturn:
    raise OSError(28, "No space left on device")


def test_a_full_disk_costs_only_the_fastest_engine(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warming = compiled.Warming()
    monkeypatch.setattr(compiled, "_WARMING", warming)
    monkeypatch.setattr(compiled, "kept", lambda: True)
    monkeypatch.setattr(compiled, "take_a_step", full)
    with caplog.at_level(logging.WARNING):
        warming.begin().join()
    assert not compiled.ready()
    assert [record.exc_info for record in caplog.records] == [None]
    assert "No space left" in caplog.text
    run = train(Experiment())
    assert run.engine != "compiled"
    assert int(run.steps[-1]) == Experiment().n_steps


def forget() -> None:
    runs._shelf.clear()
    runs._trainers.clear()


def page_with(monkeypatch: pytest.MonkeyPatch, *, broken: bool) -> AppTest:
    """The lesson on learning, with a GPU that is too small for anything."""

    class Small(Trainer):
        def __init__(self, experiment: Experiment, device: str, engine: str) -> None:
            if broken and device != "cpu":
                raise torch.OutOfMemoryError("CUDA out of memory.")
            super().__init__(experiment, "cpu", engine)

    monkeypatch.setattr(runs, "Trainer", Small)
    forget()
    page = AppTest.from_file(str(TRAINING), default_timeout=60)
    page.query_params["training_rate"] = "0.3"
    page.run()
    assert not page.exception
    return page


def test_a_gpu_without_memory_gives_way_to_the_cpu_and_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = page_with(monkeypatch, broken=False)
    there = page_with(monkeypatch, broken=True)
    assert [each.value for each in whole.code] == [each.value for each in there.code]
    said = {each.value for each in there.info} - {each.value for each in whole.info}
    assert len(said) == 1
    assert "CPU" in said.pop()
    forget()


class Jumping:
    """A wall clock that is set an hour back and a day ahead, over and over."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> float:
        self.calls += 1
        return 1e9 + (-3600.0 if self.calls % 2 else 86_400.0) * self.calls


@pytest.mark.parametrize("module", [governor, playground])
def test_a_clock_that_jumps_hurries_nobody_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    monkeypatch.setattr(time, "time", Jumping())
    shared = Governor()
    plans = [shared.plan("one") for _ in range(3)]
    assert [0 <= plan.wait <= 3 * shared.shortest_pace for plan in plans] == [True] * 3
    monkeypatch.setattr(module, "governor", lambda: shared)
    held = playground.Session(Player(playground.START), "", "one", touched=time.monotonic())
    held.player.playing = True
    playground._play_on(held, 0.01)
    assert held.player.playing
    assert held.player.step > 0
