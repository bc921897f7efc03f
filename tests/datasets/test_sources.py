"""Every data set with every option draws what it says: so many rows, features and classes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given

from nnlab.datasets import DATASETS
from nnlab.registry import Choice
from tests.strategies import sources

# Their classes follow from where the points fall: two points may well fall into one class.
BY_PLACE = {"xor", "checkerboard", "points"}


@given(sources())
def test_finite_numbers_of_the_sizes_and_classes_that_were_said(choice: Choice) -> None:
    source, settings = DATASETS[choice.name], DATASETS.settings(choice)
    x, y = DATASETS.make(choice, torch.Generator().manual_seed(0))
    n_samples, classes = source.n_samples(settings), source.classes(settings)
    assert x.shape == (n_samples, source.n_features(settings))
    assert y.shape == (n_samples, 1)
    assert x.dtype == y.dtype == torch.float32
    assert x.isfinite().all()
    assert y.isfinite().all()
    if classes:
        assert set(y.flatten().tolist()) <= set(range(classes))
    if classes and n_samples >= classes and choice.name not in BY_PLACE:
        assert len(y.unique()) == classes


@given(sources())
def test_equal_seeds_draw_equal_samples(choice: Choice) -> None:
    one, other = (DATASETS.make(choice, torch.Generator().manual_seed(5)) for _ in range(2))
    assert all(map(torch.equal, one, other))


@given(sources())
def test_every_feature_and_class_has_a_name(choice: Choice) -> None:
    source, settings = DATASETS[choice.name], DATASETS.settings(choice)
    names = source.names(settings)
    assert len(names.features) == len(set(names.features)) == source.n_features(settings)
    assert len(names.classes) == len(set(names.classes)) == source.classes(settings)


@pytest.mark.parametrize("name", [name for name in DATASETS if "noise" in DATASETS[name].options])
def test_noise_moves_the_samples_and_leaves_the_classes(name: str) -> None:
    calm, moved = (
        DATASETS.make(Choice(name, (("noise", noise),)), torch.Generator().manual_seed(1))
        for noise in (0.0, 0.2)
    )
    assert not all(map(torch.equal, calm, moved))
    if DATASETS[name].classes(DATASETS.settings(Choice(name))):
        assert torch.equal(calm.y, moved.y)
