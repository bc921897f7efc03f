"""What a line makes: its own layer, weight, data or loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiment import Experiment, Intervention, Layer, Network
from nnlab.registry import Choice
from nnlab.scripts.marks import marks
from nnlab.scripts.module import STYLES
from nnlab.scripts.program import program
from tests.strategies import experiments

NETWORK = Network(
    (Layer(5, Choice("ReLU"), 0.5, True), Layer(3, Choice("Tanh")), Layer(1, Choice("Sigmoid")))
)
EDITED = Experiment(
    network=NETWORK,
    interventions=(
        Intervention(3, "w1.2.4", 0.5),
        Intervention(4, "b2.0", 0.25),
        Intervention(5, "gamma0.3", 2.0),
    ),
)


def made(source: str) -> dict[str, tuple[str, ...]]:
    return dict(zip(map(str.strip, source.splitlines()), marks(source), strict=True))


@given(experiments(), st.sampled_from(list(STYLES)))
def test_every_line_has_its_marks(experiment: Experiment, style: str) -> None:
    source = program(experiment, style)
    assert len(marks(source)) == len(source.splitlines())


@pytest.mark.parametrize("style", STYLES)
def test_a_module_makes_its_layer_and_an_edit_its_part(style: str) -> None:
    found = made(program(EDITED, style))
    words = {line.split(" = ")[-1].rstrip(","): each for line, each in found.items()}
    for line, layer in {
        "nn.Linear(10, 5)": 0,
        "nn.BatchNorm1d(5)": 0,
        "nn.Dropout(0.5)": 0,
        "nn.Linear(5, 3)": 1,
        "nn.Tanh()": 1,
        "nn.Linear(3, 1)": 2,
    }.items():
        assert words[line] == (f"u{layer}.*",)
    edits = [each for line, each in found.items() if line.endswith(("= 0.5", "= 0.25", "= 2.0"))]
    assert edits[-3:] == [("w1.2.4",), ("b2.0", "u2.0"), ("b0.3", "u0.3")]


def test_data_network_and_loss_are_marked_as_what_they_are() -> None:
    found = made(program(replace(EDITED, interventions=())))
    for line, role in {
        "x = torch.randn(10, 10)": "data",
        "model = nn.Sequential(": "network",
        "criterion = nn.MSELoss()": "loss",
        "loss = criterion(y_pred, y)": "loss",
        "loss.backward()": "network",
        "optimizer.step()": "network",
    }.items():
        assert role in found[line]
    assert found["import torch"] == found["for epoch in range(50):"] == ()


def test_lines_inside_brackets_make_what_the_first_one_makes() -> None:
    source = "x = torch.tensor([\n    [0.5, 1.0],\n])\nprint(1)"
    assert marks(source) == (("data", "x*"),) * 3 + ((),)


def test_the_first_tutorials_matrices_are_layers() -> None:
    found = made("W2 = torch.randn(2, 1)\nW1[2, 0] = 0.5\nh = activation(torch.mm(x, W1) + B1)")
    assert list(found.values()) == [("w1.*",), ("w0.0.2",), ("u0.*",)]
