"""What comes out of the sandbox: lines that somebody's code may have had a hand in. Each is read
strictly, and becomes one of a few kinds of answers or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nnlab.limits import ExperimentError, Flag, Many, OneOf, Rule, Whole
from nnlab.sandbox.learning import Progress
from nnlab.sandbox.portrait import MOST_STATIONS, MOST_VALUES, Portrait, Station
from nnlab.sandbox.question import GRID
from nnlab.sandbox.walls import WALLS

LONGEST_LINE = 1_000_000
MOST_COUNTED = 10**12
_LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Starting:
    """The process is there."""


@dataclass(frozen=True)
class Closed:
    """The walls that are closed."""

    walls: tuple[str, ...]


@dataclass(frozen=True)
class Unprotected:
    """The walls that matter can't be closed on this system: the code was not run."""


@dataclass(frozen=True)
class Printed:
    """What the code printed."""

    text: str


@dataclass(frozen=True)
class Failed:
    """What the code raised, and at which of its lines; 0 where that is not known."""

    error: str
    message: str
    line: int


@dataclass(frozen=True)
class Trained:
    """The training is over; it took so many milliseconds."""

    milliseconds: int


Answer = Starting | Closed | Unprotected | Printed | Failed | Trained | Portrait | Progress


def read(line: bytes) -> Answer | None:
    """The answer in a line; None for a line that is none."""
    try:
        said = json.loads(line)
        return _READERS[said["kind"]](said)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None


@dataclass(frozen=True)
class _Float:
    """Any float, NaN and infinity among them."""

    def accept(self, field: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ExperimentError(field, value, self)
        return float(value)

    def allowed(self) -> str:
        return ""


@dataclass(frozen=True)
class _Short:
    """A text of any lines, cut where it is too long."""

    most: int

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str):
            raise ExperimentError(field, value, self)
        return value[: self.most].encode("utf-8", "replace").decode()

    def allowed(self) -> str:
        return ""


_COUNT, _NAME = Whole(0, MOST_COUNTED), _Short(100)
_STATION: Mapping[str, Rule] = MappingProxyType(
    {
        "name": _NAME,
        "kind": _Short(200),
        "sources": Many(Whole(0, MOST_STATIONS), 0, 100),
        "shape": Many(_COUNT, 0, 10),
        "parameters": _COUNT,
        "values": Many(_Float(), 0, MOST_VALUES),
    }
)
_PROGRESS: Mapping[str, Rule] = MappingProxyType(
    {
        "epoch": _COUNT,
        "loss": _Float(),
        "test_loss": _Float(),
        "picture": Many(_Float(), 0, GRID * GRID),
    }
)
_FAILED: Mapping[str, Rule] = MappingProxyType(
    {"error": _NAME, "message": _Short(500), "line": Whole(0, 100_000)}
)


def _kept(said: Mapping[str, Any], rules: Mapping[str, Rule]) -> dict[str, Any]:
    return {name: rule.accept(name, said[name]) for name, rule in rules.items()}


def _station(said: Mapping[str, Any]) -> Station:
    return Station(**_kept(said, _STATION))


def _portrait(said: Mapping[str, Any]) -> Portrait:
    """There are stations, and each is fed by stations before it."""
    stations = tuple(map(_station, said["stations"][:MOST_STATIONS]))
    if not stations or any(
        source >= place for place, each in enumerate(stations) for source in each.sources
    ):
        raise ValueError
    counts = _kept(said, {"parameters": _COUNT, "trainable": _COUNT, "traced": Flag()})
    return Portrait(stations, **counts)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = MappingProxyType(
    {
        "starting": lambda _said: Starting(),
        "walls": lambda said: Closed(Many(OneOf(WALLS), 0, len(WALLS)).accept("", said["closed"])),
        "unprotected": lambda _said: Unprotected(),
        "printed": lambda said: Printed(_Short(_LONGEST_TEXT).accept("", said["text"])),
        "failed": lambda said: Failed(**_kept(said, _FAILED)),
        "trained": lambda said: Trained(_COUNT.accept("", said["milliseconds"])),
        "portrait": _portrait,
        "progress": lambda said: Progress(**_kept(said, _PROGRESS)),
    }
)
