"""The chain rule by hand is autograd's, number by number, over random networks."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment
from nnlab.gradients.activations import DERIVATIVES, derivative
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.comparison import autograd_gradient
from nnlab.gradients.losses import LOSS_DERIVATIVES, loss_derivative
from nnlab.losses import LOSSES
from nnlab.registry import Choice
from tests.gradients.networks import small

CHOICES = [
    *map(Choice, ACTIVATIONS),
    Choice("LeakyReLU", (("negative_slope", 0.3),)),
    Choice("ELU", (("alpha", 2.5),)),
    Choice("GELU", (("approximate", "tanh"),)),
    Choice("Softplus", (("beta", 7.0),)),
]
LOSS_CHOICES = [
    *map(Choice, LOSSES),
    Choice("HuberLoss", (("delta", 0.2),)),
    Choice("CrossEntropyLoss", (("label_smoothing", 0.3),)),
]


def test_every_activation_and_every_loss_has_its_derivative() -> None:
    assert set(DERIVATIVES) == set(ACTIVATIONS)
    assert set(LOSS_DERIVATIVES) == set(LOSSES)


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_an_activations_derivative_is_autograds_also_at_the_kink(choice: Choice) -> None:
    z = torch.linspace(-6, 6, 241, dtype=torch.float64, requires_grad=True)
    ACTIVATIONS.make(choice)(z).sum().backward()
    assert z.grad is not None
    torch.testing.assert_close(derivative(choice, z.detach()), z.grad)


@pytest.mark.parametrize("choice", LOSS_CHOICES, ids=str)
def test_a_losss_derivative_is_autograds(choice: Choice) -> None:
    generator = torch.Generator().manual_seed(0)
    y_pred = torch.rand(5, 3, generator=generator, dtype=torch.float64).requires_grad_()
    y = torch.randint(0, 2, (5, 3), generator=generator).double()
    target: Tensor = y[:, 0].long() if choice.name == "CrossEntropyLoss" else y
    LOSSES.make(choice)(y_pred, target).backward()
    assert y_pred.grad is not None
    torch.testing.assert_close(loss_derivative(choice, y_pred.detach(), target), y_pred.grad)


@settings(max_examples=60)
@given(small())
def test_the_chain_rule_gives_autograds_gradient(experiment: Experiment) -> None:
    told = backward_pass(experiment)
    torch.testing.assert_close(told.gradient, autograd_gradient(experiment), rtol=1e-4, atol=1e-5)


@settings(max_examples=30)
@given(small())
def test_the_loss_is_the_mean_of_its_terms(experiment: Experiment) -> None:
    told = backward_pass(experiment)
    torch.testing.assert_close(float(told.terms.mean()), told.loss)


@settings(max_examples=30)
@given(small())
def test_what_leaves_a_layer_reaches_the_one_before(experiment: Experiment) -> None:
    layers = backward_pass(experiment).layers
    for before, after in itertools.pairwise(layers):
        assert torch.equal(before.upstream, after.d_input)
