"""How the experiments of presets are made: their data, layers and training in a few words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext_noop as N_
from nnlab.registry import Choice

MOST_EPOCHS = 2000
"""A learner may go on after the epochs that a promise needs."""


def named(name: str, **options: Any) -> Choice:
    """A registry's entry with options."""
    return Choice(name, tuple(sorted(options.items())))


def drawn(name: str, noise: float = 0.1, **options: Any) -> Data:
    """A drawn data set, half of it held out."""
    return Data(named(name, noise=noise, **options), seed=0, test_share=0.5)


def measured(name: str, **more: Any) -> Data:
    """Real measurements, half of them held out."""
    return Data(Choice(name), seed=0, test_share=0.5, **more)


def layers(count: int, activation: str = "Tanh", times: int = 1, **more: Any) -> tuple[Layer, ...]:
    """Hidden layers that are all alike."""
    return (Layer(count, Choice(activation), **more),) * times


def taught(
    data: Data,
    hidden: tuple[Layer, ...] = (),
    *,
    start: str | Choice = "default",
    output: str = "Identity",
    seed: int = 1,
    **training: Any,
) -> Experiment:
    """An experiment with the loss that suits its data, and the outputs that suit the loss."""
    loss = {0: "MSELoss", 2: "BCEWithLogitsLoss"}.get(data.classes, "CrossEntropyLoss")
    last = Layer(data.classes if data.classes > 2 else 1, Choice(output))
    usual = {"loss": Choice(loss), "epochs": MOST_EPOCHS, "batch_size": 10, "shuffle": True}
    return Experiment(
        data,
        Network((*hidden, last), INITIALISERS.accept("start", start)),
        Training(**{**usual, **training}),
        seed=seed,
    )


ADAM = Choice("Adam")
ALL = 100_000
"""A batch of all rows."""
YES_NO = MappingProxyType({"yes": N_("yes"), "no": N_("no")})
TWENTY = Data(named("gaussians", noise=0.4), seed=0, test_share=0.9)
"""Two clouds that overlap: twenty rows to learn from, and 180 held out."""
WIDE = layers(32, "ReLU", times=2)
FAR_OFF = named("normal", mean=-8.0, std=0.1)
"""Weights with which a single unit is sure of the wrong class everywhere."""
