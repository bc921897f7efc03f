"""A scene is what the network's own module says at the places of the plane."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.scene import BIG_MAP, Scenery
from nnlab.training import train

TRAINING = Training(epochs=3, learning_rate=0.05)
EXPERIMENTS = {
    "1 feature": Experiment(
        Data(Choice("curve"), seed=1), Network((Layer(3, Choice("Tanh")), Layer(1))), TRAINING
    ),
    "2 features": Experiment(
        Data(Choice("spiral"), seed=1),
        Network((Layer(4, Choice("ReLU"), 0.2, True), Layer(2), Layer(1))),
        Training(loss=Choice("BCEWithLogitsLoss"), epochs=3, batch_size=10),
    ),
    "64 features": Experiment(
        Data(Choice("digits"), seed=1, standardise=True),
        Network((Layer(5, Choice("Sigmoid")), Layer(10))),
        Training(loss=Choice("CrossEntropyLoss"), epochs=2, batch_size=500),
    ),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_maps_are_the_modules_own_activations(name: str) -> None:
    experiment = EXPERIMENTS[name]
    run, scenery = train(experiment), Scenery(experiment)
    for moment in (0, len(run) - 1):
        scene, module = scenery.scene(run, moment), run.module(moment)
        x = asked(scenery)
        assert torch.equal(scene.maps[0].flatten(1), x.T)
        with torch.no_grad():
            hidden = list(_activations(module, x))
        for units, expected in zip(scene.maps[1:], hidden, strict=True):
            torch.testing.assert_close(units.flatten(1), expected.T, rtol=1e-4, atol=1e-5)


def asked(scenery: Scenery) -> torch.Tensor:
    """Where the units are asked: at the places of a grid, or for some of the rows."""
    if scenery.experiment.data.n_raw_features <= 2:
        return scenery.rows.preparation(scenery.plane.lift(scenery.plane.grid(scenery.side)))
    rows = {tuple(row) for row in scenery.rows.samples().x.tolist()}
    assert {tuple(row) for row in scenery.points.tolist()} <= rows
    return scenery.points


def _activations(module: nn.Sequential, x: torch.Tensor) -> list[torch.Tensor]:
    """The values after each layer: just before the next linear part, and at the end."""
    found = []
    for part in module:
        if isinstance(part, nn.Linear) and part is not module[0]:
            found.append(x)
        x = part(x)
    return [*found, x]


def test_the_output_is_a_probability_for_yes_and_shares_for_classes() -> None:
    for name, total in (("2 features", None), ("64 features", 1.0)):
        run = train(EXPERIMENTS[name])
        output = Scenery(EXPERIMENTS[name]).scene(run, -1).output
        assert output.shape[1:] == (BIG_MAP, BIG_MAP)
        assert ((output >= 0) & (output <= 1)).all()
        if total:
            torch.testing.assert_close(output.sum(0), torch.full_like(output[0], total))


def test_a_scene_leaves_the_run_as_it_was() -> None:
    experiment = EXPERIMENTS["2 features"]
    run, scenery = train(experiment), Scenery(experiment)
    before = run.parameters.clone()
    scenery.scene(run, 0)
    assert torch.equal(run.parameters, before)
