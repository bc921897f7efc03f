"""Samples are rows of features with their targets. Here are also the few ways in which the data
sets draw them: every random number comes from the generator that is given."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor


class Samples(NamedTuple):
    """Features x [N, F] and targets y [N, T], float32. Targets are numbers to predict, 0 or 1 for
    two classes, or class numbers from 0 upwards."""

    x: Tensor
    y: Tensor

    def to(self, device: torch.device) -> Samples:
        return Samples(self.x.to(device), self.y.to(device))


class Names(NamedTuple):
    """What the features and the classes are called; no classes where numbers are predicted."""

    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def uniform_square(generator: Generator, n_samples: int, noise: float) -> tuple[Tensor, Tensor]:
    """Points in the square from -1 to 1, and the same points moved by the noise."""
    clean = torch.rand(n_samples, 2, generator=generator) * 2 - 1
    return clean, clean + noise * torch.randn(n_samples, 2, generator=generator)


def halves(n_samples: int) -> Tensor:
    """Targets [N, 1]: the first half 0, the second 1."""
    return (torch.arange(n_samples) >= n_samples // 2).float().unsqueeze(1)


def equal_parts(n_samples: int, classes: int) -> Tensor:
    """Targets [N, 1]: each class in turn, as evenly as it goes; none left out if N >= classes."""
    return (torch.arange(n_samples) * classes // n_samples).float().unsqueeze(1)


def polar(radius: Tensor, angle: Tensor) -> Tensor:
    """Points [N, 2] from radius [N, 1] and angle [N, 1] in radians."""
    return torch.cat((radius * torch.sin(angle), radius * torch.cos(angle)), 1)


def scattered(x: Tensor, y: Tensor, noise: float, generator: Generator) -> Samples:
    """The points moved by a normal noise."""
    return Samples(x + noise * torch.randn(x.shape, generator=generator), y)
