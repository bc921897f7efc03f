"""What is drawn is what PyTorch computed."""

from __future__ import annotations

import pytest
import torch

from nnlab.figures.drawing import (
    layer_names,
    names,
    show_products,
    unit_sum,
)
from tests.figures.networks import network


def test_a_drawing_follows_plain_pytorch() -> None:
    drawing = network(3, 4, 2)
    h = torch.tensor(drawing.inputs)
    for layer in drawing.layers:
        z = torch.tensor(layer.weight) @ h + torch.tensor(layer.bias)
        h = torch.sigmoid(z)
        assert layer.pre_activation == pytest.approx(z.tolist(), abs=1e-6)
        assert layer.value == pytest.approx(h.tolist(), abs=1e-6)


def test_a_units_products_and_bias_add_up_to_its_pre_activation() -> None:
    shown = show_products(network(5, 3, 1))
    for layer in shown.layers:
        for row, bias, z in zip(layer.shown, layer.bias, layer.pre_activation, strict=True):
            assert sum(row) + bias == pytest.approx(z, abs=1e-5)


def test_edges_show_the_weights_unless_told_otherwise() -> None:
    layer = network(3, 2).layers[0]
    assert layer.shown == layer.weight


def test_a_unit_sum_pairs_weights_with_the_layer_before() -> None:
    drawing = network(3, 2, 2)
    assert unit_sum(drawing, 1, 1).inputs == drawing.layers[0].value
    assert unit_sum(drawing, 0, 1).inputs == drawing.inputs


def test_names_follow_the_layers() -> None:
    assert layer_names(3) == ("Hidden layer 1", "Hidden layer 2", "Output")
    assert names((2, 3, 1)) == (("x1", "x2"), ("h1.1", "h1.2", "h1.3"), ("y1",))
    assert names((1, 2)) == (("x1",), ("y1", "y2"))
