"""The lines run as they are in a fresh interpreter, and print the page's numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from nnlab.edits import interventions
from nnlab.experiment import Experiment, Layer
from nnlab.network import begin, build, trace
from nnlab.registry import Choice
from nnlab.scripts.layers import layers_code
from tests.interpreter import printed_by
from tests.networks import untrained

NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]\d+)?")

SEED = untrained((3, 2, 1), ("Sigmoid", "Sigmoid"))
EDITED = replace(SEED, interventions=interventions({"w0.1.2": 0.5, "b1.0": -1.25}))
DEEP = untrained((4, 3, 5, 2), ("ReLU", "Tanh", "Sigmoid"), seed=3)
WIDE = untrained((10, 32, 10), ("GELU", "Identity"), seed=0)
SHALLOW = untrained((2, 1), ("Softplus",))
LEAKY = tuple(
    Layer(2, Choice("LeakyReLU", (("negative_slope", slope),))) for slope in (0.2, 0.5, 0.2)
)
BENT = replace(SEED, network=replace(SEED.network, layers=LEAKY))


def printed(code: str) -> list[float]:
    (said,) = printed_by([code])
    return [float(found) for found in NUMBER.findall(said)]


def expected(experiment: Experiment, features: Sequence[float]) -> list[float]:
    """Every layer's values, then the output again, which the module prints."""
    layers = trace(build(experiment), torch.tensor([list(features)]))
    values = [layer.activation[0].tolist() for layer in layers]
    return [value for row in [*values, values[-1]] for value in row]


@pytest.mark.parametrize(
    "experiment",
    [SEED, DEEP, WIDE, SHALLOW, BENT],
    ids=["seed", "deep", "wide", "one", "options"],
)
def test_the_lines_print_what_the_page_shows(experiment: Experiment) -> None:
    features = begin(experiment).samples.x[0].tolist()
    found = printed(layers_code(experiment, features))
    assert found == pytest.approx(expected(experiment, features), abs=2e-4)


def test_moved_features_are_in_the_lines() -> None:
    features = (0.5, -1.0, 2.0)
    found = printed(layers_code(EDITED, features))
    assert found == pytest.approx(expected(EDITED, features), abs=2e-4)


def test_the_tutorials_own_lines_are_in_them() -> None:
    code = layers_code(SEED, begin(SEED).samples.x[0].tolist())
    for line in (
        "features = torch.randn((1, 3))",
        "W1 = torch.randn(3, 2)",
        "B2 = torch.randn((1, 1))",
        "h = activation(torch.mm(features, W1) + B1)",
        "output = activation(torch.mm(h, W2) + B2)",
        "print(output)",
    ):
        assert line in code.splitlines()
