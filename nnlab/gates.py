"""A logic gate answers yes or no to two bits. A neuron answers yes where its pre-activation is
above 0, so its answers change across one straight line: enough for AND and OR, not for XOR."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import torch
from torch import Tensor

from nnlab.neuron import Neuron, activation, pre_activation

CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""The four questions; answers are listed in this order everywhere."""

Answers = tuple[bool, ...]

GATES: dict[str, Answers] = {
    "AND": (False, False, False, True),
    "OR": (False, True, True, True),
    "XOR": (False, True, True, False),
}

_APART = [
    row
    for row in product((False, True), repeat=4)
    if row not in {GATES["XOR"], (True, False, False, True)}
]
SEPARABLE = len(_APART)
"""How many of the 16 rows of four answers one line can give: all but XOR and its opposite."""


def corner_sums(neuron: Neuron) -> Tensor:
    """The pre-activation at each corner: [4]."""
    return pre_activation(neuron, torch.tensor(CORNERS))[:, 0]


def corner_outputs(neuron: Neuron) -> Tensor:
    """The neuron's output at each corner: [4]."""
    return activation(neuron.activation)(corner_sums(neuron))


def answers(neuron: Neuron) -> Answers:
    """Yes where the pre-activation is above 0 (for sigmoid: where the output is above 0.5)."""
    return tuple((corner_sums(neuron) > 0).tolist())


def right(given: Answers, gate: str) -> int:
    """How many of the four answers are the gate's."""
    return sum(one == wanted for one, wanted in zip(given, GATES[gate], strict=True))


def written(rows: Iterable[Answers]) -> str:
    """Rows of answers as one short text; those that no line can give are left out."""
    places = {_APART.index(row) for row in rows if row in _APART}
    return f"{sum(1 << place for place in places):x}" if places else ""


def read(text: str) -> set[Answers]:
    """The rows that were written; none from a text that is something else."""
    given = text if len(text) <= SEPARABLE and text.isalnum() and text.isascii() else ""
    try:
        bits = int(given or "0", 16)
    except ValueError:
        return set()
    return {row for place, row in enumerate(_APART) if bits >> place & 1}
