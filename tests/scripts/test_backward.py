"""The lines run as they are in a fresh interpreter, and print the page's gradients, twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.figures.drawing import names
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.walk import updated, walk
from nnlab.losses import LOSSES
from nnlab.registry import Choice
from nnlab.scripts.backward import listing, script
from tests.gradients.networks import FORCED_ENDS
from tests.interpreter import printed_by

ROWS = ((0.5, -1.25, 1.0), (2.0, 0.75, 0.0), (-0.5, 0.1, 1.0))


def network(activation: Choice, loss: str) -> Experiment:
    outputs = 2 if loss == "CrossEntropyLoss" else 1
    end = Choice(FORCED_ENDS.get(loss, "Tanh"))
    return Experiment(
        Data(Choice("points", (("classes", 2), ("rows", ROWS)))),
        Network((Layer(3, activation), Layer(2, activation), Layer(outputs, end))),
        Training(loss=Choice(loss), learning_rate=0.25, epochs=1),
        interventions=(Intervention(0, "w0.1.0", 0.7),),
    )


EXPERIMENTS = [
    *(network(Choice(name), "MSELoss") for name in ACTIVATIONS),
    *(network(Choice("Tanh"), name) for name in LOSSES),
    network(Choice("GELU", (("approximate", "tanh"),)), "HuberLoss"),
    replace(network(Choice("ReLU"), "MSELoss"), network=Network((Layer(1),)), interventions=()),
]


@pytest.fixture(scope="module")
def printed() -> list[str]:
    return printed_by([script(experiment) for experiment in EXPERIMENTS])


@pytest.mark.parametrize("place", range(len(EXPERIMENTS)))
def test_the_lines_print_the_pages_gradients_twice_and_then_the_new_parameters(
    place: int, printed: list[str]
) -> None:
    told = backward_pass(EXPERIMENTS[place])
    lines = [line.partition(" ")[2] for line in printed[place].splitlines()]
    found = [torch.tensor(json.loads(line)).flatten() for line in lines]
    third = len(found) // 3
    by_autograd, by_hand, after = (
        torch.cat(found[start : start + third]) for start in (0, third, 2 * third)
    )
    torch.testing.assert_close(by_autograd, told.gradient)
    torch.testing.assert_close(by_hand, told.gradient)
    torch.testing.assert_close(after, updated(EXPERIMENTS[place], told.gradient))


@pytest.mark.parametrize("place", range(len(EXPERIMENTS)))
def test_every_operation_is_computed_by_exactly_one_line(place: int) -> None:
    experiment = EXPERIMENTS[place]
    lines = listing(experiment)
    for each in walk(backward_pass(experiment), 0, names(experiment.sizes)).operations:
        assert sum(line.computes(each) for line in lines) == 1
