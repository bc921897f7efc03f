"""The racers differ in their optimizer only, and each is PyTorch's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from nnlab.experiment import Experiment
from nnlab.optimizers import OPTIMIZERS
from nnlab.race import LANES, NETWORK, experiment, first_rate, first_setting, racer
from nnlab.valleys import VALLEYS, Walk, walks

DEFAULTS = {
    name: {symbol: value for symbol, (_key, value) in lane.settings.items()}
    for name, lane in LANES.items()
}


@pytest.mark.parametrize("name", LANES)
def test_a_racer_is_what_its_name_says_in_pytorch(name: str) -> None:
    made = racer(name, 0.1, DEFAULTS[name])
    parameters = [torch.zeros(1, requires_grad=True)]
    found = OPTIMIZERS.make(made.optimizer, parameters, made.learning_rate)
    plain = {
        "SGD": lambda: torch.optim.SGD(parameters, lr=0.1),
        "Momentum": lambda: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
        "Nesterov": lambda: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True),
        "RMSprop": lambda: torch.optim.RMSprop(parameters, lr=0.1),
        "Adagrad": lambda: torch.optim.Adagrad(parameters, lr=0.1),
        "Adam": lambda: torch.optim.Adam(parameters, lr=0.1),
        "AdamW": lambda: torch.optim.AdamW(parameters, lr=0.1),
    }[name]()
    assert type(found) is type(plain)
    assert found.defaults == plain.defaults


def test_experiments_of_a_race_differ_in_the_optimizer_and_its_rate_only() -> None:
    start = Experiment(seed=3)
    made = [
        experiment(start, racer(name, first_rate(name, NETWORK), DEFAULTS[name]), 20)
        for name in LANES
    ]
    same = {
        replace(
            each,
            training=replace(each.training, optimizer=start.training.optimizer, learning_rate=0.01),
        )
        for each in made
    }
    assert len(set(made)) == len(LANES)
    assert len(same) == 1


@pytest.mark.parametrize("name", ["Momentum", "Nesterov"])
def test_without_momentum_it_is_plain_sgd(name: str) -> None:
    assert racer(name, 0.1, {"μ": 0.0}) == racer("SGD", 0.1, {})


@pytest.mark.parametrize("ground", [*VALLEYS, NETWORK])
def test_every_racer_has_a_rate_to_begin_with(ground: str) -> None:
    assert all(first_rate(name, ground) > 0 for name in LANES)


def opening(name: str) -> Walk:
    """The way of a racer in the ravine as the lesson opens."""
    own = {symbol: first_setting(name, symbol, "ravine") for symbol in LANES[name].settings}
    racing = racer(name, first_rate(name, "ravine"), own)
    return walks("ravine", [racing], VALLEYS["ravine"].start, 60)[0]


def jumps(way: Walk) -> int:
    """How often the floor of the ravine is crossed."""
    y = way.places[:, 1]
    return int((y[1:] * y[:-1] < 0).sum())


def test_the_ravine_opens_with_what_its_prediction_says() -> None:
    plain, momentum = opening("SGD"), opening("Momentum")
    assert first_rate("SGD", "ravine") == first_rate("Momentum", "ravine")
    assert jumps(plain) == 60
    assert jumps(momentum) < 45
    across, along = momentum.places[10].abs() / plain.places[10].abs()
    assert max(across, along) < 0.5
    assert (plain.places[1:, 1].abs() < plain.places[:-1, 1].abs()).all()
