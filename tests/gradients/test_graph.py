"""The graph is autograd's own: its leaves are the parameters, its path the layers backwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment
from nnlab.figures.drawing import names
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.graph import graph, main_path, responsible
from nnlab.gradients.walk import walk
from nnlab.network import build
from nnlab.registry import Choice
from tests.gradients.networks import small


@settings(max_examples=30)
@given(small())
def test_the_leaves_are_the_parameters_in_their_shapes(experiment: Experiment) -> None:
    leaves = {node.parameter: node.shape for node in graph(experiment) if node.parameter}
    wanted = {name: tuple(each.shape) for name, each in build(experiment).named_parameters()}
    assert leaves == wanted


@settings(max_examples=30)
@given(small())
def test_gradients_flow_from_the_loss_to_every_node_and_never_back(experiment: Experiment) -> None:
    nodes = graph(experiment)
    reached = {0}.union(*(node.inputs for node in nodes))
    assert reached == set(range(len(nodes)))
    assert all(later > place for place, node in enumerate(nodes) for later in node.inputs)
    assert nodes[0].shape == ()


@settings(max_examples=30)
@given(small())
def test_the_main_path_passes_one_product_of_matrices_for_each_layer(
    experiment: Experiment,
) -> None:
    nodes = graph(experiment)
    path = [nodes[place] for place in main_path(nodes)]
    products = [node.shape for node in path if node.name == "AddmmBackward0"]
    rows = experiment.data.n_samples
    assert products == [(rows, layer.units) for layer in reversed(experiment.network.layers)]


@settings(max_examples=30)
@given(small())
def test_each_gradient_is_computed_by_a_node_of_its_kind(experiment: Experiment) -> None:
    nodes, passed = graph(experiment), backward_pass(experiment)
    for each in walk(passed, 0, names(experiment.sizes)).operations:
        place = responsible(nodes, each)
        if each.kind in {"dw", "db"}:
            assert place is not None
            assert nodes[place].name == "AccumulateGrad"
        elif each.kind in {"slope", "dz"}:
            bends = experiment.network.layers[each.layer].activation.name != "Identity"
            assert (place is not None) == bends
        else:
            assert (place is not None) == (each.kind == "da")


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "Identity"])
def test_an_activations_node_has_its_name(name: str) -> None:
    experiment = Experiment()
    first, last = experiment.network.layers
    layers = (replace(first, activation=Choice(name)), last)
    nodes = graph(replace(experiment, network=replace(experiment.network, layers=layers)))
    found = [nodes[place].name.lower() for place in main_path(nodes)]
    assert f"{name.lower()}backward0" in found
