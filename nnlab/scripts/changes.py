"""What was changed on the way as lines of PyTorch: a weight set by hand, another learning rate,
another optimizer. Each stands in the loop at its step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import torch

from nnlab.experiment import Experiment
from nnlab.optimizers import LATE, OPTIMIZERS
from nnlab.registry import Choice
from nnlab.scripts.beginning import set_by_hand
from nnlab.scripts.module import call, dropout_of
from nnlab.scripts.rate import by_hand
from nnlab.scripts.section import block
from nnlab.settings import value_at


def changed_fields(experiment: Experiment, step: int) -> tuple[str, ...]:
    """The settings that are another at this step than just before it; the learning rate first."""
    named = {each.field for each in experiment.changes_at.get(step, ())}
    settings = sorted(name for name in named if _kind(name) in _LINES)
    return tuple(
        name
        for name in sorted(settings, key="learning_rate".__ne__)
        if value_at(experiment, name, step) != value_at(experiment, name, step - 1)
    )


def change_lines(experiment: Experiment, style: str, step: int) -> tuple[str, ...]:
    """The lines that change everything that is changed just before a step; none if nothing is."""
    settings = (
        line
        for name in changed_fields(experiment, step)
        for line in _LINES[_kind(name)](experiment, style, name, step)
    )
    return (*settings, *set_by_hand(experiment, style, step))


def _kind(field: str) -> str:
    """The dropout of any layer is changed in one way."""
    return "dropout" if field.startswith("dropout") else field


def made(experiment: Experiment, step: int) -> str:
    """The call that makes the optimizer as it is at a step."""
    rate = f"{value_at(experiment, 'learning_rate', step)!r}"
    if by_hand(experiment):
        rate = "learning_rate * factor(epoch)" if step else "learning_rate"
    choice = value_at(experiment, "optimizer", step)
    return f"optimizer = torch.optim.{call(choice, 'model.parameters()', f'lr={rate}')}"


def _rate(experiment: Experiment, style: str, name: str, step: int) -> Iterator[str]:
    rate = f"{value_at(experiment, name, step)!r}"
    if by_hand(experiment):
        yield f"learning_rate = {rate}"
        rate = "learning_rate * factor(epoch)"
    yield f'optimizer.param_groups[0]["lr"] = {rate}'


def _penalty(experiment: Experiment, style: str, name: str, step: int) -> Iterator[str]:
    yield f"{name} = {value_at(experiment, name, step)!r}"


def _dropout(experiment: Experiment, style: str, name: str, step: int) -> Iterator[str]:
    place = int(name.removeprefix("dropout"))
    yield f"{dropout_of(experiment, style, place)} = {value_at(experiment, name, step)!r}"


def _optimizer(experiment: Experiment, style: str, name: str, step: int) -> Iterator[str]:
    """Another one begins anew; of the same one only the settings change."""
    before, now = (value_at(experiment, name, at) for at in (step - 1, step))
    if before.name != now.name:
        yield made(experiment, step)
        return
    old, new = (_torch_settings(each) for each in (before, now))
    for key, value in new.items():
        if value != old[key]:
            yield f'optimizer.param_groups[0]["{key}"] = {value!r}'
    if now.name != "SGD":
        fresh = [LATE[key] for key in LATE if new.get(key) and not old[key]]
        yield from block(
            "for p, memory in optimizer.state.items():",
            (f'memory.setdefault("{key}", torch.zeros_like(p))' for key in fresh),
        )


def _torch_settings(choice: Choice) -> dict[str, object]:
    """Every setting by the name that PyTorch gives it."""
    nobody = [torch.zeros(1, requires_grad=True)]
    group = OPTIMIZERS.make(choice, nobody, 0.0).param_groups[0]
    return {key: value for key, value in group.items() if key not in {"params", "lr"}}


_LINES: Mapping[str, Callable[[Experiment, str, str, int], Iterator[str]]] = MappingProxyType(
    {
        "learning_rate": _rate,
        "optimizer": _optimizer,
        "l1": _penalty,
        "l2": _penalty,
        "dropout": _dropout,
    }
)
"""How a setting is changed, by its kind. (The batch size changes
where an epoch begins, a part of the network in `set_by_hand`.)"""
