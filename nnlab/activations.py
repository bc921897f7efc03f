"""The activations that a layer can end with, by PyTorch's name. Each bends the pre-activation z
into the unit's output."""

from __future__ import annotations

from torch import nn

from nnlab.limits import Number, OneOf
from nnlab.registry import Entry, Option, Registry

ACTIVATIONS: Registry[Entry[nn.Module]] = Registry(
    {
        "ReLU": Entry(nn.ReLU, r"\max(0, z)"),
        "LeakyReLU": Entry(
            nn.LeakyReLU,
            r"\max(0, z) + \text{slope} \cdot \min(0, z)",
            {"negative_slope": Option(0.01, Number(0.0, 1.0))},
        ),
        "ELU": Entry(
            nn.ELU,
            r"\max(0, z) + \min(0, \alpha (e^{z} - 1))",
            {"alpha": Option(1.0, Number(0.0, 10.0))},
        ),
        "GELU": Entry(
            nn.GELU,
            r"z \cdot \Phi(z)",
            {"approximate": Option("none", OneOf(("none", "tanh")))},
        ),
        "SiLU": Entry(nn.SiLU, r"z \cdot \sigma(z)"),
        "Tanh": Entry(nn.Tanh, r"\tanh(z)"),
        "Sigmoid": Entry(nn.Sigmoid, r"\frac{1}{1 + e^{-z}}"),
        "Softplus": Entry(
            nn.Softplus,
            r"\frac{1}{\beta} \ln(1 + e^{\beta z})",
            {"beta": Option(1.0, Number(0.1, 10.0))},
        ),
        "Identity": Entry(nn.Identity, "z"),
    }
)
