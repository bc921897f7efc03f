from __future__ import annotations

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.limits import ExperimentError
from nnlab.neuron import Neuron, code, curve, draw, evaluate, formula, plane, sigmoid
from tests.interpreter import printed_by

number = st.floats(-5, 5, width=32)
lengths = st.integers(1, 8)
neurons = lengths.flatmap(
    lambda n: st.builds(
        Neuron,
        features=st.tuples(*[number] * n),
        weights=st.tuples(*[number] * n),
        bias=number,
        activation=st.sampled_from(tuple(ACTIVATIONS)),
    )
)


@given(n=lengths, seed=st.integers(0, 2**31))
def test_draw_is_what_the_tutorial_draws(n: int, seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        features = torch.randn((1, n))
        weights = torch.randn_like(features)
        bias = torch.randn((1, 1))
    y = 1 / (1 + torch.exp(-(torch.mm(features, weights.view(n, 1)) + bias)))
    neuron = draw(n, seed)
    assert torch.equal(torch.tensor([neuron.features]), features)
    assert torch.equal(torch.tensor([neuron.weights]), weights)
    assert torch.equal(torch.tensor([[neuron.bias]]), bias)
    assert torch.equal(evaluate(neuron).output, y)


def test_drawing_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    draw(5, 7)
    assert torch.equal(torch.get_rng_state(), before)


@given(neurons)
def test_evaluation_is_a_linear_layer_and_its_activation(neuron: Neuron) -> None:
    n = len(neuron.features)
    layer = torch.nn.Linear(n, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([neuron.weights]))
        layer.bias.copy_(torch.tensor([neuron.bias]))
        z = layer(torch.tensor([neuron.features]))
        y = getattr(torch.nn, neuron.activation)()(z)
    evaluation = evaluate(neuron)
    torch.testing.assert_close(evaluation.pre_activation, z, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(evaluation.output, y, atol=1e-5, rtol=1e-5)
    assert evaluation.output.dtype == torch.float32


@given(neurons)
def test_the_products_and_the_bias_add_up_to_the_pre_activation(neuron: Neuron) -> None:
    evaluation = evaluate(neuron)
    total = evaluation.products.sum() + neuron.bias
    torch.testing.assert_close(evaluation.pre_activation[0, 0], total, atol=1e-4, rtol=1e-5)
    last = evaluation.running_sums[0, -1] + neuron.bias
    torch.testing.assert_close(evaluation.pre_activation[0, 0], last, atol=1e-4, rtol=1e-5)


@given(st.floats(-100, 100, width=32))
def test_the_written_out_sigmoid_is_torch_sigmoid(x: float) -> None:
    torch.testing.assert_close(sigmoid(torch.tensor([x])), torch.sigmoid(torch.tensor([x])))


@pytest.mark.parametrize("name", tuple(ACTIVATIONS))
def test_the_curve_passes_through_every_operating_point(name: str) -> None:
    x, y = curve(name, 6.0)
    for at in (0, 80, 160):
        one = evaluate(Neuron((1.0,), (x[at].item(),), 0.0, name))
        torch.testing.assert_close(one.output[0, 0], y[at])


@given(number, number, number, st.integers(0, 40), st.integers(0, 40))
def test_the_plane_says_what_the_neuron_says(
    first: float, second: float, bias: float, row: int, column: int
) -> None:
    square = plane(Neuron((0.0, 0.0), (first, second), bias), -3.0, 3.0)
    here = (square.axis[column].item(), square.axis[row].item())
    one = evaluate(Neuron(here, (first, second), bias))
    torch.testing.assert_close(square.output[row, column], one.output[0, 0])
    torch.testing.assert_close(
        square.pre_activation[row, column], one.pre_activation[0, 0], atol=1e-5, rtol=1e-5
    )
    assert square.undecided == 0.5


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        (((), (), 0.0), "features"),
        (((1.0,) * 9, (1.0,) * 9, 0.0), "features"),
        (((1.0,), (1.0, 2.0), 0.0), "weights"),
        (((1.0,), (float("nan"),), 0.0), "weights"),
        (((1.0,), (1.0,), float("inf")), "bias"),
        (((1.0,), (1.0,), 0.0, "Sin"), "activation"),
    ],
)
def test_impossible_neurons_are_refused_by_name(numbers: tuple, field: str) -> None:
    with pytest.raises(ExperimentError, match=field):
        Neuron(*numbers)


def test_the_code_runs_as_it_is_and_prints_the_same_numbers() -> None:
    drawn = draw(5, 3)
    neurons = [Neuron(drawn.features, drawn.weights, drawn.bias, name) for name in ACTIVATIONS]
    lines = "\n".join(code(neuron) for neuron in neurons)
    (said,) = printed_by([lines])
    printed = [float(found) for found in re.findall(r"-?\d+\.\d*", said)]
    shown = [
        value.item()
        for one in map(evaluate, neurons)
        for value in (*one.products[0], one.pre_activation, one.output)
    ]
    assert printed == [round(value, 4) for value in shown]


@pytest.mark.parametrize("name", tuple(ACTIVATIONS))
def test_the_formula_names_the_number_of_features_and_the_activation(name: str) -> None:
    written = formula(Neuron((1.0,) * 3, (1.0,) * 3, 0.0, name))
    assert "^{3}" in written
    assert ACTIVATIONS[name].formula in written
