"""What is measured by layer is what torch's own hooks see, and a unit that can't answer is dead."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment, Layer, Training
from nnlab.initialisers import INITIALISERS
from nnlab.losses import LOSSES
from nnlab.network import begin, layers, linear_layers
from nnlab.registry import Choice
from nnlab.signals import BINS, is_flat, measure, tower
from nnlab.training import train
from tests.strategies import experiments

TRAINING = Training(Choice("CrossEntropyLoss"), epochs=0)


def deep(activation: str, initialiser: str, depth: int = 20, units: int = 64) -> Experiment:
    hidden = [Layer(units, Choice(activation))] * depth
    return tower(hidden, Choice(initialiser), 0, TRAINING)


def seen_by_hooks(experiment: Experiment, module: nn.Sequential) -> list[Tensor]:
    """The activations of each layer, caught on their way."""
    caught: list[Tensor] = []
    hooks = [
        layer.activation.register_forward_hook(lambda _m, _i, out: caught.append(out))
        for layer in layers(module)
    ]
    samples = begin(experiment).samples
    target = LOSSES[experiment.training.loss.name].target(samples.y, experiment.network.outputs)
    loss = LOSSES.make(experiment.training.loss)(module(samples.x), target)
    for each in caught:
        each.retain_grad()
    loss.backward()
    for hook in hooks:
        hook.remove()
    return caught


@settings(max_examples=40)
@given(experiments())
def test_sizes_are_those_that_hooks_and_grad_see(experiment: Experiment) -> None:
    module = begin(experiment).module.eval()
    found = measure(experiment)
    caught = seen_by_hooks(experiment, module)
    for place, values in enumerate(caught):
        assert values.grad is not None
        pairs = [
            (found.mean[place], values.mean()),
            (found.std[place], values.std(unbiased=False)),
            (found.row_std[place] ** 2, values.var(0, unbiased=False).mean()),
            (found.gradient_mean[place], values.grad.mean()),
            (found.gradient_std[place], values.grad.std(unbiased=False)),
        ]
        for one, other in pairs:
            torch.testing.assert_close(one, other.detach(), rtol=1e-4, atol=1e-6)
    for place, linear in enumerate(linear_layers(module)):
        assert linear.weight.grad is not None
        size = linear.weight.grad.square().mean().sqrt()
        torch.testing.assert_close(found.weight_gradient[place], size, rtol=1e-4, atol=1e-7)


@settings(max_examples=25)
@given(experiments())
def test_shares_are_shares(experiment: Experiment) -> None:
    found = measure(experiment)
    assert found.histogram.shape == (len(experiment.network.layers), BINS)
    torch.testing.assert_close(found.histogram.sum(1), torch.ones(len(found.std)))
    assert ((found.flat >= 0) & (found.flat <= 1)).all()
    assert (found.dead <= found.units).all()
    assert found.units.tolist() == [layer.units for layer in experiment.network.layers]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_thirty_layers_can_be_measured_with_everything(name: str, initialiser: str) -> None:
    found = measure(deep(name, initialiser, depth=30, units=8))
    assert len(found.std) == 31


def test_a_unit_with_a_bias_far_below_0_is_dead_and_no_other() -> None:
    experiment = deep("ReLU", "kaiming_normal", depth=2, units=16)
    module = begin(experiment).module
    before = int(measure(experiment, module).dead[0])
    with torch.no_grad():
        linear_layers(module)[0].bias[3] = -1e4
    assert before == 0
    assert int(measure(experiment, module).dead[0]) == 1


def test_the_flat_places_of_the_activations() -> None:
    z = torch.tensor([-9.0, -0.5, 0.5, 9.0])
    assert is_flat(nn.Tanh(), z).tolist() == [True, False, False, True]
    assert is_flat(nn.ReLU(), z).tolist() == [True, True, False, False]
    assert not is_flat(nn.Identity(), z).any()
    assert not is_flat(nn.LeakyReLU(0.1), z).any()


def test_xavier_keeps_straight_signals_and_kaiming_keeps_relus() -> None:
    straight = {name: measure(deep("Identity", name)).std for name in ("xavier_normal", "default")}
    bent = {name: measure(deep("ReLU", name)).std for name in ("kaiming_uniform", "default")}
    assert 0.3 < float(straight["xavier_normal"][-2] / straight["xavier_normal"][0]) < 3
    assert 0.3 < float(bent["kaiming_uniform"][-2] / bent["kaiming_uniform"][0]) < 3
    assert float(straight["default"][-2] / straight["default"][0]) < 0.3
    assert float(bent["default"][-2] / bent["default"][0]) < 0.3


def test_by_default_20_layers_keep_their_biases_and_lose_the_digits() -> None:
    found = measure(deep("Identity", "default"))
    kept = float(found.row_std[-2] / found.row_std[0])
    assert kept == pytest.approx(0.6**20, abs=0.6**20)
    assert float(found.std[-2]) > 1000 * float(found.row_std[-2])


def test_along_a_run_the_weights_gradients_are_the_runs() -> None:
    hidden = [Layer(8, Choice("Tanh"))] * 3
    learning = Training(Choice("CrossEntropyLoss"), learning_rate=0.5, epochs=4)
    run = train(tower(hidden, Choice("xavier_normal"), 1, learning))
    for moment in range(len(run)):
        found = measure(run.experiment, run.module(moment))
        weights = [each for each in run.gradient(moment) if each.dim() == 2]
        sizes = torch.stack([each.square().mean().sqrt() for each in weights])
        torch.testing.assert_close(found.weight_gradient, sizes, rtol=1e-4, atol=1e-7)
