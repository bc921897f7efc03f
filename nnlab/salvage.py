"""Salvage is the nearest experiment to a difference that can't be had as it stands: what is allowed
by itself is kept, and as little as possible of what does not fit together is left out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from nnlab.experiment import Experiment
from nnlab.limits import ExperimentError, Many, OneOf, Rule
from nnlab.spec import Of, Spec
from nnlab.wording import Difference, Path, leaves

MOST_ITEMS = 120
"""Items of a list that are tried one by one."""


@dataclass(frozen=True)
class Salvaged:
    """An experiment, and the reasons why parts of what was asked for are not in it."""

    experiment: Experiment
    reasons: tuple[ExperimentError, ...]


def applied(start: Mapping[str, Any], difference: Difference) -> dict[str, Any]:
    """JSON with a difference laid over it, key by key; a choice is taken whole, since its options
    belong to its name."""
    result = dict(start)
    for key, value in difference.items():
        old = start.get(key)
        nested = isinstance(value, dict) and isinstance(old, dict) and "name" not in old
        result[key] = applied(old, value) if nested and old else value
    return result


def salvage(start: Experiment, difference: Difference) -> Salvaged:
    """The experiment that the difference makes of `start`, or the nearest one to it."""
    try:
        return Salvaged(Experiment.from_json(applied(start.to_json(), difference)), ())
    except ExperimentError:
        pass
    reasons: list[ExperimentError] = []
    sound = _sound(Experiment, difference, reasons)
    experiment = _fitting(start.to_json(), sound, reasons)
    return Salvaged(experiment, tuple(reasons))


def _sound(spec: type[Spec], given: Any, reasons: list[ExperimentError]) -> dict[str, Any]:
    """What is allowed of a spec's JSON, each field looked at by itself."""
    rules: dict[str, Rule] = {each.name: each.metadata["rule"] for each in fields(spec)}
    sound = {}
    for key, value in given.items():
        try:
            OneOf(tuple(rules)).accept(spec.path or "experiment", key)
            sound[key] = _allowed(rules[key], f"{spec.path}.{key}".lstrip("."), value, reasons)
        except ExperimentError as reason:
            reasons.append(reason)
    return sound


def _allowed(rule: Rule, field: str, value: Any, reasons: list[ExperimentError]) -> Any:
    """The value, or what of it is allowed. Raises ExperimentError where nothing is."""
    if isinstance(rule, Of) and isinstance(value, dict):
        return _sound(rule.spec, value, reasons)
    if isinstance(rule, Many) and isinstance(rule.rule, Of) and isinstance(value, list):
        items = [_item(rule.rule, field, item, reasons) for item in value[: rule.most]]
        value = [item for item in items if item is not None]
    rule.accept(field, value)
    return value


def _item(rule: Of, field: str, item: Any, reasons: list[ExperimentError]) -> Any:
    """An item of a list, mended where that is possible, else None."""
    try:
        rule.accept(field, item)
    except ExperimentError as reason:
        reasons.append(reason)
        with contextlib.suppress(ExperimentError):
            mended = _sound(rule.spec, item, []) if isinstance(item, dict) else {}
            rule.accept(field, mended)
            return mended
        return None
    return item


def _fitting(
    start: Mapping[str, Any], difference: Difference, reasons: list[ExperimentError]
) -> Experiment:
    """The experiment with one thing left out, or with the last things, until the rest fits."""
    told = len(reasons)
    paths = [path for path, _value in leaves(difference)][::-1]
    one_less = [(path,) for path in paths]
    ever_less = [tuple(paths[:count]) for count in range(2, len(paths) + 1)]
    for gone in [(), *one_less, *ever_less]:
        try:
            experiment = Experiment.from_json(applied(start, _parted(difference, gone)[0]))
        except ExperimentError as reason:
            reasons[told:] = reasons[told:] or [reason]
        else:
            return _with_items(experiment, _parted(difference, gone)[1])
    return Experiment.from_json(start)


def _parted(difference: Difference, gone: tuple[Path, ...]) -> tuple[Difference, Difference]:
    """What is left of the difference without some of its values, and these."""
    left: Difference = {}
    taken: Difference = {}
    for path, value in leaves(difference):
        side = taken if path in gone else left
        for key in path[:-1]:
            side = side.setdefault(key, {})
        side[path[-1]] = value
    return left, taken


def _with_items(experiment: Experiment, left_out: Difference) -> Experiment:
    """The experiment with those items that do fit of lists which were left out as a whole."""
    for path, items in leaves(left_out):
        if isinstance(items, list) and len(items) <= MOST_ITEMS:
            with_some = partial(_with_list, experiment, path)
            experiment = with_some(_most(items, [], with_some)) or experiment
    return experiment


def _with_list(experiment: Experiment, path: Path, items: list[Any]) -> Experiment | None:
    """The experiment with other items in one of its lists, if there is such an experiment."""
    change: Difference = {path[-1]: items}
    for key in path[-2::-1]:
        change = {key: change}
    with contextlib.suppress(ExperimentError):
        return Experiment.from_json(applied(experiment.to_json(), change))
    return None


def _most(items: list[Any], before: list[Any], fits: Callable[[list[Any]], object]) -> list[Any]:
    """As many items as fit after those before, found by halving."""
    if fits(before + items):
        return before + items
    if len(items) <= 1:
        return before
    half = len(items) // 2
    return _most(items[half:], _most(items[:half], before, fits), fits)
