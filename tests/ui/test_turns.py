"""Hands go first, nobody waits for ever, and no long work holds the others up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from nnlab.ui.hosting import turns as module
from nnlab.ui.hosting.turns import FRAME_S, HAND_S, PAGE_S, Turns
from tests.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@contextmanager
def others(count: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(count) as pool:
        yield pool


def served(turns: Turns, clock: Clock, came: Sequence[tuple[float, float]]) -> list[int]:
    """In which order they are served who come while somebody has the turn: for each, how many
    seconds later than the one before it comes, and within how many it is due."""
    order: list[int] = []

    def come(place: int, within: float) -> None:
        with turns.turn(within):
            order.append(place)

    with others(len(came)) as pool, turns.turn(HAND_S):
        clock.now += 0.0
        for place, (later, within) in enumerate(came):
            clock.now += later
            turns._at_work[0].since = clock.now
            pool.submit(come, place, within)
            while len(turns._line) <= place:
                time.sleep(0.001)
    return order


def most_at_once(turns: Turns, seconds: float, visitors: int) -> int:
    """How many are at work at the same time, of so many visitors who each work so long."""
    now, most, lock = [0], [0], threading.Lock()

    def work(_place: int) -> None:
        with turns.turn(HAND_S):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(seconds)
            with lock:
                now[0] -= 1

    with others(visitors) as pool:
        list(pool.map(work, range(visitors)))
    return most[0]


def has_its_turn_beside(workers: int, within: float) -> bool:
    """Whether somebody has a turn while so many work, who would go on until then."""
    turns, end = Turns(1), threading.Event()

    def work() -> None:
        with turns.turn(HAND_S):
            end.wait()

    def slide() -> None:
        with turns.turn(within):
            end.set()

    with others(workers + 1) as pool:
        for _ in range(workers):
            pool.submit(work)
        pool.submit(slide).result()
    return end.is_set()


def test_a_hand_goes_before_pages_and_those_before_frames(clock: Clock) -> None:
    came = [(0.0, FRAME_S), (0.0, PAGE_S), (0.0, HAND_S), (0.0, FRAME_S), (0.0, HAND_S)]
    assert served(Turns(1), clock, came) == [2, 4, 1, 0, 3]


def test_hands_that_never_rest_hold_up_no_frame_that_is_due(clock: Clock) -> None:
    came = [(0.0, FRAME_S), *[(FRAME_S / 4, HAND_S)] * 8]
    order = served(Turns(1), clock, came)
    assert order.index(0) <= 4
    assert [each for each in order if each] == list(range(1, 9))


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_compute_at_once_than_there_are_turns(at_once: int) -> None:
    assert most_at_once(Turns(at_once), seconds=0.002, visitors=24) == at_once


def test_long_work_holds_nobody_up() -> None:
    assert has_its_turn_beside(1, within=HAND_S)


def test_a_full_house_of_long_turns_is_not_all_at_work_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 0.002)
    monkeypatch.setattr(module, "FORGOTTEN_S", 10.0)
    assert most_at_once(Turns(1), seconds=0.02, visitors=16) == 2


def test_work_without_end_holds_nobody_up_however_many_do_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FORGOTTEN_S", 2 * module.LONGEST_S)
    assert has_its_turn_beside(5, within=FRAME_S)


def test_who_leaves_early_or_by_an_error_lets_the_next_one_begin(clock: Clock) -> None:
    turns = Turns(1)
    with turns.turn(HAND_S):
        turns.leave()
        with others(1) as pool, turns.turn(HAND_S):
            pool.submit(lambda: turns.turn(HAND_S).__enter__()).result()
    turns = Turns(1)
    with pytest.raises(ValueError, match="no"), turns.turn(HAND_S):
        raise ValueError("no")
    with turns.turn(HAND_S), turns.turn(FRAME_S):
        pass
    assert not turns._at_work
    turns.leave()


def test_who_wants_to_be_alone_holds_others_off_and_waits_even_for_who_left_early() -> None:
    turns, order, may_go, left = Turns(1), [], threading.Event(), threading.Event()

    def leave_early() -> None:
        with turns.turn(HAND_S):
            turns.leave()
            left.set()
            may_go.wait()
            order.append("left early")

    def be_alone() -> None:
        with turns.alone():
            order.append("alone")

    def come() -> None:
        with turns.turn(HAND_S):
            order.append("came later")

    with others(3) as pool:
        pool.submit(leave_early)
        left.wait()
        pool.submit(be_alone)
        while not turns._closed:
            time.sleep(0.001)
        pool.submit(come)
        while not turns._line:
            time.sleep(0.001)
        may_go.set()
    assert order == ["left early", "alone", "came later"]


def test_after_an_error_in_what_was_done_alone_everybody_may_come(clock: Clock) -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="no"), turns.alone():
        raise ValueError("no")
    with turns.turn(HAND_S):
        pass
    with turns.alone():
        assert not turns._inside
