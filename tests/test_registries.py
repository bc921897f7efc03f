"""Every name in the registries is PyTorch's own, and does what PyTorch's does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import DATASETS
from nnlab.initialisers import INITIALISERS
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_torchs_module_of_that_name(name: str) -> None:
    made = ACTIVATIONS.make(Choice(name))
    z = torch.linspace(-5, 5, 101)
    assert type(made) is getattr(nn, name)
    assert torch.equal(made(z), getattr(nn, name)()(z))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_torchs_module_of_that_name(name: str) -> None:
    assert type(LOSSES.make(Choice(name))) is getattr(nn, name)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_is_torchs_class_with_torchs_defaults(name: str) -> None:
    weight = [torch.zeros(1, requires_grad=True)]
    made, plain = OPTIMIZERS.make(Choice(name), weight, 0.1), getattr(torch.optim, name)
    assert type(made) is plain
    assert made.defaults == plain(weight, lr=0.1).defaults


def test_momentum_and_nesterov_reach_sgd() -> None:
    choice = OPTIMIZERS.accept("x", {"name": "SGD", "momentum": 0.9, "nesterov": True})
    made = OPTIMIZERS.make(choice, [torch.zeros(1, requires_grad=True)], 0.1)
    assert made.defaults["momentum"] == 0.9
    assert made.defaults["nesterov"] is True


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal", "kaiming_uniform"])
def test_an_initialiser_draws_as_torch_nn_init_does(name: str) -> None:
    layer, plain = nn.Linear(7, 5), torch.empty(5, 7)
    INITIALISERS.make(Choice(name), [layer], torch.Generator().manual_seed(1))
    getattr(nn.init, f"{name}_")(plain, generator=torch.Generator().manual_seed(1))
    assert torch.equal(layer.weight.detach(), plain)
    assert not layer.bias.any()


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_has_the_shape_that_it_says(name: str) -> None:
    source, choice = DATASETS[name], Choice(name)
    settings = DATASETS.settings(choice)
    x, y = source.make(torch.Generator().manual_seed(0), **settings)
    assert x.shape == (source.n_samples(settings), source.n_features(settings))
    assert y.shape == (len(x), 1)
    assert x.dtype == y.dtype == torch.float32
    assert x.isfinite().all()
    if source.classes(settings):
        assert set(y.flatten().tolist()) == set(range(source.classes(settings)))


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_seed_draws_the_same_data(name: str) -> None:
    source, settings = DATASETS[name], DATASETS.settings(Choice(name))
    one, other = (source.make(torch.Generator().manual_seed(5), **settings) for _ in range(2))
    assert torch.equal(one.x, other.x)
    assert torch.equal(one.y, other.y)
