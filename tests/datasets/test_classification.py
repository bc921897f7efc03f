"""Without noise a point's class follows from its place."""

from __future__ import annotations

import math

import pytest
import torch

from nnlab.datasets import DATASETS, Samples
from nnlab.datasets.curves import CURVES
from nnlab.registry import Choice


def drawn(name: str, **options: object) -> Samples:
    choice = DATASETS.accept("source", {"name": name, "n_samples": 600, **options})
    samples: Samples = DATASETS.make(choice, torch.Generator().manual_seed(2))
    return samples


def radius(samples: Samples) -> torch.Tensor:
    return torch.linalg.vector_norm(samples.x, dim=1)


def test_in_circle_the_radius_decides() -> None:
    samples = drawn("circle")
    assert torch.equal(radius(samples) < 0.6, samples.y[:, 0] == 1)


def test_in_xor_the_signs_decide() -> None:
    x, y = drawn("xor")
    assert torch.equal(x.prod(1) > 0, y[:, 0] == 1)


@pytest.mark.parametrize("curve", CURVES)
def test_in_function_the_curve_decides(curve: str) -> None:
    x, y = drawn("function", curve=curve)
    border = CURVES.make(Choice(curve), x[:, 0])
    above = x[:, 1] > border
    clear = (x[:, 1] - border).abs() > 1e-6
    assert torch.equal(above[clear], y[clear, 0] == 1)
    assert x.abs().max() <= 1 + 1e-6


@pytest.mark.parametrize("classes", range(3, 9))
def test_in_rings_the_radius_decides(classes: int) -> None:
    samples = drawn("rings", classes=classes)
    assert torch.equal((radius(samples) * classes + 1e-4).floor(), samples.y[:, 0])


@pytest.mark.parametrize("classes", range(3, 9))
def test_a_blobs_middle_is_the_nearest(classes: int) -> None:
    x, y = drawn("blobs", classes=classes)
    angle = 2 * math.pi * torch.arange(classes) / classes
    middles = 0.7 * torch.stack((angle.sin(), angle.cos()), 1)
    right = torch.cdist(x, middles).argmin(1) == y[:, 0]
    assert right.float().mean() > 0.9


@pytest.mark.parametrize("classes", range(3, 9))
def test_the_arms_of_the_spirals_are_one_arm_turned(classes: int) -> None:
    samples = drawn("spirals", classes=classes)
    angle = torch.atan2(samples.x[:, 0], samples.x[:, 1])
    unwound = angle - 1.5 * math.pi * (radius(samples) - 0.1) / 0.9
    arm = (unwound * classes / (2 * math.pi)).round() % classes
    assert torch.equal(arm, samples.y[:, 0])


@pytest.mark.parametrize("name", ["blobs", "spirals", "rings"])
def test_classes_are_equally_many(name: str) -> None:
    counts = drawn(name, classes=7).y.flatten().unique(return_counts=True)[1]
    assert counts.max() - counts.min() <= 1
