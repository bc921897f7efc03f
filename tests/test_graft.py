"""A layer or a unit more or fewer leaves the others what they have learned, as far as it fits."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.graft import with_layer, with_units, without_layer
from nnlab.limits import ExperimentError
from nnlab.network import build, linear_layers, running
from nnlab.registry import Choice
from nnlab.training import train


def deep(*units: int, norm: bool = False) -> Experiment:
    hidden = (Layer(each, Choice("ReLU"), batch_norm=norm) for each in units)
    training = Training(epochs=10, learning_rate=0.1)
    return Experiment(network=Network((*hidden, Layer(1))), training=training, seed=2)


def learned(experiment: Experiment) -> nn.Sequential:
    return train(experiment).module()


def weights(module: nn.Sequential) -> list[torch.Tensor]:
    return [each.weight.detach() for each in linear_layers(module)]


@pytest.mark.parametrize("place", [1, 2])
def test_a_layer_behind_one_as_wide_leaves_all_others_as_they_are(place: int) -> None:
    experiment = deep(3, 3)
    before = learned(experiment)
    found = with_layer(experiment, place, before)
    after = weights(build(found.experiment))
    del after[place]
    assert found.anew == ()
    assert all(map(torch.equal, after, weights(before)))


def test_a_layer_that_has_other_inputs_now_begins_anew_and_is_named() -> None:
    experiment = deep(3, 5, 2)
    before = learned(experiment)
    found = without_layer(experiment, 1, before)
    first, second, third = weights(build(found.experiment))
    assert found.anew == (2,)
    assert second.shape == (2, 3)
    assert torch.equal(first, weights(before)[0])
    assert torch.equal(third, weights(before)[3])


def test_taking_the_new_layer_out_again_is_the_network_that_there_was() -> None:
    experiment = deep(4, 4)
    before = learned(experiment)
    grown = with_layer(experiment, 1, before).experiment
    back = without_layer(grown, 1, build(grown)).experiment
    assert all(map(torch.equal, weights(build(back)), weights(before)))


def test_batch_norms_keep_what_they_have_seen() -> None:
    experiment = deep(3, 3, norm=True)
    before = learned(experiment)
    after = build(with_layer(experiment, 2, before).experiment)
    assert all(map(torch.equal, running(after)[:4], running(before)))


def test_the_first_and_the_last_hidden_layer_come_and_go() -> None:
    experiment = deep()
    grown = with_layer(experiment, 0, build(experiment))
    assert len(grown.experiment.sizes) == 3
    assert grown.anew == (0,)
    assert without_layer(grown.experiment, 0, build(grown.experiment)).experiment.sizes == (10, 1)


def test_a_network_that_would_be_too_large_is_refused() -> None:
    wide = deep(1000)
    with pytest.raises(ExperimentError):
        with_layer(wide, 1, build(wide))


@pytest.mark.parametrize("units", [2, 5])
def test_units_that_come_and_go_leave_the_weights_among_the_others(units: int) -> None:
    experiment = deep(4, 3, norm=True)
    before = learned(experiment)
    found = with_units(experiment, 0, units, before)
    after, both = build(found.experiment), min(units, 4)
    (first, second, third), old = weights(after), weights(before)
    assert first.shape == (units, old[0].shape[1])
    assert torch.equal(first[:both], old[0][:both])
    assert torch.equal(second[:, :both], old[1][:, :both])
    assert torch.equal(third, old[2])
    for now, was in zip(running(after)[:2], running(before)[:2], strict=True):
        assert torch.equal(now[:both], was[:both])
    assert all(map(torch.equal, running(after)[2:], running(before)[2:]))


def test_a_unit_more_is_another_one_and_not_the_copy_of_one() -> None:
    experiment = deep(3)
    first, second = weights(build(with_units(experiment, 0, 4, learned(experiment)).experiment))
    assert bool((first[3] != 0).any())
    assert bool((second[:, 3] != 0).any())


def test_the_unit_that_was_added_last_goes_first() -> None:
    experiment = deep(3, 2)
    before = learned(experiment)
    grown = with_units(experiment, 0, 4, before).experiment
    back = with_units(grown, 0, 3, build(grown)).experiment
    assert all(map(torch.equal, weights(build(back)), weights(before)))


@pytest.mark.parametrize("engine", ["batched", "compiled"])
def test_the_engines_agree_on_what_a_graft_learns(engine: str) -> None:
    experiment = deep(4, 3)
    grown = with_units(experiment, 1, 5, learned(experiment)).experiment
    losses = train(grown, engine="reference").losses
    assert torch.allclose(train(grown, engine=engine).losses, losses, atol=1e-5)
