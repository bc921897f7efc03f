"""A graft is a network with other layers that goes on with what it has learned: a hidden layer or
units more or fewer, another activation. Each layer keeps its weights where it still has the inputs
that it had, or as many; else it begins anew. Units that come and go leave all weights among the
others as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from nnlab.experiment import Experiment, Intervention, Layer, Network
from nnlab.network import LayerModules, build, layers, running
from nnlab.packed import PARAMETERS, pack
from nnlab.registry import Choice

MOST_HIDDEN = 8


@dataclass(frozen=True)
class Graft:
    """The experiment that begins with what was kept, and the places of the old layers that have
    begun anew."""

    experiment: Experiment
    anew: tuple[int, ...]


@dataclass(frozen=True)
class Successor:
    """A network that is to go on, and for each of its layers the place of the one that it was; None
    for one that was not there."""

    network: Network
    origins: tuple[int | None, ...]


def with_layer(network: Network, place: int) -> Successor:
    """One more hidden layer at this place (0: behind the inputs), like the one before it.

    >>> from nnlab import Choice, Layer, Network
    >>> grown = with_layer(Network((Layer(3, Choice("Tanh")), Layer(1))), 1)
    >>> [layer.units for layer in grown.network.layers], grown.origins
    ([3, 3, 1], (0, None, 1))
    """
    old = network.layers
    hidden = old[:-1] or (Layer(4, Choice("Tanh")),)
    new = (*old[:place], hidden[max(place - 1, 0)], *old[place:])
    return Successor(replace(network, layers=new), (*range(place), None, *range(place, len(old))))


def without_layer(network: Network, place: int) -> Successor:
    """The network without its hidden layer at this place."""
    origins = tuple(each for each in range(len(network.layers)) if each != place)
    kept = tuple(network.layers[each] for each in origins)
    return Successor(replace(network, layers=kept), origins)


def with_layers(network: Network, wanted: tuple[Layer, ...]) -> Successor:
    """The network with other layers, whose hidden ones are what those at their places were: the
    last ones come and go, in front of the output.

    >>> from nnlab import Choice, Layer, Network
    >>> grown = with_layers(Network(), (Layer(7), Layer(7), Layer(7), Layer(1)))
    >>> grown.origins
    (0, None, None, 1)
    """
    last = len(network.layers) - 1
    hidden = (place if place < last else None for place in range(len(wanted) - 1))
    return Successor(replace(network, layers=wanted), (*hidden, last))


def graft(experiment: Experiment, successor: Successor, module: nn.Sequential) -> Graft:
    """The experiment with the successor's network. It begins with what `module`, the network that
    there was, has learned; new weights are random, and nothing is changed on the way. Raises
    ExperimentError where it would be too large, or a weight is beyond what can be set (`Packed`).

    >>> from nnlab import Choice, Experiment, Layer, Network
    >>> experiment = Experiment(network=Network((Layer(3, Choice("Tanh")), Layer(1))))
    >>> grown = graft(experiment, with_layer(experiment.network, 1), build(experiment))
    >>> grown.experiment.sizes, grown.anew
    ((10, 3, 3, 1), ())
    """
    plain = replace(experiment, network=successor.network, interventions=())
    fresh, old, anew = build(plain), layers(module), []
    before: int | None = -1
    for layer, origin in zip(layers(fresh), successor.origins, strict=True):
        if origin is not None and (before == origin - 1 or _fits(old[origin], layer)):
            _copy(old[origin], layer)
        elif origin is not None:
            anew.append(origin)
        before = origin
    tensors = [*fresh.parameters(), *running(fresh)]
    numbers = torch.cat([each.detach().flatten() for each in tensors])
    change = Intervention(0, PARAMETERS, pack(numbers))
    return Graft(replace(plain, interventions=(change,)), tuple(anew))


def goes_on(now: Experiment, wanted: Experiment) -> bool:
    """Whether a graft leads from one experiment to the other: only their layers differ, in more
    than dropouts, which can be changed on the way."""
    same = (wanted.data, wanted.training, wanted.seed, wanted.network.initialiser)
    if same != (now.data, now.training, now.seed, now.network.initialiser):
        return False
    return _without_dropouts(now.network.layers) != _without_dropouts(wanted.network.layers)


def _without_dropouts(layers: Sequence[Layer]) -> list[Layer]:
    return [replace(layer, dropout=0.0) for layer in layers]


def _fits(source: LayerModules, target: LayerModules) -> bool:
    """Whether a layer can take over another one's weights though its inputs are not those of the
    same layer: only if all of them fit."""
    return source.linear.weight.shape == target.linear.weight.shape


def _copy(source: LayerModules, target: LayerModules) -> None:
    """Copy a layer's weights and what its batch norm keeps, as far as both reach."""
    _overlap(source.linear, target.linear)
    if source.batch_norm is not None and target.batch_norm is not None:
        _overlap(source.batch_norm, target.batch_norm)


def _overlap(source: nn.Module, target: nn.Module) -> None:
    before = source.state_dict()
    for name, now in target.state_dict().items():
        pairs = zip(now.shape, before[name].shape, strict=True)
        both = tuple(slice(min(pair)) for pair in pairs)
        now[both] = before[name][both]
