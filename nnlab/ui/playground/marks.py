"""The changes on the way as the pictures mark them. A slider that is dragged while it plays changes
the same thing again and again, at neighbouring steps: that is one mark, from where to where."""

from __future__ import annotations

from dataclasses import dataclass

from nnlab.experiment import Experiment, Intervention
from nnlab.packed import PARAMETERS
from nnlab.registry import Choice

NEAR = 0.1
"""The share of the steps so far within which two changes of the same thing are one mark."""

SHORT = {"learning_rate": "lr"}
"""PyTorch's own name, where it is shorter."""


@dataclass(frozen=True)
class Change:
    """The steps of the first and the last change that a mark stands for, and what it says."""

    first: int
    last: int
    text: str


def changes(experiment: Experiment, newest: int) -> list[Change]:
    """What was changed on the way of a run that has come to the step `newest`.

    >>> from nnlab import Experiment, Intervention
    >>> steps = (100, 110, 120, 300)
    >>> dragged = tuple(Intervention(step, "l2", step / 10000) for step in steps)
    >>> [each.text for each in changes(Experiment(interventions=dragged), 400)]
    ['l2 = 0.012 (×3)', 'l2 = 0.03']
    """
    groups: list[list[Intervention]] = []
    latest: dict[str, list[Intervention]] = {}
    for each in experiment.interventions:
        group = latest.get(each.field)
        if group is None or each.step - group[-1].step > NEAR * newest:
            group = latest[each.field] = []
            groups.append(group)
        group.append(each)
    return [Change(group[0].step, group[-1].step, _text(group)) for group in groups]


def _text(group: list[Intervention]) -> str:
    """How it is after the last of them, in a few signs."""
    often = f" (×{len(group)})" if len(group) > 1 else ""
    last = group[-1]
    if last.field == PARAMETERS:
        return f"load_state_dict{often}"
    value = last.value if isinstance(last.value, Choice) else f"{last.value:.4g}"
    return f"{SHORT.get(last.field, last.field)} = {value}{often}"
