"""The derivative of each activation, by the activation's name: how much its output a changes when
its pre-activation z grows a little. Written by hand; in the tests autograd judges them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from nnlab.activations import ACTIVATIONS
from nnlab.registry import Choice


def relu_derivative(z: Tensor) -> Tensor:
    """a = max(0, z). At the kink z = 0 any slope from 0 to 1 would do: PyTorch takes 0."""
    return (z > 0).to(z.dtype)


def leaky_relu_derivative(z: Tensor, negative_slope: float) -> Tensor:
    """a = z above 0, else slope z."""
    return torch.where(z > 0, 1.0, negative_slope).to(z.dtype)


def elu_derivative(z: Tensor, alpha: float) -> Tensor:
    """a = z above 0, else alpha (e^z - 1)."""
    return torch.where(z > 0, torch.ones_like(z), alpha * torch.exp(z.clamp(max=0)))


def gelu_derivative(z: Tensor, approximate: str) -> Tensor:
    """a = z Phi(z), Phi the normal distribution, or its approximation by tanh."""
    if approximate == "tanh":
        root = math.sqrt(2 / math.pi)
        t = torch.tanh(root * (z + 0.044715 * z**3))
        return (1 + t) / 2 + z * (1 - t**2) * root * (1 + 3 * 0.044715 * z**2) / 2
    density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return (1 + torch.erf(z / math.sqrt(2))) / 2 + z * density


def silu_derivative(z: Tensor) -> Tensor:
    """a = z sigmoid(z)."""
    a = torch.sigmoid(z)
    return a + z * a * (1 - a)


def tanh_derivative(z: Tensor) -> Tensor:
    """a = tanh(z)."""
    return 1 - torch.tanh(z) ** 2


def sigmoid_derivative(z: Tensor) -> Tensor:
    """a = 1 / (1 + e^-z)."""
    a = torch.sigmoid(z)
    return a * (1 - a)


def softplus_derivative(z: Tensor, beta: float) -> Tensor:
    """a = ln(1 + e^(beta z)) / beta; PyTorch takes a = z from beta z = 20 on."""
    return torch.where(beta * z > 20, torch.ones_like(z), torch.sigmoid(beta * z))


def identity_derivative(z: Tensor) -> Tensor:
    """a = z."""
    return torch.ones_like(z)


@dataclass(frozen=True)
class Derivative:
    """da/dz as a function of z [B, O] and the activation's options, and in LaTeX. `kink` says that
    it jumps at z = 0."""

    of: Callable[..., Tensor]
    formula: str
    kink: bool = False


DERIVATIVES: Mapping[str, Derivative] = MappingProxyType(
    {
        "ReLU": Derivative(relu_derivative, r"1 \text{ if } z > 0 \text{ else } 0", kink=True),
        "LeakyReLU": Derivative(
            leaky_relu_derivative, r"1 \text{ if } z > 0 \text{ else slope}", kink=True
        ),
        "ELU": Derivative(
            elu_derivative, r"1 \text{ if } z > 0 \text{ else } \alpha e^{z}", kink=True
        ),
        "GELU": Derivative(gelu_derivative, r"\Phi(z) + z \varphi(z)"),
        "SiLU": Derivative(silu_derivative, r"\sigma(z) + z \sigma(z)(1 - \sigma(z))"),
        "Tanh": Derivative(tanh_derivative, r"1 - \tanh^2(z)"),
        "Sigmoid": Derivative(sigmoid_derivative, r"\sigma(z)(1 - \sigma(z))"),
        "Softplus": Derivative(softplus_derivative, r"\sigma(\beta z)"),
        "Identity": Derivative(identity_derivative, "1"),
    }
)


def derivative(activation: Choice, z: Tensor) -> Tensor:
    """da/dz of the chosen activation at z, in the same shape."""
    return DERIVATIVES[activation.name].of(z, **ACTIVATIONS.settings(activation))
