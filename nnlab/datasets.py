"""The data sets, by name. Each draws features x [N, F] and targets y [N, T] from the generator it
is given: numbers to predict, 0 or 1 for two classes, or class numbers from 0 upwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from nnlab.limits import Many, Number, Whole
from nnlab.registry import Entry, Option, Registry

SEED_TARGETS = (1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0)
"""The ten targets of the tutorial "Create a neural network in PyTorch"."""


class Samples(NamedTuple):
    """Features x [N, F] and targets y [N, T], float32."""

    x: Tensor
    y: Tensor


def seed_batch(generator: Generator, n_features: int) -> Samples:
    """The tutorial's batch: ten rows of randn and its ten targets, which have nothing to do with
    each other, so that a network can only learn them by heart."""
    x = torch.randn(len(SEED_TARGETS), n_features, generator=generator)
    return Samples(x, torch.tensor(SEED_TARGETS).unsqueeze(1))


def randn(generator: Generator, n_samples: int, n_features: int) -> Samples:
    """Rows of randn with target 0: features to look at, nothing to learn."""
    return Samples(
        torch.randn(n_samples, n_features, generator=generator), torch.zeros(n_samples, 1)
    )


def points(generator: Generator, rows: tuple[tuple[float, ...], ...]) -> Samples:
    """Rows given by hand: the features, and the target last."""
    table = torch.tensor(rows)
    return Samples(table[:, :-1], table[:, -1:])


def uniform_square(generator: Generator, n_samples: int, noise: float) -> tuple[Tensor, Tensor]:
    """Points in the square from -1 to 1, and the same points moved by the noise."""
    clean = torch.rand(n_samples, 2, generator=generator) * 2 - 1
    return clean, clean + noise * torch.randn(n_samples, 2, generator=generator)


def xor(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Class 1 where both features have the same sign."""
    clean, x = uniform_square(generator, n_samples, noise)
    return Samples(x, (clean[:, :1] * clean[:, 1:] > 0).float())


def checkerboard(generator: Generator, n_samples: int, noise: float) -> Samples:
    """Four by four fields that change class at every border."""
    clean, x = uniform_square(generator, n_samples, noise)
    field_number = ((clean + 1) * 2).floor().sum(1, keepdim=True)
    return Samples(x, field_number % 2)


def plane(generator: Generator, n_samples: int, noise: float) -> Samples:
    """A number to predict: the sum of the two features."""
    clean, x = uniform_square(generator, n_samples, noise)
    return Samples(x, clean.sum(1, keepdim=True))


def sine(generator: Generator, n_samples: int, noise: float) -> Samples:
    """A curve to fit: sin(3x) for x from -1 to 1."""
    x = torch.rand(n_samples, 1, generator=generator) * 2 - 1
    return Samples(x, torch.sin(3 * x) + noise * torch.randn(n_samples, 1, generator=generator))


def halves(n_samples: int) -> Tensor:
    """Targets [N, 1]: the first half 0, the second 1."""
    return (torch.arange(n_samples) >= n_samples // 2).float().unsqueeze(1)


def polar(radius: Tensor, angle: Tensor) -> Tensor:
    """Points [N, 2] from radius [N, 1] and angle [N, 1] in radians."""
    return torch.cat((radius * torch.sin(angle), radius * torch.cos(angle)), 1)


def scattered(x: Tensor, y: Tensor, noise: float, generator: Generator) -> Samples:
    """The points moved by a normal noise."""
    return Samples(x + noise * torch.randn(x.shape, generator=generator), y)


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


@dataclass(frozen=True)
class Source(Entry[Samples]):
    """A data set: how to draw it, how many features it has, how many classes (0: numbers)."""

    n_features: Callable[[Mapping[str, Any]], int] = lambda settings: 2
    n_samples: Callable[[Mapping[str, Any]], int] = lambda settings: settings["n_samples"]
    classes: int = 2


def _column_count(settings: Mapping[str, Any]) -> int:
    return len(settings["rows"][0]) - 1


_SAMPLES = Option(200, Whole(1, 100_000))
_FEATURES = Whole(1, 1024)
_SCATTER = {"n_samples": _SAMPLES, "noise": Option(0.0, Number(0.0, 2.0))}
_ROW = Many(Number(-1e6, 1e6), 2, 65)

DATASETS: Registry[Source] = Registry(
    {
        "seed_batch": Source(
            seed_batch,
            options={"n_features": Option(10, _FEATURES)},
            n_features=lambda settings: int(settings["n_features"]),
            n_samples=lambda settings: len(SEED_TARGETS),
        ),
        "randn": Source(
            randn,
            options={"n_samples": Option(1, _SAMPLES.rule), "n_features": Option(3, _FEATURES)},
            n_features=lambda settings: int(settings["n_features"]),
            classes=0,
        ),
        "points": Source(
            points,
            options={"rows": Option(((0.0, 0.0), (1.0, 1.0)), Many(_ROW, 1, 10_000))},
            n_features=_column_count,
            n_samples=lambda settings: len(settings["rows"]),
            classes=0,
        ),
        "circle": Source(circle, options=_SCATTER),
        "xor": Source(xor, options=_SCATTER),
        "gaussians": Source(gaussians, options=_SCATTER),
        "spiral": Source(spiral, options=_SCATTER),
        "moons": Source(moons, options=_SCATTER),
        "checkerboard": Source(checkerboard, options=_SCATTER),
        "plane": Source(plane, options=_SCATTER, classes=0),
        "sine": Source(sine, options=_SCATTER, n_features=lambda settings: 1, classes=0),
    }
)
