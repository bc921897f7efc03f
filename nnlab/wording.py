"""What differs between two experiments, as words that can be read in a link's address:
"data-moons lr-0.1 layers-4Tanh_1 at0.w0.1.2-0.5". A value that has no short form is JSON.

Only letters, digits and . - _ ~ are used where it can be helped: browsers leave these as they are,
and write a space as +.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Path = tuple[str, ...]
Difference = dict[str, Any]
"""JSON to be laid over an experiment's, key by key."""

MOST_DEPTH = 12
"""Lists within lists that a value may have."""
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,3})?", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_LAYER = re.compile(r"(\d{1,6})([A-Za-z][A-Za-z0-9]*)?(?:~drop~([^~]+))?(~norm)?", re.ASCII)
_CHANGE = re.compile(r"at(\d{1,9})\.(.+)", re.ASCII)
_ROW = re.compile(r"row(\d{1,9})", re.ASCII)
_WORD = re.compile(r"([A-Za-z0-9_.]+)-(.+)", re.ASCII)


@dataclass(frozen=True)
class Form:
    """How a value is written, None where this form can't, and how it is read (ValueError)."""

    write: Callable[[Any], str | None]
    read: Callable[[str], Any]


class WordError(ValueError):
    """A word that says nothing."""


def words_of(difference: Difference) -> Iterator[str]:
    """The difference word by word."""
    for path, value in leaves(difference):
        if path in _LISTS and value:
            yield from map(_LISTS[path], value)
        else:
            word, form = _NAMES.get(path, (".".join(path), _VALUE))
            yield f"{word}-{form.write(value) or _VALUE.write(value)}"


def difference_of(words: Iterable[str]) -> tuple[Difference, tuple[str, ...]]:
    """The difference that the words say, and the words that say nothing."""
    difference: Difference = {}
    senseless: list[str] = []
    for word in words:
        try:
            _read_word(word, difference)
        except (ValueError, RecursionError):
            senseless.append(word)
    return difference, tuple(senseless)


def leaves(difference: Difference, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with the way to it."""
    for key, value in difference.items():
        if isinstance(value, dict) and "name" not in value and len(path) < 1:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _read_word(word: str, difference: Difference) -> None:
    found = _WORD.fullmatch(word)
    if not found:
        raise WordError
    name, text = found.groups()
    if change := _CHANGE.fullmatch(name):
        _append(difference, ("interventions",), _change_of(change, text))
    elif row := _ROW.fullmatch(name):
        _append(difference, ("data", "edits"), _row_of(row, text))
    else:
        path, form = _WORDS.get(name, (tuple(name.split(".", 1)), _VALUE))
        _put(difference, path, _read_json(text) if text[0] in '[{"' else form.read(text))


def _put(difference: Difference, path: Path, value: Any) -> None:
    _parent(difference, path)[path[-1]] = value


def _append(difference: Difference, path: Path, item: Any) -> None:
    parent, last = _parent(difference, path), path[-1]
    if not isinstance(parent.get(last), list):
        parent[last] = []
    parent[last].append(item)


def _parent(difference: Difference, path: Path) -> Difference:
    for key in path[:-1]:
        difference = difference.setdefault(key, {})
        if not isinstance(difference, dict):
            raise WordError
    return difference


# ---- values ----


def _write_value(value: Any) -> str:
    """A number, a word, a choice with options; JSON for all else."""
    return _write_plain(value) or _write_choice(value) or _write_json(value)


def _write_plain(value: Any) -> str | None:
    if any(value is each for each in _CONSTANTS.values()):
        return next(word for word, each in _CONSTANTS.items() if each is value)
    if value == [] and isinstance(value, list):
        return _EMPTY
    if isinstance(value, int | float):
        return json.dumps(value).removesuffix(".0").replace("e+", "e")
    if isinstance(value, str) and _NAME.fullmatch(value) and value not in {*_CONSTANTS, _EMPTY}:
        return value
    return None


def _write_choice(value: Any) -> str | None:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    options = [item for key, each in value.items() if key != "name" for item in (key, each)]
    written = [_write_plain(each) for each in (value["name"], *options)]
    return None if None in written else "~".join(map(str, written))


def _write_json(value: Any) -> str:
    """Words are parted by spaces: within a word there is none."""
    return json.dumps(value, separators=(",", ":")).replace(" ", "\\u0020")


def _read_value(text: str) -> Any:
    name, *options = text.split("~")
    if not options:
        return _read_plain(text)
    if len(options) % 2:
        raise WordError
    pairs = zip(options[::2], options[1::2], strict=True)
    return {"name": name} | {key: _read_plain(each) for key, each in pairs}


def _read_plain(text: str) -> Any:
    if text == _EMPTY:
        return []
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NUMBER.fullmatch(text):
        return json.loads(text) if text.lstrip("-").isdecimal() else float(text)
    if not _NAME.fullmatch(text):
        raise WordError
    return text


def _read_json(text: str) -> Any:
    if depth(text) > MOST_DEPTH:
        raise WordError
    return json.loads(text)


def depth(text: str) -> int:
    """How deep brackets stand in each other at most; those within strings count too."""
    deep = deepest = 0
    for sign in text:
        deep += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, deep)
    return deepest


_CONSTANTS: Mapping[str, Any] = MappingProxyType({"yes": True, "no": False, "none": None})
_EMPTY = "empty"
_VALUE = Form(_write_value, _read_value)


# ---- layers, names, rows, changes ----


def _write_layers(layers: Any) -> str | None:
    if not isinstance(layers, list):
        return None
    written = [_write_layer(**layer) for layer in layers]
    return None if None in written else "_".join(map(str, written))


def _write_layer(
    units: Any, activation: Any, dropout: Any, batch_norm: Any, **more: Any
) -> str | None:
    if more or not isinstance(activation, str):
        return None
    name = "" if activation == "Identity" else activation
    drop = f"~drop~{_write_plain(dropout)}" if dropout else ""
    return f"{units}{name}{drop}{'~norm' if batch_norm else ''}"


def _read_layers(text: str) -> list[Any]:
    return [_read_layer(each) for each in text.split("_")]


def _read_layer(text: str) -> dict[str, Any]:
    found = _LAYER.fullmatch(text)
    if not found:
        raise WordError
    units, name, drop, norm = found.groups()
    layer: dict[str, Any] = {"units": int(units)}
    layer |= {"activation": name} if name else {}
    layer |= {"dropout": _read_plain(drop)} if drop else {}
    return layer | ({"batch_norm": True} if norm else {})


def _write_names(names: Any) -> str | None:
    plain = isinstance(names, list) and all(str(name).isalnum() for name in names)
    return "_".join(names) if plain else None


def _read_names(text: str) -> list[Any]:
    return [] if text == _EMPTY else text.split("_")


def _write_change(change: Mapping[str, Any]) -> str:
    path = ("training", change["field"])
    word, _form = _NAMES.get(path, (change["field"], _VALUE))
    return f"at{change['step']}.{word}-{_write_value(change['value'])}"


def _change_of(found: re.Match[str], text: str) -> dict[str, Any]:
    step, word = found.groups()
    path, _form = _WORDS.get(word, ((word,), _VALUE))
    value = _read_json(text) if text[0] in '[{"' else _read_value(text)
    return {"step": int(step), "field": path[-1], "value": value}


def _write_row(edit: Mapping[str, Any]) -> str:
    values = "_".join(str(_write_plain(each)) for each in edit["values"])
    return f"row{edit['row']}-{values or _EMPTY}"


def _row_of(found: re.Match[str], text: str) -> dict[str, Any]:
    values = [] if text == _EMPTY else [_read_plain(each) for each in text.split("_")]
    return {"row": int(found.group(1)), "values": values}


_LISTS: Mapping[Path, Callable[[Any], str]] = MappingProxyType(
    {("interventions",): _write_change, ("data", "edits"): _write_row}
)
"""Lists of which every item is a word of its own, so that a cut costs only the last ones."""

_LAYERS = Form(_write_layers, _read_layers)
_NAME_LIST = Form(_write_names, _read_names)
_WORDS: Mapping[str, tuple[Path, Form]] = MappingProxyType(
    {
        "data": (("data", "source"), _VALUE),
        "draw": (("data", "seed"), _VALUE),
        "test": (("data", "test_share"), _VALUE),
        "standardise": (("data", "standardise"), _VALUE),
        "features": (("data", "features"), _NAME_LIST),
        "rows": (("data", "edits"), _VALUE),
        "layers": (("network", "layers"), _LAYERS),
        "init": (("network", "initialiser"), _VALUE),
        "loss": (("training", "loss"), _VALUE),
        "optimizer": (("training", "optimizer"), _VALUE),
        "lr": (("training", "learning_rate"), _VALUE),
        "epochs": (("training", "epochs"), _VALUE),
        "batch": (("training", "batch_size"), _VALUE),
        "shuffle": (("training", "shuffle"), _VALUE),
        "zero_grad": (("training", "zero_grad"), _VALUE),
        "schedule": (("training", "schedule"), _VALUE),
        "l1": (("training", "l1"), _VALUE),
        "l2": (("training", "l2"), _VALUE),
        "patience": (("training", "patience"), _VALUE),
        "seed": (("seed",), _VALUE),
        "changes": (("interventions",), _VALUE),
    }
)
"""A short word for each field of an experiment; a field without one is written as its path."""
_NAMES: Mapping[Path, tuple[str, Form]] = MappingProxyType(
    {path: (word, form) for word, (path, form) in _WORDS.items()}
)
