"""The script on the page runs as it is in a fresh interpreter and prints the page's losses."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.network import build
from nnlab.registry import Choice
from nnlab.scripts.module import STYLES
from nnlab.scripts.training import definition, script
from nnlab.training import train

EXPERIMENTS = {
    "the tutorial's": Experiment(),
    "in batches of three": Experiment(training=Training(batch_size=3, epochs=4), seed=5),
    "zero_grad forgotten": Experiment(training=Training(zero_grad=False, learning_rate=0.5)),
    "wider, deeper, Adam": Experiment(
        Data(Choice("seed_batch", (("n_features", 4),))),
        Network((Layer(7, Choice("LeakyReLU", (("negative_slope", 0.2),))), Layer(3), Layer(1))),
        Training(
            optimizer=Choice("Adam", (("beta1", 0.8),)), loss=Choice("BCEWithLogitsLoss"), epochs=9
        ),
    ),
}


def printed_losses(source: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, timeout=120
    )
    return [float(line.split("loss:")[1]) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_it_prints_the_losses_of_the_run(name: str, style: str) -> None:
    experiment = EXPERIMENTS[name]
    run = train(experiment, engine="reference")
    assert printed_losses(script(experiment, style)) == run.losses[:-1].tolist()


def test_it_reads_like_the_tutorial() -> None:
    source = script(Experiment())
    for line in (
        "criterion = nn.MSELoss()",
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.01)",
        "    y_pred = model(x)",
        "    optimizer.zero_grad()",
        "    loss.backward()",
        "    optimizer.step()",
    ):
        assert re.search(f"^{re.escape(line)}$", source, re.MULTILINE)


@pytest.mark.parametrize("style", STYLES)
def test_its_definition_makes_the_same_network_with_norms_and_dropout(style: str) -> None:
    layers = (Layer(4, Choice("ReLU"), 0.25, True), Layer(3, Choice("Tanh"), 0.0, True), Layer(1))
    experiment = Experiment(network=Network(layers))
    source = definition(experiment, style) + "print([tuple(p.shape) for p in model.parameters()])"
    source += "\nprint([type(m).__name__ for m in model.modules()][1:])"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, timeout=120
    )
    shapes, kinds = done.stdout.splitlines()
    assert shapes == str([tuple(each.shape) for each in build(experiment).parameters()])
    assert kinds == str([type(each).__name__ for each in build(experiment)])
