"""The real measurements are scikit-learn's, and their names too."""

from __future__ import annotations

import pytest
import torch
from sklearn import datasets

from nnlab.datasets import DATASETS
from nnlab.registry import Choice

REAL = ["iris", "wine", "breast_cancer", "digits"]


@pytest.mark.parametrize("name", REAL)
def test_they_are_scikit_learns(name: str) -> None:
    theirs = getattr(datasets, f"load_{name}")()
    x, y = DATASETS.make(Choice(name), torch.Generator())
    assert torch.equal(x, torch.from_numpy(theirs.data).float())
    assert y[:, 0].tolist() == theirs.target.tolist()


@pytest.mark.parametrize("name", REAL)
def test_names_stand_in_scikit_learns_order(name: str) -> None:
    theirs = getattr(datasets, f"load_{name}")()
    ours = DATASETS[name].names(DATASETS.settings(Choice(name)))
    plain = [str(each).replace("_", " ") for each in theirs.feature_names]
    assert [each.replace(",", " ") for each in ours.features] == plain
    assert list(ours.classes) == [str(each).replace("_", " ") for each in theirs.target_names]


def test_no_one_can_change_what_the_next_one_gets() -> None:
    DATASETS.make(Choice("iris"), torch.Generator()).x.zero_()
    assert DATASETS.make(Choice("iris"), torch.Generator()).x.any()
