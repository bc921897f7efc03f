"""Activations: a = f(z), and slope * f'(z), where slope is how the loss grows with a.
Comparisons are the way round in which NaN stays NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus as torch_softplus

Setting = float


class Activation(NamedTuple):
    """f(z, setting), and back(slope, z, a, setting)."""

    forward: Callable[[Tensor, Setting], Tensor]
    back: Callable[[Tensor, Tensor, Tensor, Setting], Tensor]


def _relu_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    return slope.masked_fill_(z <= 0, 0.0)


def _leaky_relu(z: Tensor, setting: Setting) -> Tensor:
    return torch.where(z > 0, z, z * setting)


def _leaky_relu_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    return torch.where(z > 0, slope, slope * setting)


def _elu(z: Tensor, alpha: Setting) -> Tensor:
    return torch.where(z <= 0, torch.expm1(z) * alpha, z)


def _elu_back(slope: Tensor, z: Tensor, a: Tensor, alpha: Setting) -> Tensor:
    return torch.where(z <= 0, slope * alpha * torch.exp(z), slope)


def _gelu(z: Tensor, setting: Setting) -> Tensor:
    return z * 0.5 * (1 + torch.erf(z * math.sqrt(0.5)))


def _gelu_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    area = 0.5 * (1 + torch.erf(z * math.sqrt(0.5)))
    density = torch.exp(z * z * -0.5) / math.sqrt(2 * math.pi)
    return slope * (area + z * density)


def _gelu_bend(z: Tensor) -> Tensor:
    return torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))


def _gelu_tanh(z: Tensor, setting: Setting) -> Tensor:
    return 0.5 * z * (1 + _gelu_bend(z))


def _gelu_tanh_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    bend = _gelu_bend(z)
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return slope * (0.5 * (1 + bend) + 0.5 * z * (1 - bend * bend) * inner)


def _silu(z: Tensor, setting: Setting) -> Tensor:
    return z * torch.sigmoid(z)


def _silu_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    s = torch.sigmoid(z)
    return slope * (s * (1 + z * (1 - s)))


def _tanh_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    return slope.addcmul_(slope * a, a, value=-1)


def _sigmoid_back(slope: Tensor, z: Tensor, a: Tensor, setting: Setting) -> Tensor:
    return slope.mul_(a).addcmul_(slope, a, value=-1)


def _softplus(z: Tensor, beta: Setting) -> Tensor:
    """log(1 + e^(beta z)) / beta, and z itself where beta z > 20, as torch has it."""
    return torch_softplus(z, beta, threshold=20)


def _softplus_back(slope: Tensor, z: Tensor, a: Tensor, beta: Setting) -> Tensor:
    return torch.where(z * beta > 20, slope, slope * torch.sigmoid(z * beta))


ACTIVATIONS = {
    "Identity": Activation(lambda z, setting: z, lambda slope, z, a, setting: slope),
    "ReLU": Activation(lambda z, setting: torch.relu(z), _relu_back),
    "Tanh": Activation(lambda z, setting: torch.tanh(z), _tanh_back),
    "Sigmoid": Activation(lambda z, setting: torch.sigmoid(z), _sigmoid_back),
    "LeakyReLU": Activation(_leaky_relu, _leaky_relu_back),
    "ELU": Activation(_elu, _elu_back),
    "GELU": Activation(_gelu, _gelu_back),
    "GELU(tanh)": Activation(_gelu_tanh, _gelu_tanh_back),
    "SiLU": Activation(_silu, _silu_back),
    "Softplus": Activation(_softplus, _softplus_back),
}
