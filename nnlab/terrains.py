"""The problems whose loss can be walked over: neurons with one weight and one bias, whose landscape
is seen whole, and small networks, of which only slices can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import torch

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.registry import Choice

_LINE = tuple((x / 4, round(0.9 * x / 4 + 0.5 + 0.2 * (-1) ** x, 3)) for x in range(-6, 7))
_HINGE = tuple((x / 4, max(0.0, 1.5 * x / 4 - 0.5)) for x in range(-6, 7))
_GROUPS = tuple((x / 4, float(x > 0 or x == -4)) for x in range(-8, 9) if x != 4)
_CORNERS = ((0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))


def _rows(rows: tuple[tuple[float, ...], ...], classes: int = 0) -> Data:
    options = {"rows": rows, "classes": classes}
    return Data(Choice("points", tuple((key, options[key]) for key in sorted(options))))


def _neuron(data: Data, activation: str, rate: float) -> Experiment:
    """One weight, one bias, and a mean of squares."""
    training = Training(learning_rate=rate, epochs=30)
    return Experiment(data, Network((Layer(1, Choice(activation)),)), training, seed=4)


TERRAINS: Mapping[str, Experiment] = MappingProxyType(
    {
        "line": _neuron(_rows(_LINE), "Identity", 0.1),
        "groups": _neuron(_rows(_GROUPS, classes=2), "Sigmoid", 2.0),
        "hinge": _neuron(_rows(_HINGE), "ReLU", 0.1),
        "xor": Experiment(
            _rows(_CORNERS, classes=2),
            Network((Layer(2, Choice("Tanh")), Layer(1, Choice("Sigmoid")))),
            Training(learning_rate=2.0, epochs=200),
            seed=6,
        ),
        "tutorial": replace(Experiment(), training=Training(learning_rate=1.0, epochs=50)),
    }
)
"""line: a straight line through rows with noise, a bowl. groups: two groups that a Sigmoid tells
apart, with wide plateaus. hinge: a ReLU that can die. xor: 9 parameters. tutorial: the network of
the second tutorial, 61 parameters."""


@cache
def bottom_of_line() -> float:
    """The lowest loss that any straight line has with the rows of "line", by least squares."""
    x, y = torch.tensor(_LINE, dtype=torch.float64).T
    inputs = torch.stack((x, torch.ones_like(x)), 1)
    best = torch.linalg.lstsq(inputs, y[:, None]).solution
    return float((inputs @ best - y[:, None]).square().mean())


def is_neuron(experiment: Experiment) -> bool:
    """Whether one weight and one bias are all there is."""
    return experiment.n_parameters == 2
