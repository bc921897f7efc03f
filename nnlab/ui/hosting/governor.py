"""The governor lets many sessions play in one process: it says how long each frame may train and
when the next one may come, so that all are served evenly and none starves the rest. Which of them
goes first, and that a slider goes before them, is the business of turns.py."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cache

from nnlab.ui.hosting.house import house

FORGOTTEN_S = 8.0
"""A session that has not asked for so long does not play any more."""
FEWEST, MOST, FRAME_S = 2, 5, 0.12
"""Frames for one answer, and the seconds that one of them should be seen at most."""


@dataclass(frozen=True)
class Plan:
    """Seconds that may be trained now, seconds until frames may be asked for again, and how many
    are made at once: the way to the browser and back costs more than to make one."""

    budget: float
    wait: float
    frames: int = FEWEST


@dataclass
class Governor:
    """`answers_per_second` is how often the process can send frames in all, `share` the part of its
    time that may be spent on training; nobody trains longer than `longest` for one answer, and gets
    one sooner than `shortest_pace` after the one before."""

    answers_per_second: float = 18.0
    share: float = 0.45
    longest: float = 0.03
    shortest_pace: float = 0.07
    most_players: int = 60
    _asked: dict[str, float] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, player: str) -> Plan:
        """What this player's next frames may cost, given how many play now. They are due at an
        even pace: what the way to the browser and back takes is part of it and not added. Who has
        had to wait for longer, since hands go before frames, gets more of them at once."""
        now = time.monotonic()
        with self._lock:
            late = now - self._asked.get(player, now)
            self._asked[player] = now
            self._forget(now)
            players = len(self._asked)
            pace = max(players / self.answers_per_second, self.shortest_pace)
            due = max(self._due.get(player, now) + pace, now)
            self._due[player] = due
        budget = min(self.longest, self.share * max(pace, self.longest / self.share) / players)
        frames = min(max(round(max(pace, late) / FRAME_S), FEWEST), MOST)
        return Plan(max(budget, 0.002), due - now, frames)

    def wait(self, player: str) -> float:
        """Seconds until the frames that were planned last are over: what a player does besides
        does not put the next ones off."""
        with self._lock:
            return max(self._due.get(player, 0.0) - time.monotonic(), 0.0)

    def full(self, player: str) -> bool:
        """Whether one more player would be too many."""
        with self._lock:
            self._forget(time.monotonic())
            return player not in self._asked and len(self._asked) >= self.most_players

    @property
    def players(self) -> int:
        """How many play now."""
        with self._lock:
            self._forget(time.monotonic())
            return len(self._asked)

    def leave(self, player: str) -> None:
        """This player has paused."""
        with self._lock:
            self._asked.pop(player, None)
            self._due.pop(player, None)

    def _forget(self, now: float) -> None:
        before = now - FORGOTTEN_S
        self._asked = {name: at for name, at in self._asked.items() if at >= before}
        self._due = {name: at for name, at in self._due.items() if name in self._asked}


@cache
def governor() -> Governor:
    """The one governor of this process."""
    return Governor(most_players=house().players)
