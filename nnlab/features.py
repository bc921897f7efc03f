"""Engineered features are columns computed from the raw ones before the network sees them: a
square, a product, a sine. With the right one a single unit does what else takes a layer."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.registry import Choice, Entry, Registry

MOST_INPUTS = 2
"""Features are engineered for data with one or two raw features."""


@dataclass(frozen=True)
class Feature(Entry[Tensor]):
    """A column [N] made of raw features [N, R]: how it is written, and how many R it needs."""

    label: str = ""
    inputs: int = 1


def first(x: Tensor) -> Tensor:
    """The first raw feature."""
    return x[:, 0]


def second(x: Tensor) -> Tensor:
    """The second raw feature."""
    return x[:, 1]


def first_squared(x: Tensor) -> Tensor:
    """How far from 0 the first is, on either side."""
    return x[:, 0] ** 2


def second_squared(x: Tensor) -> Tensor:
    """How far from 0 the second is, on either side."""
    return x[:, 1] ** 2


def product(x: Tensor) -> Tensor:
    """Above 0 where both have the same sign."""
    return x[:, 0] * x[:, 1]


def sine_of_first(x: Tensor) -> Tensor:
    """A wave along the first, 2 pi long."""
    return torch.sin(x[:, 0])


def sine_of_second(x: Tensor) -> Tensor:
    """A wave along the second, 2 pi long."""
    return torch.sin(x[:, 1])


FEATURES: Registry[Feature] = Registry(
    {
        "x1": Feature(first, "x_1", label="x1"),
        "x2": Feature(second, "x_2", label="x2", inputs=2),
        "x1x1": Feature(first_squared, "x_1^2", label="x1²"),
        "x2x2": Feature(second_squared, "x_2^2", label="x2²", inputs=2),
        "x1x2": Feature(product, "x_1 x_2", label="x1·x2", inputs=2),
        "sinx1": Feature(sine_of_first, r"\sin(x_1)", label="sin(x1)"),
        "sinx2": Feature(sine_of_second, r"\sin(x_2)", label="sin(x2)", inputs=2),
    }
)


def engineered(x: Tensor, names: tuple[str, ...]) -> Tensor:
    """The named columns [N, F] of raw features [N, R]; without names the raw ones themselves."""
    if not names:
        return x
    return torch.stack([FEATURES.make(Choice(name), x) for name in names], 1)
