"""Without noise a target is the function of its features."""

from __future__ import annotations

import pytest
import torch

from nnlab.datasets import DATASETS
from nnlab.datasets.curves import CURVES
from nnlab.datasets.regression import BUMPS, bumps
from nnlab.registry import Choice


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_is_fitted_at_its_own_points(curve: str) -> None:
    choice = DATASETS.accept("source", {"name": "curve", "curve": curve})
    x, y = DATASETS.make(choice, torch.Generator().manual_seed(0))
    assert torch.equal(CURVES.make(Choice(curve), x), y)


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_stays_within_a_half(curve: str) -> None:
    assert CURVES.make(Choice(curve), torch.linspace(-1, 1, 201)).abs().max() <= 0.5 + 1e-6
    assert CURVES[curve].formula


def test_bumps_are_hills_and_hollows_of_the_same_size() -> None:
    table = torch.tensor(BUMPS)
    torch.testing.assert_close(bumps(table[:, :2]), table[:, 2:], atol=0.15, rtol=0)
    assert bumps(torch.tensor([[0.3, 0.0]])).abs() < 1e-6


def test_multi_gaussian_is_the_bumps_at_its_own_points() -> None:
    x, y = DATASETS.make(Choice("multi_gaussian"), torch.Generator().manual_seed(0))
    torch.testing.assert_close(y, bumps(x))
