"""Untrained networks by sizes and activations, for tests of what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.registry import Choice


def untrained(sizes: Sequence[int], activations: Sequence[str], seed: int = 7) -> Experiment:
    """Data, weights and biases by randn; `sizes` start with the inputs."""
    layers = zip(sizes[1:], activations, strict=True)
    return Experiment(
        data=Data(source=Choice("randn", (("n_features", sizes[0]),))),
        network=Network(
            layers=tuple(Layer(units, Choice(name)) for units, name in layers),
            initialiser=Choice("randn"),
        ),
        training=Training(epochs=0),
        seed=seed,
    )
