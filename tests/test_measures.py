"""What is measured for many moments at once is what each moment's own module gives."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings

from nnlab.datasets import Samples
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.losses import LOSSES
from nnlab.measures import (
    accuracies_on,
    activations_on,
    confusion,
    dead_units_on,
    gradient_norms,
    histograms,
    losses_on,
    outputs_on,
    predicted_classes,
    r2_on,
    smoothed,
    unit_maps,
    weights_of,
)
from nnlab.network import begin, layers, trace
from nnlab.registry import Choice
from nnlab.training import train
from tests.strategies import experiments


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_each_moment_is_what_its_module_gives(experiment: Experiment) -> None:
    run, samples = train(experiment), begin(experiment).samples
    moments = range(len(run))
    outputs = outputs_on(run, samples.x, moments)
    losses = losses_on(run, samples, moments)
    hidden = activations_on(run, samples.x, moments)
    target = LOSSES[experiment.training.loss.name].target(samples.y, experiment.network.outputs)
    criterion = LOSSES.make(experiment.training.loss)
    for moment in moments:
        module = run.module(moment)
        expected = module(samples.x).detach()
        torch.testing.assert_close(outputs[moment], expected, rtol=1e-4, atol=1e-5, equal_nan=True)
        if expected.isfinite().all():
            loss = criterion(expected, target)
            torch.testing.assert_close(losses[moment], loss, rtol=1e-4, atol=1e-5)
        for mine, layer in zip(hidden, trace(module, samples.x), strict=True):
            torch.testing.assert_close(
                mine[moment].T, layer.activation, rtol=1e-4, atol=1e-5, equal_nan=True
            )


@settings(max_examples=30, deadline=None)
@given(experiments())
def test_unit_maps_are_the_modules_own_activations(experiment: Experiment) -> None:
    run, points = train(experiment), begin(experiment).samples.x
    module = run.module()
    for mine, layer in zip(unit_maps(module, points), trace(module, points), strict=True):
        torch.testing.assert_close(mine.T, layer.activation, rtol=1e-4, atol=1e-5, equal_nan=True)


@settings(max_examples=30, deadline=None)
@given(experiments())
def test_gradient_norms_are_those_of_each_layers_parameters(experiment: Experiment) -> None:
    run = train(experiment)
    norms, module = gradient_norms(run, [-1])[0], run.module()
    owners = [
        [each for part in layer if part is not None for each in part.parameters()]
        for layer in layers(module)
    ]
    gradients = dict(zip(module.parameters(), run.gradient(), strict=True))
    for norm, parameters in zip(norms, owners, strict=True):
        flat = torch.cat([gradients[each].flatten() for each in parameters])
        torch.testing.assert_close(norm, flat.norm(), equal_nan=True)


def test_accuracy_counts_what_is_right_and_confusion_says_where() -> None:
    xor = Experiment(
        Data(Choice("xor")),
        Network((Layer(8, Choice("Tanh")), Layer(1))),
        Training(loss=Choice("BCEWithLogitsLoss"), optimizer=Choice("Adam"), learning_rate=0.05),
    )
    run, samples = train(xor), begin(xor).samples
    predicted = predicted_classes(xor, outputs_on(run, samples.x, [-1]))[0]
    table = confusion(samples.y[:, 0], predicted, 2)
    assert table.sum() == len(samples.x)
    assert table.sum(1).tolist() == [int((samples.y == label).sum()) for label in (0, 1)]
    share = table.diagonal().sum() / table.sum()
    assert accuracies_on(run, samples, [-1])[0] == share == pytest.approx(1.0, abs=0.2)


def test_several_outputs_name_their_largest() -> None:
    many = Experiment(network=Network((Layer(3),)), training=Training(epochs=0))
    outputs = torch.tensor([[0.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    assert predicted_classes(many, outputs).tolist() == [1, 0]


def test_r2_is_0_for_the_mean_and_1_for_the_truth() -> None:
    flat = Experiment(network=Network((Layer(1),)), training=Training(epochs=0))
    run = train(flat)
    x = torch.randn(50, 10, generator=torch.Generator().manual_seed(1))
    truth = run.module()(x).detach()
    assert r2_on(run, Samples(x, truth), [0])[0] == pytest.approx(1.0, abs=1e-5)
    away = Samples(x, truth.mean() + (truth - truth.mean()) * 1e-3)
    assert r2_on(run, away, [0])[0] < 0


def test_a_unit_that_never_fires_is_dead() -> None:
    network = Network((Layer(4, Choice("ReLU")), Layer(2, Choice("Tanh")), Layer(1)))
    run = train(Experiment(network=network, training=Training(epochs=0)))
    samples = begin(run.experiment).samples
    parameters = run.parameters.clone()
    parameters[:, 40:42] = -1e6
    dead = dead_units_on(type(run)(**{**vars(run), "parameters": parameters}), samples, slice(None))
    assert dead.tolist() == [[2, 0, 0]]


@settings(max_examples=30)
@given(experiments())
def test_the_weights_of_a_layer_are_its_modules(experiment: Experiment) -> None:
    run = train(experiment)
    found, module = weights_of(experiment, run.parameters), run.module()
    for mine, layer in zip(found, layers(module), strict=True):
        assert torch.equal(mine[-1], layer.linear.weight.detach().flatten())
        _edges, counts = histograms(mine, 7)
        assert counts.sum(1).tolist() == mine.isfinite().sum(1).tolist()


def test_a_histogram_counts_as_torch_does_and_leaves_out_what_is_no_number() -> None:
    values = torch.randn(5, 400, generator=torch.Generator().manual_seed(3))
    edges, counts = histograms(values, 16)
    for row, counted in zip(values, counts, strict=True):
        assert counted.tolist() == torch.histc(row, 16, float(edges[0]), float(edges[-1])).tolist()
    values[0, :7] = torch.nan
    values[1, 0] = torch.inf
    assert histograms(values, 16)[1].sum(1).tolist() == [393, 399, 400, 400, 400]
    assert histograms(torch.ones(2, 3), 4)[1].sum(1).tolist() == [3, 3]


def test_smoothing_keeps_what_is_constant_and_stays_between_the_extremes() -> None:
    flat, steep = torch.full((9, 2), 0.7), torch.linspace(0, 1, 9)[:, None] ** 3
    torch.testing.assert_close(smoothed(flat, 0.8), flat)
    assert torch.equal(smoothed(steep, 0.0), steep)
    calm = smoothed(steep, 0.8)
    assert torch.equal(calm[0], steep[0])
    assert ((calm <= steep) & (calm >= steep[0])).all()


def test_what_is_smoothed_before_a_divergence_stays() -> None:
    values = torch.tensor([[1.0], [0.5], [float("nan")]])
    assert torch.equal(smoothed(values, 0.8)[:2], smoothed(values[:2], 0.8))
