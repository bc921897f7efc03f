"""The ways to draw a network's first weights and biases, by the names of torch.nn.init. Every draw
comes from the generator it is given, in the order in which the layers stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Generator, Tensor, nn

from nnlab.limits import Number
from nnlab.registry import Entry, Option, Registry

Layers = Sequence[nn.Linear]
Draw = Callable[..., Tensor]


def default(layers: Layers, generator: Generator) -> None:
    """As nn.Linear does by itself: uniform within 1/sqrt(fan_in) for weight and bias.

    Source: torch.nn.Linear.reset_parameters.
    """
    for layer in layers:
        nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
        bound = 1 / math.sqrt(layer.in_features)
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def drawn(draw: Draw, layers: Layers, generator: Generator) -> None:
    """Weights by a function of torch.nn.init, biases zero.

    Sources: Glorot and Bengio 2010 (xavier), He et al. 2015 (kaiming).
    """
    for layer in layers:
        draw(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)


def normal(layers: Layers, generator: Generator, mean: float, std: float) -> None:
    """Every weight and bias from a normal distribution."""
    for layer in layers:
        nn.init.normal_(layer.weight, mean, std, generator=generator)
        nn.init.normal_(layer.bias, mean, std, generator=generator)


def uniform(layers: Layers, generator: Generator, low: float, high: float) -> None:
    """Every weight and bias from a uniform distribution between low and high."""
    for layer in layers:
        nn.init.uniform_(layer.weight, min(low, high), max(low, high), generator=generator)
        nn.init.uniform_(layer.bias, min(low, high), max(low, high), generator=generator)


def zeros(layers: Layers, generator: Generator) -> None:
    """Nothing is drawn: all units of a layer start alike, and stay alike."""
    for layer in layers:
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)


def randn(layers: Layers, generator: Generator) -> None:
    """As a first tutorial writes it: W1, W2, ... as (in, out), then B1, B2, ..., all by randn."""
    with torch.no_grad():
        for layer in layers:
            shape = (layer.in_features, layer.out_features)
            layer.weight.copy_(torch.randn(shape, generator=generator).T)
        for layer in layers:
            layer.bias.copy_(torch.randn((1, layer.out_features), generator=generator)[0])


_BOUND = Number(-10.0, 10.0)

INITIALISERS: Registry[Entry[None]] = Registry(
    {
        "default": Entry(default, r"U(-1/\sqrt{n}, 1/\sqrt{n})"),
        "xavier_uniform": Entry(
            partial(drawn, nn.init.xavier_uniform_), r"U(\pm\sqrt{6/(n_{in}+n_{out})})"
        ),
        "xavier_normal": Entry(partial(drawn, nn.init.xavier_normal_), r"N(0, 2/(n_{in}+n_{out}))"),
        "kaiming_uniform": Entry(
            partial(drawn, nn.init.kaiming_uniform_), r"U(\pm\sqrt{6/n_{in}})"
        ),
        "kaiming_normal": Entry(partial(drawn, nn.init.kaiming_normal_), r"N(0, 2/n_{in})"),
        "normal": Entry(
            normal,
            r"N(\text{mean}, \text{std}^2)",
            {"mean": Option(0.0, _BOUND), "std": Option(1.0, Number(0.0, 10.0))},
        ),
        "uniform": Entry(
            uniform,
            r"U(\text{low}, \text{high})",
            {"low": Option(0.0, _BOUND), "high": Option(1.0, _BOUND)},
        ),
        "zeros": Entry(zeros, "0"),
        "randn": Entry(randn, "N(0, 1)"),
    }
)
