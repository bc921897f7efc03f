"""A sweep works while somebody looks, rests when nobody does, and never loses what it has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from nnlab.sweep import Sweep, sweep
from nnlab.ui.lessons import filling
from nnlab.ui.lessons.filling import Filling
from nnlab.ui.lessons.sweep import start

ALL = 3
LONG_S = 60.0


class Gate(ThreadPoolExecutor):
    """One worker, who does one part for every time that the gate is opened."""

    def __init__(self) -> None:
        super().__init__(1)
        self.opened = threading.Semaphore(0)

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def wait() -> Any:
            self.opened.acquire()
            return work(*args, **kwargs)

        return super().submit(wait)


@pytest.fixture
def gate() -> Iterator[Gate]:
    executor = Gate()
    yield executor
    executor.opened.release(10)
    executor.shutdown()


def three(gate: Gate) -> Sweep:
    """A part for each of three networks, since no two are alike."""
    return sweep(start("circle"), {"hidden": [1, 2, 3], "learning_rate": [0.1], "seed": [0]}, gate)


def rest(held: Filling) -> None:
    """Wait until nothing works."""
    with held._news:
        assert held._news.wait_for(lambda: held._worker is None, LONG_S)


def test_what_is_stopped_stays_and_goes_on_later(gate: Gate) -> None:
    held = Filling(three(gate), LONG_S)
    held.look("one", 0.0)
    held.leave("one")
    gate.opened.release()
    rest(held)
    (kept,) = held.outcomes
    gate.opened.release(ALL)
    held.look("one", LONG_S)
    assert len(held.outcomes) == ALL
    assert held.outcomes[0][1] is kept[1]


def test_who_stops_it_does_not_stop_it_for_others(gate: Gate) -> None:
    held = Filling(three(gate), LONG_S)
    held.look("one", 0.0)
    held.look("other", 0.0)
    held.leave("one")
    gate.opened.release(ALL)
    rest(held)
    assert held.done


def test_nobody_looks_any_more_and_it_rests(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Filling(three(gate), LONG_S)
    held.look("one", 0.0)
    monkeypatch.setattr(filling, "GONE_S", -1.0)
    gate.opened.release(ALL)
    rest(held)
    assert len(held.outcomes) == 1


def test_a_part_that_never_comes_does_not_outstay_the_time_it_has(gate: Gate) -> None:
    held = Filling(three(gate), 0.05)
    held.look("one", LONG_S)
    assert held.ended
    assert held.done
    assert held.outcomes == []


def test_a_rest_costs_none_of_its_time(gate: Gate) -> None:
    held = Filling(three(gate), LONG_S)
    held.look("one", 0.0)
    held.leave("one")
    gate.opened.release()
    rest(held)
    spent = held.spent
    threading.Event().wait(0.01)
    assert held.spent == spent
