"""Weights that are written and read again are the same to the last bit, and the network with them
says the same; a file of torch's or safetensors' own is read as well as one of ours."""

from __future__ import annotations

from collections import OrderedDict
from io import BytesIO

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.files.weights import FORMATS, read_weights
from nnlab.network import build
from nnlab.player import Player
from nnlab.registry import Choice
from nnlab.training import train
from tests.loading import set_all
from tests.strategies import experiments

NORMED = Experiment(
    network=Network(
        (
            Layer(12, Choice("ReLU"), dropout=0.2, batch_norm=True),
            Layer(3, Choice("Tanh")),
            Layer(1),
        )
    ),
    training=Training(epochs=5, batch_size=5, shuffle=True),
)


def outputs(module: nn.Module, experiment: Experiment) -> Tensor:
    x = torch.linspace(-2, 2, 7 * experiment.sizes[0]).view(7, -1)
    with torch.no_grad():
        return module.eval()(x)


@settings(max_examples=20, deadline=None)
@given(experiments())
def test_in_a_fresh_player_they_say_the_same_to_the_last_bit(experiment: Experiment) -> None:
    module = train(experiment).module()
    for ending, form in FORMATS.items():
        player = Player(experiment)
        set_all(player, read_weights(form.write(module), ending, experiment))
        again = player.seen.module()
        assert torch.equal(outputs(again, experiment), outputs(module, experiment))
        assert player.step == 0


def test_they_come_back_at_the_step_that_is_looked_at() -> None:
    trained = train(NORMED).module()
    content = FORMATS["pt"].write(trained)
    player = Player(NORMED)
    player.reach(4)
    set_all(player, read_weights(content, "pt", NORMED))
    assert player.step == 4
    assert torch.equal(outputs(player.run.module(), NORMED), outputs(trained, NORMED))
    player.reach(9)
    assert player.step == 9


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_written_is_read_by_others(ending: str) -> None:
    module = build(NORMED)
    content = FORMATS[ending].write(module)
    read = {
        "pt": lambda: torch.load(BytesIO(content), weights_only=True),
        "safetensors": lambda: safetensors.torch.load(content),
    }
    other = build(NORMED)
    nn.init.zeros_(next(iter(other.parameters())))
    other.load_state_dict(read[ending]())
    assert torch.equal(outputs(other, NORMED), outputs(module, NORMED))


class _Named(nn.Module):
    """The same network as a class, whose layers have names of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1, self.norm1 = nn.Linear(10, 12), nn.BatchNorm1d(12)
        self.layer2, self.layer10 = nn.Linear(12, 3), nn.Linear(3, 1)


def _saved(state: dict[str, Tensor]) -> bytes:
    file = BytesIO()
    torch.save(state, file)
    return file.getvalue()


def test_layers_may_have_names_of_their_own() -> None:
    plain = Experiment(network=Network((Layer(12), Layer(3), Layer(1))))
    state = {name: each for name, each in _Named().state_dict().items() if "norm" not in name}
    found = read_weights(_saved(state), "pt", plain)
    first, last = state["layer1.weight"], state["layer10.bias"]
    assert torch.equal(found[: first.numel()], first.flatten())
    assert torch.equal(found[-1:], last)


def test_numbers_may_lie_in_any_order_and_come_from_a_trained_tensor() -> None:
    plain = Experiment(network=Network((Layer(1),)))
    weight = nn.Parameter(torch.arange(20.0).view(10, 2).T[:1])
    state = OrderedDict({"0.bias": torch.zeros(1), "0.weight": weight.detach()})
    found = read_weights(_saved(state), "pt", plain)
    assert found.tolist() == [*range(0, 20, 2), 0]
