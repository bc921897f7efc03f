"""Python computes for one visitor at a time, however many threads want to: here they take turns,
one after the other, and who computes for long holds nobody up. What a hand has just done is due at
once, a page soon, and what goes on by itself a little later: no slider waits for somebody else's
frames, and no frame for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from itertools import count

HAND_S, PAGE_S, FRAME_S = 0.0, 0.2, 0.4
"""Seconds within which something is due: until then, what is due sooner is let pass."""
LONGEST_S = 0.06
"""A turn that takes longer holds nobody up any more: the next one begins beside it."""
MOST_BESIDE, FORGOTTEN_S = 1, 1.0
"""So many of those are at work at once, and count for a second at most: in a full house every turn
takes long, and with all of them at work none would be done soon."""


@dataclass(order=True)
class Ticket:
    """A place in the line: when it is due, the how manyth it is, and since when it has its turn."""

    due: float
    number: int
    called: threading.Event = field(default_factory=threading.Event, compare=False)
    since: float = field(default=0.0, compare=False)


@dataclass
class Turns:
    """Whoever is due first goes first, `at_once` of them at a time."""

    at_once: int = 1
    _line: list[Ticket] = field(default_factory=list)
    _at_work: list[Ticket] = field(default_factory=list)
    _inside: int = 0
    _closed: bool = False
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _mine: threading.local = field(default_factory=threading.local)

    @contextmanager
    def turn(self, within: float) -> Iterator[None]:
        """Wait for a turn and have it: `with turns().turn(HAND_S): ...`. In a turn, another one is
        the same one. Take the session's lock before, never inside."""
        if getattr(self._mine, "ticket", None) is not None:
            yield
            return
        self._mine.ticket = self._wait(time.monotonic() + within)
        try:
            yield
        finally:
            self.leave()
            self._mine.ticket = None
            with self._lock:
                self._inside -= 1
                self._lock.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold everybody off, and go on when nobody is in a turn any more, not even who left it
        before its time. Never inside a turn."""
        with self._lock:
            self._closed = True
            self._lock.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._lock:
                self._closed = False
                self._call()

    def leave(self) -> None:
        """End this thread's turn before its time: what follows is long, or waits for others."""
        ticket = getattr(self._mine, "ticket", None)
        with self._lock:
            if ticket in self._at_work:
                self._at_work.remove(ticket)
            self._call()

    def _wait(self, due: float) -> Ticket:
        ticket = Ticket(due, next(self._numbers))
        with self._lock:
            heappush(self._line, ticket)
            self._call()
        while not ticket.called.wait(LONGEST_S):
            with self._lock:
                self._call()
        return ticket

    def _call(self) -> None:
        """Let the next ones begin, as many as there is room for."""
        now = time.monotonic()
        self._at_work = [each for each in self._at_work if now - each.since < FORGOTTEN_S]
        while self._line and self._has_room(now):
            ticket = heappop(self._line)
            ticket.since = now
            self._inside += 1
            self._at_work.append(ticket)
            ticket.called.set()

    def _has_room(self, now: float) -> bool:
        if self._closed:
            return False
        beside = sum(now - each.since >= LONGEST_S for each in self._at_work)
        return beside <= MOST_BESIDE and len(self._at_work) - beside < self.at_once


@cache
def turns() -> Turns:
    """The one line of this process."""
    return Turns()
