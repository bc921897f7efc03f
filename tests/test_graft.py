"""Other layers and units leave what was learned as it is, as far as it fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.graft import Graft, goes_on, graft, with_layer, with_layers, without_layer
from nnlab.limits import ExperimentError
from nnlab.network import build, linear_layers, running
from nnlab.permalink import from_text, to_text
from nnlab.registry import Choice
from nnlab.training import train


def deep(*units: int, norm: bool = False) -> Experiment:
    hidden = (Layer(each, Choice("ReLU"), batch_norm=norm) for each in units)
    training = Training(epochs=10, learning_rate=0.1)
    return Experiment(network=Network((*hidden, Layer(1))), training=training, seed=2)


def learned(experiment: Experiment) -> nn.Sequential:
    return train(experiment).module()


def grafted(experiment: Experiment, module: nn.Sequential, *layers: Layer) -> Graft:
    return graft(experiment, with_layers(experiment.network, layers), module)


def resized(experiment: Experiment, place: int, units: int) -> tuple[Layer, ...]:
    layers = list(experiment.network.layers)
    layers[place] = replace(layers[place], units=units)
    return tuple(layers)


def weights(module: nn.Sequential) -> list[torch.Tensor]:
    return [each.weight.detach() for each in linear_layers(module)]


@pytest.mark.parametrize("place", [1, 2])
def test_a_layer_behind_one_as_wide_leaves_all_others_as_they_are(place: int) -> None:
    experiment = deep(3, 3)
    before = learned(experiment)
    found = graft(experiment, with_layer(experiment.network, place), before)
    after = weights(build(found.experiment))
    del after[place]
    assert found.anew == ()
    assert all(map(torch.equal, after, weights(before)))


def test_a_layer_that_has_other_inputs_now_begins_anew_and_is_named() -> None:
    experiment = deep(3, 5, 2)
    before = learned(experiment)
    found = graft(experiment, without_layer(experiment.network, 1), before)
    first, second, third = weights(build(found.experiment))
    assert found.anew == (2,)
    assert second.shape == (2, 3)
    assert torch.equal(first, weights(before)[0])
    assert torch.equal(third, weights(before)[3])


def test_taking_the_new_layer_out_again_is_the_network_that_there_was() -> None:
    experiment = deep(4, 4)
    before = learned(experiment)
    grown = graft(experiment, with_layer(experiment.network, 1), before).experiment
    back = graft(grown, without_layer(grown.network, 1), build(grown)).experiment
    assert all(map(torch.equal, weights(build(back)), weights(before)))


def test_batch_norms_keep_what_they_have_seen() -> None:
    experiment = deep(3, 3, norm=True)
    before = learned(experiment)
    after = build(graft(experiment, with_layer(experiment.network, 2), before).experiment)
    assert all(map(torch.equal, running(after)[:4], running(before)))


def test_the_first_and_the_last_hidden_layer_come_and_go() -> None:
    experiment = deep()
    grown = graft(experiment, with_layer(experiment.network, 0), build(experiment))
    assert len(grown.experiment.sizes) == 3
    assert grown.anew == (0,)
    back = without_layer(grown.experiment.network, 0)
    assert graft(experiment, back, build(grown.experiment)).experiment.sizes == (10, 1)


def test_a_network_that_would_be_too_large_is_refused() -> None:
    wide = deep(1000)
    with pytest.raises(ExperimentError):
        graft(wide, with_layer(wide.network, 1), build(wide))


@pytest.mark.parametrize("units", [2, 5])
def test_units_that_come_and_go_leave_the_weights_among_the_others(units: int) -> None:
    experiment = deep(4, 3, norm=True)
    before = learned(experiment)
    found = grafted(experiment, before, *resized(experiment, 0, units))
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
    more = resized(experiment, 0, 4)
    first, second = weights(build(grafted(experiment, learned(experiment), *more).experiment))
    assert bool((first[3] != 0).any())
    assert bool((second[:, 3] != 0).any())


def test_the_unit_that_was_added_last_goes_first() -> None:
    experiment = deep(3, 2)
    before = learned(experiment)
    grown = grafted(experiment, before, *resized(experiment, 0, 4)).experiment
    back = grafted(grown, build(grown), *resized(grown, 0, 3)).experiment
    assert all(map(torch.equal, weights(build(back)), weights(before)))


@pytest.mark.parametrize("engine", ["batched", "compiled"])
def test_the_engines_agree_on_what_a_graft_learns(engine: str) -> None:
    experiment = deep(4, 3)
    grown = grafted(experiment, learned(experiment), *resized(experiment, 1, 5)).experiment
    losses = train(grown, engine="reference").losses
    assert torch.allclose(train(grown, engine=engine).losses, losses, atol=1e-5)


def test_several_layers_and_units_at_once_leave_the_rest() -> None:
    experiment = deep(4, 3)
    before = learned(experiment)
    first, second, last = experiment.network.layers
    wider = replace(first, units=6)
    found = grafted(experiment, before, wider, second, second, second, last)
    after, old = weights(build(found.experiment)), weights(before)
    assert found.anew == ()
    assert torch.equal(after[0][:4], old[0])
    assert torch.equal(after[1][:, :4], old[1])
    assert torch.equal(after[4], old[2])


def test_another_activation_keeps_every_weight() -> None:
    experiment = deep(4, 3, norm=True)
    before = learned(experiment)
    *hidden, last = experiment.network.layers
    smooth = [replace(layer, activation=Choice("Tanh")) for layer in hidden]
    after = build(grafted(experiment, before, *smooth, last).experiment)
    assert isinstance(after[2], nn.Tanh)
    assert all(map(torch.equal, after.parameters(), before.parameters()))
    assert all(map(torch.equal, running(after), running(before)))


def test_a_batch_norm_more_or_less_keeps_the_weights() -> None:
    experiment = deep(4, 3)
    before = learned(experiment)
    first, *others = experiment.network.layers
    grown = grafted(experiment, before, replace(first, batch_norm=True), *others).experiment
    assert all(map(torch.equal, weights(build(grown)), weights(before)))
    back = grafted(grown, build(grown), first, *others).experiment
    assert all(map(torch.equal, weights(build(back)), weights(before)))


def test_only_other_layers_go_on_with_what_was_learned() -> None:
    now = deep(4, 3)
    network = now.network
    first, *others = network.layers
    wider = replace(network, layers=(replace(first, units=9), *others))
    assert goes_on(now, replace(now, network=wider))
    dropping = replace(network, layers=(replace(first, dropout=0.5), *others))
    drawn = replace(wider, initialiser=Choice("xavier_normal"))
    for wanted in (
        replace(now, network=dropping),
        replace(now, network=drawn),
        replace(now, network=wider, seed=9),
        replace(now, network=wider, data=Data(Choice("circle"))),
        replace(now, network=wider, training=Training()),
        now,
    ):
        assert not goes_on(now, wanted)


def test_a_link_carries_a_graft() -> None:
    experiment = deep(4, 3, norm=True)
    grown = grafted(experiment, learned(experiment), *resized(experiment, 0, 6)).experiment
    assert from_text(to_text(grown, experiment), experiment) == grown
