"""The curves that a learner can choose from: numbers between -1/2 and 1/2 over x from -1 to 1. One
data set asks which side of the curve a point is on, another asks for the curve itself."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nnlab.registry import Entry, Registry


def line(x: Tensor) -> Tensor:
    """A straight line."""
    return x / 2


def parabola(x: Tensor) -> Tensor:
    """One valley."""
    return x**2 - 0.5


def cubic(x: Tensor) -> Tensor:
    """One hill and one valley, steep at the ends."""
    return x**3 - x / 2


def absolute(x: Tensor) -> Tensor:
    """A valley with a sharp bend, as ReLU units make it."""
    return x.abs() - 0.5


def step(x: Tensor) -> Tensor:
    """A jump at 0."""
    return torch.where(x < 0, -0.5, 0.5)


def sine(x: Tensor) -> Tensor:
    """One wave."""
    return torch.sin(math.pi * x) / 2


def waves(x: Tensor) -> Tensor:
    """Three waves."""
    return torch.sin(3 * math.pi * x) / 2


CURVES: Registry[Entry[Tensor]] = Registry(
    {
        "line": Entry(line, r"y = \frac{x}{2}"),
        "parabola": Entry(parabola, r"y = x^2 - \frac{1}{2}"),
        "cubic": Entry(cubic, r"y = x^3 - \frac{x}{2}"),
        "abs": Entry(absolute, r"y = |x| - \frac{1}{2}"),
        "step": Entry(
            step, r"y = \begin{cases} -\frac{1}{2} & x < 0 \\ \frac{1}{2} & x \ge 0 \end{cases}"
        ),
        "sine": Entry(sine, r"y = \frac{1}{2} \sin(\pi x)"),
        "waves": Entry(waves, r"y = \frac{1}{2} \sin(3 \pi x)"),
    }
)
