"""Data sets whose targets are numbers to predict. The noise is added to the target of a curve and
moves the points of a surface."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from nnlab.datasets.curves import CURVES
from nnlab.datasets.samples import Samples, uniform_square
from nnlab.registry import Choice

BUMPS = (
    (-0.6, -0.4, -1.0),
    (0.0, -0.4, 1.0),
    (0.6, -0.4, -1.0),
    (-0.6, 0.4, 1.0),
    (0.0, 0.4, -1.0),
    (0.6, 0.4, 1.0),
)
"""The middles of the Gaussian bumps, and their heights."""
BUMP_WIDTH = 0.2


def plane(generator: Generator, n_samples: int, noise: float) -> Samples:
    """A number to predict: the sum of the two features."""
    clean, x = uniform_square(generator, n_samples, noise)
    return Samples(x, clean.sum(1, keepdim=True))


def bumps(x: Tensor) -> Tensor:
    """The height [N, 1] of the six bumps at points [N, 2]: sum of h exp(-d^2 / (2 width^2))."""
    table = torch.tensor(BUMPS)
    distance = torch.cdist(x, table[:, :2], compute_mode="donot_use_mm_for_euclid_dist")
    return torch.exp(-(distance**2) / (2 * BUMP_WIDTH**2)) @ table[:, 2:]


def multi_gaussian(generator: Generator, n_samples: int, noise: float) -> Samples:
    """A number to predict: three Gaussian hills and three hollows."""
    clean, x = uniform_square(generator, n_samples, noise)
    return Samples(x, bumps(clean))


def sine(generator: Generator, n_samples: int, noise: float) -> Samples:
    """A curve to fit: sin(3x) for x from -1 to 1."""
    x = torch.rand(n_samples, 1, generator=generator) * 2 - 1
    return Samples(x, torch.sin(3 * x) + noise * torch.randn(n_samples, 1, generator=generator))


def chosen_curve(generator: Generator, n_samples: int, noise: float, curve: str) -> Samples:
    """A curve to fit, one of CURVES, for x from -1 to 1."""
    x = torch.rand(n_samples, 1, generator=generator) * 2 - 1
    y: Tensor = CURVES.make(Choice(curve), x)
    return Samples(x, y + noise * torch.randn(n_samples, 1, generator=generator))
