"""The landscape is the module's own loss, wherever one asks, and its slopes are autograd's."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nnlab import landscape
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.landscape import Landscape, starting_at
from nnlab.losses import LOSSES
from nnlab.network import begin
from nnlab.registry import Choice
from nnlab.slices import of_main_directions, of_parameters
from nnlab.terrains import TERRAINS
from nnlab.training import Run, train
from tests.strategies import experiments


@cache
def run_of(name: str) -> Run:
    return train(TERRAINS[name])


def asked_of_the_module(experiment: Experiment, parameters: Tensor) -> tuple[Tensor, Tensor]:
    """The loss and the gradient [P] by the nn.Module itself."""
    beginning = begin(experiment)
    module = beginning.module.eval()
    nn.utils.vector_to_parameters(parameters, module.parameters())
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(beginning.samples.y, experiment.network.outputs)
    loss = LOSSES.make(choice)(module(beginning.samples.x), target)
    loss.backward()
    gradients = [each.grad.flatten() for each in module.parameters() if each.grad is not None]
    return loss.detach(), torch.cat(gradients)


@settings(max_examples=60)
@given(experiments(), st.integers(0, 99))
def test_losses_and_gradients_are_the_modules_own(experiment: Experiment, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    parameters = torch.randn(3, experiment.n_parameters, generator=generator)
    land = Landscape(experiment)
    losses, gradients = land.losses(parameters), land.gradients(parameters)
    for place in range(3):
        loss, gradient = asked_of_the_module(experiment, parameters[place])
        torch.testing.assert_close(losses[place], loss, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(gradients[place], gradient, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", TERRAINS)
def test_a_surface_holds_the_modules_loss_at_each_of_its_places(name: str) -> None:
    experiment, run = TERRAINS[name], run_of(name)
    over = of_main_directions(run)
    surface = Landscape(experiment).surface(over, 5)
    for row, column in ((0, 0), (1, 4), (3, 2)):
        place = torch.stack((surface.first[column], surface.second[row]))
        loss, _gradient = asked_of_the_module(experiment, over.lift(place[None])[0])
        torch.testing.assert_close(surface.losses[row, column], loss, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", TERRAINS)
def test_slopes_are_autograds_along_the_slice(name: str) -> None:
    experiment, run = TERRAINS[name], run_of(name)
    over = of_main_directions(run)
    places = over.grid(3)
    slopes = Landscape(experiment).slopes(over, places)
    for place, slope in zip(places, slopes, strict=True):
        _loss, gradient = asked_of_the_module(experiment, over.lift(place[None])[0])
        wanted = over.directions @ gradient.double()
        torch.testing.assert_close(slope, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["line", "groups", "hinge"])
def test_on_the_path_of_a_neuron_the_surface_is_the_runs_losses(name: str) -> None:
    run = run_of(name)
    over = of_parameters(run, 0, 1)
    places = over.project(run.parameters)
    found = Landscape(run.experiment).losses(over.lift(places))
    torch.testing.assert_close(found, run.losses, rtol=1e-5, atol=1e-7)


def test_chunks_change_nothing_and_the_share_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    over, land = of_main_directions(run_of("xor")), Landscape(TERRAINS["xor"])
    whole = land.surface(over, 12)
    monkeypatch.setattr(landscape, "CHUNK_NUMBERS", 200)
    shares = [part.share for part in land.surface_gradually(over, 12)]
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    torch.testing.assert_close(land.surface(over, 12).losses, whole.losses)


def test_outputs_that_are_not_numbers_have_no_loss_also_with_bceloss() -> None:
    layers = (Layer(2), Layer(1, Choice("Sigmoid")))
    experiment = Experiment(Data(), Network(layers), Training(loss=Choice("BCELoss")))
    broken = torch.full((1, experiment.n_parameters), torch.inf)
    fine = torch.zeros(1, experiment.n_parameters)
    losses = Landscape(experiment).losses(torch.cat((broken, fine)))
    assert losses.isnan().tolist() == [True, False]


@settings(max_examples=20)
@given(st.sampled_from(list(TERRAINS)), st.integers(0, 9))
def test_a_run_starts_where_it_is_put(name: str, seed: int) -> None:
    experiment = TERRAINS[name]
    generator = torch.Generator().manual_seed(seed)
    parameters = torch.randn(experiment.n_parameters, generator=generator)
    put = train(starting_at(experiment, parameters))
    assert torch.equal(put.parameters[0], parameters)
    torch.testing.assert_close(
        put.losses[0], Landscape(experiment).losses(parameters[None])[0], rtol=1e-4, atol=1e-6
    )
