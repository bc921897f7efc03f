"""Linear layers with nothing between them are one linear layer: (x W1 + B1) W2 + B2 is
x (W1 W2) + (B1 W2 + B2). So it is the activations that make layers worth having."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from nnlab.network import LayerTrace


class OneLayer(NamedTuple):
    """weight [I, O] as torch.mm takes it, bias [1, O]."""

    weight: Tensor
    bias: Tensor


def collapse(layers: Sequence[LayerTrace]) -> OneLayer:
    """Multiply all layers out into one. It equals the network where no activation bends."""
    weight, bias = layers[0].weight.T, layers[0].bias.unsqueeze(0)
    for layer in layers[1:]:
        weight, bias = weight @ layer.weight.T, bias @ layer.weight.T + layer.bias
    return OneLayer(weight, bias)


def is_linear(layers: Sequence[LayerTrace]) -> bool:
    """Whether no layer bends: every activation is Identity."""
    return all(layer.name == "Identity" for layer in layers)
