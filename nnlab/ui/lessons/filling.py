"""A sweep on its way, in a thread of its own, shared by all who look at it. It works while somebody
looks. When the last has stopped it or is gone it rests, keeps what it has, and can go on later."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from os import cpu_count

from nnlab.sweep import Outcome, Sweep
from nnlab.ui.hosting import counters

GONE_S = 5.0
"""Seconds without a look after which a visitor is taken to be gone."""


@cache
def threads() -> Executor:
    """The workers on this machine, the same for all sweeps: ten visitors take no more cores than
    one."""
    return ThreadPoolExecutor(cpu_count(), thread_name_prefix="nnlab-sweep")


@dataclass
class Filling:
    """The sweep may work for so many `seconds` in all."""

    work: Sweep
    seconds: float
    _looks: dict[str, float] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _worker: threading.Thread | None = None
    _begun: float = 0.0
    _spent: float = 0.0

    @property
    def spent(self) -> float:
        """Seconds that it has worked."""
        return self._spent + (time.monotonic() - self._begun if self._worker else 0.0)

    @property
    def ended(self) -> bool:
        """Whether its time is over before all is there."""
        return self.work.progress < 1 and self.spent >= self.seconds

    @property
    def done(self) -> bool:
        return self.work.progress == 1 or self.ended

    @property
    def outcomes(self) -> list[tuple[tuple[int, float, int], Outcome]]:
        """What is there now, by hidden size, learning rate and seed, in this order."""
        return sorted(self.work.outcomes.copy().items())

    def look(self, visitor: str, seconds: float) -> None:
        """Have it work, and wait for so long or until it is done."""
        with self._news:
            self._looks[visitor] = time.monotonic() + seconds
            if self._worker is None and not self.done:
                self._begun = time.monotonic()
                self._worker = threading.Thread(target=self._fill, name="nnlab-sweep", daemon=True)
                self._worker.start()
            self._news.wait_for(lambda: self.done, min(seconds, self.seconds))

    def leave(self, visitor: str) -> None:
        """This visitor has stopped it; others may still look."""
        self._looks.pop(visitor, None)

    def _fill(self) -> None:
        try:
            with counters.trained():
                for _outcome in self.work:
                    if not self._wanted():
                        break
        finally:
            with self._news:
                self._spent, self._worker = self.spent, None
                self._news.notify_all()

    def _wanted(self) -> bool:
        gone = time.monotonic() - GONE_S
        return not self.done and any(at > gone for at in self._looks.copy().values())
