"""The network is PyTorch's: the same numbers as plain lines with one torch.manual_seed."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from torch import nn

from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.initialisers import INITIALISERS
from nnlab.network import begin, build, linear_layers, trace
from nnlab.registry import Choice
from tests.strategies import experiments


def parameters(module: nn.Module) -> list[torch.Tensor]:
    return [parameter.detach() for parameter in module.parameters()]


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(map(torch.equal, parameters(one), parameters(other)))


def test_one_seed_at_the_top_of_a_plain_script_gives_the_same_data_and_network() -> None:
    beginning = begin(Experiment(seed=7))
    torch.manual_seed(7)
    x = torch.randn(10, 10)
    model = nn.Sequential(nn.Linear(10, 5), nn.ReLU(), nn.Linear(5, 1), nn.Sigmoid())
    assert torch.equal(beginning.samples.x, x)
    assert same(beginning.module, model)


def test_the_first_tutorials_lines_give_the_same_network() -> None:
    sigmoid = Choice("Sigmoid")
    experiment = Experiment(
        Data(Choice("randn")),
        Network((Layer(2, sigmoid), Layer(1, sigmoid)), Choice("randn")),
        Training(epochs=0),
        seed=7,
    )
    torch.manual_seed(7)
    features = torch.randn((1, 3))
    n_input, n_hidden, n_output = features.shape[1], 2, 1
    W1 = torch.randn(n_input, n_hidden)
    W2 = torch.randn(n_hidden, n_output)
    B1 = torch.randn((1, n_hidden))
    B2 = torch.randn((1, n_output))
    h = 1 / (1 + torch.exp(-(torch.mm(features, W1) + B1)))
    output = 1 / (1 + torch.exp(-(torch.mm(h, W2) + B2)))
    beginning = begin(experiment)
    assert torch.equal(beginning.samples.x, features)
    for linear, weight, bias in zip(
        linear_layers(beginning.module), (W1, W2), (B1, B2), strict=True
    ):
        assert torch.equal(linear.weight.detach(), weight.T)
        assert torch.equal(linear.bias.detach(), bias[0])
    torch.testing.assert_close(beginning.module(features), output)


def test_data_with_a_seed_of_its_own_leaves_the_network_alone() -> None:
    one, other = (begin(Experiment(Data(seed=number))) for number in (1, 2))
    assert same(one.module, other.module)
    assert not torch.equal(one.samples.x, other.samples.x)


def test_nothing_is_drawn_from_the_global_stream() -> None:
    before = torch.get_rng_state()
    for name in INITIALISERS:
        begin(Experiment(network=Network(initialiser=Choice(name))))
    assert torch.equal(torch.get_rng_state(), before)


@settings(max_examples=30, deadline=None)
@given(experiments())
def test_a_trace_is_the_forward_pass_number_by_number(experiment: Experiment) -> None:
    beginning = begin(experiment)
    layers = trace(beginning.module, beginning.samples.x)
    module = beginning.module.eval()
    assert torch.equal(layers[-1].activation, module(beginning.samples.x).detach())
    for layer in layers:
        batch, inputs, units = len(layer.input), layer.input.shape[1], len(layer.bias)
        assert layer.weight.shape == (units, inputs)
        assert layer.products.shape == (batch, units, inputs)
        assert layer.pre_activation.shape == layer.activation.shape == (batch, units)
        summed = layer.products.sum(2) + layer.bias
        torch.testing.assert_close(summed, layer.pre_activation, rtol=1e-4, atol=1e-4)


def test_an_intervention_before_the_first_step_sets_exactly_one_number() -> None:
    plain = build(Experiment())
    edited = build(
        Experiment(interventions=(Intervention(0, "w0.3.7", 2.5), Intervention(0, "b1.0", -1.0)))
    )
    first, last = linear_layers(edited)
    assert first.weight[3, 7] == 2.5
    assert last.bias[0] == -1.0
    changed = sum(
        int((one != other).sum())
        for one, other in zip(parameters(plain), parameters(edited), strict=True)
    )
    assert changed == 2
