"""The script on the page runs as it is in a fresh interpreter and prints the page's losses."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.scripts.module import STYLES
from nnlab.scripts.training import script
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
