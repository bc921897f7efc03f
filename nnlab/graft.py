"""A graft is a network with a hidden layer or a unit more or fewer. Every other layer keeps what it
has learned where it still has as many inputs and units; else it begins anew. Units that come and go
leave all weights among the others as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def with_layer(experiment: Experiment, place: int, module: nn.Sequential) -> Graft:
    """One more hidden layer at this place (0: behind the inputs), like the one before it. `module`
    is the experiment's network with what it has learned. Raises ExperimentError where the network
    would be too large.

    >>> from nnlab import Choice, Experiment, Layer, Network
    >>> experiment = Experiment(network=Network((Layer(3, Choice("Tanh")), Layer(1))))
    >>> grown = with_layer(experiment, 1, build(experiment))
    >>> grown.experiment.sizes, grown.anew
    ((10, 3, 3, 1), ())
    """
    old = experiment.network.layers
    hidden = old[:-1] or (Layer(4, Choice("Tanh")),)
    new = hidden[max(place - 1, 0)]
    origins = (*range(place), None, *range(place, len(old)))
    return _graft(experiment, (*old[:place], new, *old[place:]), origins, module, _whole)


def without_layer(experiment: Experiment, place: int, module: nn.Sequential) -> Graft:
    """The network without its hidden layer at this place."""
    old = experiment.network.layers
    origins = [each for each in range(len(old)) if each != place]
    return _graft(experiment, tuple(old[each] for each in origins), origins, module, _whole)


def with_units(experiment: Experiment, place: int, units: int, module: nn.Sequential) -> Graft:
    """The network with so many units in its hidden layer at this place: new ones come after the
    others and begin with random weights, the last ones go first. Raises ExperimentError where the
    network would be too large.

    >>> from nnlab import Choice, Experiment, Layer, Network
    >>> experiment = Experiment(network=Network((Layer(3, Choice("Tanh")), Layer(1))))
    >>> with_units(experiment, 0, 5, build(experiment)).experiment.sizes
    (10, 5, 1)
    """
    old = experiment.network.layers
    new = (*old[:place], replace(old[place], units=units), *old[place + 1 :])
    return _graft(experiment, new, range(len(old)), module, _shared)


def _graft(
    experiment: Experiment,
    new: tuple[Layer, ...],
    origins: Sequence[int | None],
    module: nn.Sequential,
    copied: Callable[[LayerModules, LayerModules], bool],
) -> Graft:
    """`origins` says of each new layer which one it was; None of one that was not there. `copied`
    takes over what a layer was, as far as it can, and says whether it could."""
    network = Network(new, experiment.network.initialiser)
    plain = replace(experiment, network=network, interventions=())
    fresh, old = build(plain), layers(module)
    pairs = zip(layers(fresh), origins, strict=True)
    anew = tuple(
        origin for to, origin in pairs if origin is not None and not copied(old[origin], to)
    )
    tensors = [*fresh.parameters(), *running(fresh)]
    numbers = torch.cat([each.detach().flatten() for each in tensors])
    change = Intervention(0, PARAMETERS, pack(numbers))
    return Graft(replace(plain, interventions=(change,)), anew)


def _whole(source: LayerModules, target: LayerModules) -> bool:
    """Copy a layer's weights and what its batch norm keeps; False where it has other inputs."""
    if source.linear.weight.shape != target.linear.weight.shape:
        return False
    return _shared(source, target)


def _shared(source: LayerModules, target: LayerModules) -> bool:
    """Copy what belongs to units and inputs that were there and still are."""
    _overlap(source.linear, target.linear)
    if source.batch_norm is not None and target.batch_norm is not None:
        _overlap(source.batch_norm, target.batch_norm)
    return True


def _overlap(source: nn.Module, target: nn.Module) -> None:
    before = source.state_dict()
    for name, now in target.state_dict().items():
        pairs = zip(now.shape, before[name].shape, strict=True)
        both = tuple(slice(min(pair)) for pair in pairs)
        now[both] = before[name][both]
