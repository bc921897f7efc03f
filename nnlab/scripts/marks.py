"""What the lines of a program make of the picture beside them, read from their words: a layer, one
weight, the data, the loss. A page that shows both can light it up when a line is pointed at.

A mark is a role (of ROLES), a part's id, or the beginning of ids with a star behind it: `u0.*` are
the units of the first layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

ROLES = ("data", "network", "loss")
"""What a whole picture can be of."""

Marks = tuple[str, ...]
_DATA, _NETWORK, _LOSS = ("data", "x*"), ("network",), ("loss",)


@dataclass
class _Reading:
    """The layer that the lines so far have come to, and the layer of each module of the Sequential
    by its place."""

    layer: int = -1
    places: list[int] = field(default_factory=list)


class _Rule(NamedTuple):
    """Words, and what a line with them makes."""

    words: re.Pattern[str]
    marks: Callable[[_Reading, re.Match[str]], Marks]


def marks(source: str) -> tuple[Marks, ...]:
    """For each line of a program what it makes; the lines inside brackets make what the first one
    makes, unless they say more themselves."""
    reading, found, around, depth = _Reading(), [], Marks(), 0
    for line in source.splitlines():
        code = line.partition("#")[0]
        own = _read(reading, code) or (around if depth > 0 else ())
        around = own if depth == 0 else around
        depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
        found.append(own)
    return tuple(found)


def _read(reading: _Reading, code: str) -> Marks:
    for words, made in _RULES:
        if match := words.search(code):
            return made(reading, match)
    return ()


def _always(*said: str) -> Callable[[_Reading, re.Match[str]], Marks]:
    return lambda reading, match: said


def _linear(reading: _Reading, match: re.Match[str]) -> Marks:
    reading.layer += 1
    return _module(reading, match)


def _module(reading: _Reading, match: re.Match[str]) -> Marks:
    reading.places.append(reading.layer)
    return (f"u{reading.layer}.*",)


def _by_place(reading: _Reading, match: re.Match[str]) -> Marks:
    place, parameter, index = match.groups()
    layer = reading.places[int(place)] if int(place) < len(reading.places) else 0
    return _one(layer, parameter, index)


def _by_name(reading: _Reading, match: re.Match[str]) -> Marks:
    number, parameter, index = match.groups()
    return _one(int(number) - 1, parameter, index)


def _one(layer: int, parameter: str, index: str) -> Marks:
    """One number of a parameter; of a batch norm it is its unit that can be seen."""
    place = index.replace(", ", ".")
    if parameter == "weight" and "." in place:
        return (f"w{layer}.{place}",)
    return (f"b{layer}.{place}", f"u{layer}.{place}")


def _by_matrix(reading: _Reading, match: re.Match[str]) -> Marks:
    """W1[2, 0] goes from input 2 to unit 0 of the first layer, B1[0, 1] to its unit 1."""
    letter, number, row, column = match.groups()
    if letter == "W":
        return (f"w{int(number) - 1}.{column}.{row}",)
    return (f"b{int(number) - 1}.{column}", f"u{int(number) - 1}.{column}")


def _numbered(reading: _Reading, match: re.Match[str]) -> Marks:
    letter, number = match.groups()
    kind = {"W": "w", "B": "b", "b": "b"}.get(letter.removeprefix("d"), "u")
    return (f"{kind}{int(number) - 1}.*",)


def _product(reading: _Reading, match: re.Match[str]) -> Marks:
    """A matrix product and its bias make the values of a layer."""
    return (f"u{int(match[1]) - 1}.*",)


def _named(reading: _Reading, match: re.Match[str]) -> Marks:
    """A tensor's own cells bear its name."""
    return (f"t.{match[1]}.*", f"t.{match[1]}")


_RULES = tuple(
    _Rule(re.compile(words), made)
    for words, made in (
        (r"model\[(\d+)\]\.(weight|bias)(?:\.grad)?\[([\d, ]+)\]", _by_place),
        (r"model\.(?:linear|norm)(\d+)\.(weight|bias)\[([\d, ]+)\]", _by_name),
        (r"^(W|B)(\d+)\[(\d+), (\d+)\] = ", _by_matrix),
        (r"nn\.Linear\(", _linear),
        (r"^\s+(?:self\.\w+ = )?nn\.(?!Sequential|init)\w+\(", _module),
        (r"\bself\.(linear|norm|activation|dropout)(\d+)\(", _numbered),
        (r"torch\.mm\(.*\bW(\d+)\)", _product),
        (r"\b(W|B|b|dW|db|dz|da|z|a|f|h)(\d+)\b", _numbered),
        (r"\.backward\(\)|optimizer|scheduler|penalty|torch\.cat\(\[p\.", _always(*_NETWORK)),
        (r"\bloss(?:es)?\b|\bcriterion\b|\bjudged\b", _always(*_LOSS)),
        (r"\bmodel\b", _always(*_NETWORK)),
        (r"^weights = ", _always("w0.*")),
        (r"^bias = ", _always("b0.*")),
        (
            r"^\s*(?:x|y|x_test|y_test|features|clean|radius|angle|order|mean)\b[^=]*=",
            _always(*_DATA),
        ),
        (r"^(\w+)(?:\[.*\])? = ", _named),
    )
)
"""The first rule whose words stand in a line counts."""
