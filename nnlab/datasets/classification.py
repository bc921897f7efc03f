"""Data sets whose targets are classes: first those with two, then those with as many as asked."""

from __future__ import annotations

import math

import torch
from torch import Generator

from nnlab.datasets.curves import CURVES
from nnlab.datasets.samples import (
    Samples,
    equal_parts,
    halves,
    polar,
    scattered,
    uniform_square,
)
from nnlab.registry import Choice


def xor(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Class 1 where both features have the same sign."""
    clean, x = uniform_square(generator, n_samples, noise)
    return Samples(x, (clean[:, :1] * clean[:, 1:] > 0).float())


def checkerboard(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Four by four fields that change class at every border."""
    clean, x = uniform_square(generator, n_samples, noise)
    field_number = ((clean + 1) * 2).floor().sum(1, keepdim=True)
    return Samples(x, field_number % 2)


def circle(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Class 1 in the middle, class 0 in a ring around it."""
    y = halves(n_samples)
    radius = torch.rand(n_samples, 1, generator=generator) * 0.5 + 0.7 * (1 - y)
    angle = torch.rand(n_samples, 1, generator=generator) * 2 * math.pi
    return scattered(polar(radius, angle), y, noise, generator)


def gaussians(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Two round clouds around (-0.5, -0.5) and (0.5, 0.5), 0.2 wide without noise."""
    y = halves(n_samples)
    return scattered((y - 0.5).expand(-1, 2).clone(), y, 0.2 + noise, generator)


def spiral(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Two arms wound around each other, 1.75 turns each."""
    y = halves(n_samples)
    along = torch.rand(n_samples, 1, generator=generator)
    return scattered(polar(along, 3.5 * math.pi * along + math.pi * y), y, noise, generator)


def moons(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Two half circles that reach into each other."""
    y = halves(n_samples)
    angle = torch.rand(n_samples, 1, generator=generator) * math.pi
    turned = 1 - 2 * y
    x = torch.cat((turned * angle.cos() + y - 0.5, turned * angle.sin() + y * 0.5 - 0.25), 1)
    return scattered(x * 0.7, y, noise, generator)


def function(generator: Generator, n_samples: int, noise: float, curve: str) -> Samples:
    """Class 1 above a curve, class 0 below it, within the square from -1 to 1."""
    y = halves(n_samples)
    x1 = torch.rand(n_samples, 1, generator=generator) * 2 - 1
    border = CURVES.make(Choice(curve), x1)
    away = torch.rand(n_samples, 1, generator=generator)
    x2 = torch.where(y > 0, border + away * (1 - border), border - away * (1 + border))
    return scattered(torch.cat((x1, x2), 1), y, noise, generator)


def blobs(generator: Generator, n_samples: int, noise: float, classes: int) -> Samples:
    """Round clouds 0.1 wide without noise, their middles spread evenly on a circle."""
    y = equal_parts(n_samples, classes)
    middles = polar(torch.full_like(y, 0.7), 2 * math.pi * y / classes)
    return scattered(middles, y, 0.1 + noise, generator)


def spirals(generator: Generator, n_samples: int, noise: float, classes: int) -> Samples:
    """One arm for each class, wound around the middle for three quarters of a turn."""
    y = equal_parts(n_samples, classes)
    along = torch.rand(n_samples, 1, generator=generator)
    angle = 1.5 * math.pi * along + 2 * math.pi * y / classes
    return scattered(polar(0.1 + 0.9 * along, angle), y, noise, generator)


def rings(generator: Generator, n_samples: int, noise: float, classes: int) -> Samples:
    """A disc for class 0 and a ring around it for each further class, with gaps between them."""
    y = equal_parts(n_samples, classes)
    radius = (y + 0.7 * torch.rand(n_samples, 1, generator=generator)) / classes
    angle = torch.rand(n_samples, 1, generator=generator) * 2 * math.pi
    return scattered(polar(radius, angle), y, noise, generator)
