"""An ONNX model gives in onnxruntime what the network gives in torch."""

from __future__ import annotations

import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment, Layer, Network
from nnlab.files.onnx import OPERATIONS, write_onnx
from nnlab.network import build, running
from nnlab.registry import Choice
from tests.strategies import experiments

CLOSE = 1e-6
SETTINGS = [
    *map(Choice, ACTIVATIONS),
    Choice("LeakyReLU", (("negative_slope", 0.3),)),
    Choice("ELU", (("alpha", 2.5),)),
    Choice("GELU", (("approximate", "tanh"),)),
    Choice("Softplus", (("beta", 7.0),)),
]


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def assert_same(experiment: Experiment, module: nn.Sequential, rows: int = 5) -> None:
    model = onnx.load_from_string(write_onnx(experiment, module.eval()))
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    x = 3 * normal(rows, experiment.sizes[0])
    (found,) = session.run(["y"], {"x": x.numpy()})
    with torch.no_grad():
        wanted = module(x)
    apart = (torch.from_numpy(found) - wanted).abs().max()
    assert found.shape == wanted.shape
    assert float(apart) <= CLOSE * max(1.0, float(wanted.abs().max()))


@settings(max_examples=20, deadline=None)
@given(experiments())
def test_any_network_gives_the_same_outputs(experiment: Experiment) -> None:
    assert_same(experiment, build(experiment))


@pytest.mark.parametrize("activation", SETTINGS, ids=str)
def test_every_activation_is_known_with_its_settings(activation: Choice) -> None:
    experiment = Experiment(network=Network((Layer(6, activation), Layer(2, activation))))
    assert_same(experiment, build(experiment), rows=40)


def test_every_activation_that_can_be_chosen_can_be_written() -> None:
    assert set(OPERATIONS) == set(ACTIVATIONS)


def test_a_batch_norm_takes_what_it_has_kept() -> None:
    experiment = Experiment(network=Network((Layer(4, batch_norm=True), Layer(1))))
    module = build(experiment)
    for tensor in (*module.parameters(), *running(module)):
        tensor.data.copy_(normal(*tensor.shape).abs() + 0.1)
    assert_same(experiment, module)


def test_a_batch_may_have_any_number_of_rows() -> None:
    experiment = Experiment()
    for rows in (1, 2, 1000):
        assert_same(experiment, build(experiment), rows)
