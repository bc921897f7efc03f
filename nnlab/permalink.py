"""A permalink is an experiment as a short text for a link: only what differs from a starting
experiment is said, in words that can be read, and then the version of this spelling. A long text is
compressed. What was cut off or changed by hand still gives the nearest experiment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus

from nnlab.codec import decode, encode
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError
from nnlab.salvage import salvage
from nnlab.wording import MOST_DEPTH, Difference, depth, difference_of, words_of

VERSION = 2
LONGEST = 6000
"""Characters; browsers and proxies cut off what is much longer."""
_PLAIN = 240
"""Characters in the address bar up to which a text is left readable."""
_MOST_READ = 20_000
"""Characters that are read at all."""
_PACKED = "~"
_VERSION = re.compile(r"v[1-9]\d{0,3}", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """The nearest experiment to what a link says, and why it is not just that, if it isn't."""

    experiment: Experiment
    complaint: ExperimentError | None = None


def to_text(experiment: Experiment, start: Experiment) -> str:
    """The experiment as text; empty when it is the starting one."""
    difference = _difference(start.to_json(), experiment.to_json())
    if not difference:
        return ""
    text = " ".join((*words_of(difference), f"v{VERSION}"))
    return text if len(quote_plus(text)) <= _PLAIN else _PACKED + encode(text)


def read(text: str, start: Experiment) -> Reading:
    """Read what `to_text` wrote, now or in an earlier version; never raises."""
    if not text:
        return Reading(start)
    said = _said(text)
    found = salvage(start, said.difference)
    return Reading(found.experiment, next(iter((*said.complaints, *found.reasons)), None))


def from_text(text: str, start: Experiment) -> Experiment:
    """The experiment that `to_text` wrote. Raises ExperimentError where `read` would complain."""
    reading = read(text, start)
    if reading.complaint:
        raise reading.complaint
    return reading.experiment


def fits(text: str) -> bool:
    """Whether a link can carry the text."""
    return len(text) <= LONGEST


@dataclass(frozen=True)
class _Said:
    """What a text says: a difference in the words of its version, and what is wrong with it."""

    difference: Difference
    version: int
    complaints: tuple[ExperimentError, ...] = ()


def _said(text: str) -> _Said:
    plain, whole = text[:_MOST_READ], len(text) <= _MOST_READ
    if text.startswith(_PACKED):
        decoded = decode(plain[len(_PACKED) :])
        plain, whole = decoded.text, whole and decoded.whole
    read = _first_spelling if plain.startswith(("{", "[")) or not plain else _words
    said = read(plain) if whole else read(plain.rpartition(" ")[0])
    complaints = said.complaints if whole else (_unreadable(text), *said.complaints)
    return _Said(_migrated(said), VERSION, complaints)


def _first_spelling(plain: str) -> _Said:
    """Version 1 was JSON, compressed where it was long, and did not say its version."""
    try:
        difference = json.loads(plain) if depth(plain) <= MOST_DEPTH else None
    except ValueError:
        difference = None
    if not isinstance(difference, dict):
        return _Said({}, 1, (_unreadable(plain),))
    return _Said(difference, 1)


def _words(plain: str) -> _Said:
    """Words, the last of which is the version: where it is missing, something was cut off."""
    words = (plain if " " in plain else plain.replace("+", " ")).split()
    version = int(words[-1][1:]) if words and _VERSION.fullmatch(words[-1]) else 0
    difference, senseless = difference_of(words[:-1] if version else words)
    complaints = [_unreadable(" ".join(senseless))] if senseless else []
    if version > VERSION:
        newer = _("{version} or less: a newer nnlab has made it").format(version=VERSION)
        complaints.append(ExperimentError(_("the version of the link"), version, Because(newer)))
    elif version < 2:
        complaints.append(_unreadable(plain))
    return _Said(difference, min(max(version, 2), VERSION), tuple(complaints))


def _unreadable(text: str) -> ExperimentError:
    sentence = _("a whole link as this page makes it: a part of it is missing or was changed")
    return ExperimentError(_("the link"), text, Because(sentence))


def _migrated(said: _Said) -> Difference:
    difference = said.difference
    for version in range(said.version, VERSION):
        difference = MIGRATIONS[version](difference)
    return difference


def _unchanged(difference: Difference) -> Difference:
    """Version 2 spells the same fields in another way."""
    return difference


MIGRATIONS: Mapping[int, Callable[[Difference], Difference]] = MappingProxyType({1: _unchanged})
"""What makes a difference of one version into one of the next. Whoever renames a field of an
experiment, or changes the start from which links differ, raises VERSION and says here what becomes
of older links; tests/links.json holds links that must open for ever."""


def _difference(start: Any, end: Any) -> Any:
    """What to lay over `start`, key by key, to get `end`."""
    return {
        key: _difference(start[key], value) if _both_nested(start.get(key), value) else value
        for key, value in end.items()
        if start.get(key) != value
    }


def _both_nested(one: Any, other: Any) -> bool:
    """Choices are taken whole: their options belong to their name."""
    nested = isinstance(one, dict) and isinstance(other, dict)
    return nested and "name" not in one
