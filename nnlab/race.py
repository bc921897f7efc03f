"""A race: seven optimizers from the same start, each with its own settings, down the same valley or
with the same network. They differ in nothing but the optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from nnlab.experiment import Experiment, Training
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice
from nnlab.valleys import VALLEYS, Racer

NETWORK = "network"
NETWORK_RATES = (0.5, 0.05)
LEVELLED = ("RMSprop", "Adagrad", "Adam", "AdamW")
"""Those whose steps have nearly the same length on steep and on flat ground."""
_RATES = MappingProxyType({("Nesterov", "ravine"): 0.5})
"""Where a racer can't begin with the rate of its ground. (At 0.95 Nesterov leaves the ravine.)"""
_SETTINGS = MappingProxyType({("μ", "ravine"): 0.5})
"""Where a setting begins otherwise: with a momentum of 0.9 steps this large swing about."""


@dataclass(frozen=True)
class Lane:
    """Who races: an optimizer by PyTorch's name with what makes it this racer, and the settings
    that the learner may change, by symbol: PyTorch's name and the value to begin with."""

    optimizer: str
    fixed: Mapping[str, bool]
    settings: Mapping[str, tuple[str, float]]


def _lane(optimizer: str, settings: Mapping[str, tuple[str, float]], *fixed: str) -> Lane:
    return Lane(optimizer, dict.fromkeys(fixed, True), settings)


_MOMENTUM = {"μ": ("momentum", 0.9)}
_BETAS = {"β₁": ("beta1", 0.9), "β₂": ("beta2", 0.999)}

LANES: Mapping[str, Lane] = MappingProxyType(
    {
        "SGD": _lane("SGD", {}),
        "Momentum": _lane("SGD", _MOMENTUM),
        "Nesterov": _lane("SGD", _MOMENTUM, "nesterov"),
        "RMSprop": _lane("RMSprop", {"α": ("alpha", 0.99)}),
        "Adagrad": _lane("Adagrad", {}),
        "Adam": _lane("Adam", _BETAS),
        "AdamW": _lane("AdamW", {**_BETAS, "λ": ("weight_decay", 0.01)}),
    }
)


def racer(name: str, learning_rate: float, settings: Mapping[str, float]) -> Racer:
    """The racer of a lane with a learning rate and settings by symbol. (Without momentum Nesterov
    is plain SGD: PyTorch refuses the word there.)"""
    lane = LANES[name]
    given: dict[str, float | bool] = {
        lane.settings[symbol][0]: value for symbol, value in settings.items()
    }
    fixed = lane.fixed if given.get("momentum", 1) else {}
    return Racer(
        OPTIMIZERS.accept("optimizer", {"name": lane.optimizer, **given, **fixed}), learning_rate
    )


def first_rate(name: str, ground: str) -> float:
    """The learning rate to begin with, on a valley or with the network."""
    rates = NETWORK_RATES if ground == NETWORK else VALLEYS[ground].rates
    return _RATES.get((name, ground), rates[name in LEVELLED])


def first_setting(name: str, symbol: str, ground: str) -> float:
    """A setting to begin with, on a valley or with the network."""
    return _SETTINGS.get((symbol, ground), LANES[name].settings[symbol][1])


def experiment(start: Experiment, racing: Racer, steps: int) -> Experiment:
    """The start with another optimizer, for so many epochs."""
    chosen: Choice = racing.optimizer
    training: Training = replace(
        start.training, optimizer=chosen, learning_rate=racing.learning_rate, epochs=steps
    )
    return replace(start, training=training)
