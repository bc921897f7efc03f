"""Many players share one process evenly."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnlab.ui.hosting import governor as module
from nnlab.ui.hosting.governor import FORGOTTEN_S, Governor
from nnlab.ui.hosting.turns import FRAME_S
from tests.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def frames(governor: Governor, clock: Clock, players: int, seconds: float, way: float) -> list[int]:
    """How many frames each gets of players that come when they are told, `way` seconds late."""
    counts, due = [0] * players, [clock.now] * players
    end = clock.now + seconds
    while min(due) < end:
        player = due.index(min(due))
        clock.now = max(clock.now, due[player])
        due[player] = clock.now + governor.plan(f"{player}").wait + way
        counts[player] += 1
    return counts


@pytest.mark.parametrize("players", [2, 10, 30])
@pytest.mark.parametrize("way", [0.005, 0.03])
def test_everybody_gets_an_equal_share_of_what_the_process_can_draw(
    players: int, way: float, clock: Clock
) -> None:
    governor = Governor()
    counts = frames(governor, clock, players, 10.0, way)
    pace = max(players / governor.answers_per_second, governor.shortest_pace)
    assert max(counts) - min(counts) <= 2
    assert min(counts) == pytest.approx(10.0 / pace, rel=0.1, abs=2)


@given(st.integers(1, 60))
def test_all_together_train_no_longer_than_there_is_time(players: int) -> None:
    governor = Governor()
    plans = [governor.plan(f"{player}") for player in range(players)]
    pace = max(players / governor.answers_per_second, governor.shortest_pace)
    assert all(0 < plan.budget <= governor.longest for plan in plans)
    assert players * plans[-1].budget <= max(pace, governor.longest, 0.002 * players)


def test_a_player_who_comes_late_is_not_kept_waiting_and_owes_nothing(clock: Clock) -> None:
    governor = Governor()
    governor.plan("me")
    clock.now += 2.0
    assert governor.plan("me").wait == 0
    assert governor.plan("me").wait == pytest.approx(governor.shortest_pace)


def test_who_does_not_ask_any_more_takes_no_place(clock: Clock) -> None:
    governor = Governor(most_players=2)
    governor.plan("one")
    governor.plan("two")
    assert governor.full("three")
    assert not governor.full("one")
    clock.now += FORGOTTEN_S + 0.1
    assert not governor.full("three")


def test_who_pauses_makes_room_at_once() -> None:
    governor = Governor(most_players=1)
    governor.plan("one")
    governor.leave("one")
    governor.leave("never there")
    assert not governor.full("two")


@given(st.integers(1, 30))
def test_thirty_who_play_still_see_it_move(players: int) -> None:
    governor = Governor()
    plans = [governor.plan(f"{player}") for player in range(players)]
    pace = max(players / governor.answers_per_second, governor.shortest_pace)
    assert plans[-1].frames / pace >= 1.5


def test_what_one_does_besides_puts_no_frames_off(clock: Clock) -> None:
    governor = Governor()
    planned = governor.plan("me").wait
    clock.now += planned / 4
    for _time in range(3):
        assert governor.wait("me") == pytest.approx(planned * 3 / 4)
    clock.now += 1.0
    assert governor.wait("me") == 0.0
    assert governor.wait("nobody") == 0.0


@given(st.integers(1, 30), st.floats(0.0, FRAME_S))
@example(10, FRAME_S)
def test_frames_that_let_every_hand_go_first_still_come(players: int, late: float) -> None:
    """An answer that comes late brings more frames: 30 see 1.5 a second and more, 10 see 4."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "time", clock)
        governor = Governor()
        for player in range(players):
            governor.plan(f"{player}")
        in_time = governor.plan("0")
        clock.now += in_time.wait + late
        plan = governor.plan("0")
    assert in_time.frames <= plan.frames <= module.MOST
    assert plan.frames / (in_time.wait + late) >= (4.0 if players <= 10 else 1.5)
