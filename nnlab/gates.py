"""A logic gate answers yes or no to two bits. A neuron answers yes where its pre-activation is
above 0, so its answers change across one straight line: enough for AND and OR, not for XOR."""

from __future__ import annotations

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

SEPARABLE = 14
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
