"""A network is a real torch.nn.Sequential of Linear layers and activations, with batch norm between
them and dropout behind them where that is asked for. Here it is built from
an experiment, its parts are found by name, and a forward pass is told number by number."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from nnlab import parts
from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.devices import resolve
from nnlab.dropout import Dropout
from nnlab.experiment import Experiment, Intervention, Layer
from nnlab.initialisers import INITIALISERS
from nnlab.packed import unpack
from nnlab.rows import draw_rows
from nnlab.settings import dropouts_at


@dataclass(frozen=True)
class Beginning:
    """What is there before the first step: the samples to train with, the network, the stream of
    random numbers that goes on from here, and the samples held out as a test. Samples and network
    are on the device, the stream on the CPU, so that every device sees the same numbers."""

    samples: Samples
    module: nn.Sequential
    generator: Generator
    test: Samples


class LayerModules(NamedTuple):
    """One layer of a network as torch's modules, in the order in which they compute."""

    linear: nn.Linear
    batch_norm: nn.BatchNorm1d | None
    activation: nn.Module
    dropout: Dropout | None


@dataclass(frozen=True)
class LayerTrace:
    """What one layer computed for a batch of B rows with I inputs and O units:
    input [B, I], weight [O, I], bias [O], products w*x [B, O, I], pre_activation [B, O],
    activation [B, O], the activation's name, and normalised [B, O], what the batch norm made of
    the pre-activation, or None where there is none. Nothing is dropped."""

    input: Tensor
    weight: Tensor
    bias: Tensor
    products: Tensor
    pre_activation: Tensor
    activation: Tensor
    name: str
    normalised: Tensor | None = None


class Linear(nn.Linear):
    """nn.Linear with memory that nobody has filled yet: it draws nothing from the global stream."""

    def reset_parameters(self) -> None:
        """Draw nothing."""


def begin(experiment: Experiment, device: str = "cpu") -> Beginning:
    """Draw the data, then the network, as one script with one seed would; then apply the
    interventions at step 0.

    Raises ExperimentError for a device that isn't there.
    """
    generator = torch.Generator().manual_seed(experiment.seed)
    rows = draw_rows(experiment.data, generator)
    module = _empty(experiment, generator)
    INITIALISERS.make(experiment.network.initialiser, linear_layers(module), generator)
    intervene(module, [each for each in experiment.interventions if each.step == 0])
    target = resolve(device)
    samples, test = rows.samples().to(target), rows.test_samples().to(target)
    return Beginning(samples, module.to(target), generator, test)


def build(experiment: Experiment, device: str = "cpu") -> nn.Sequential:
    """The experiment's network before its first step."""
    return begin(experiment, device).module


def _empty(experiment: Experiment, generator: Generator) -> nn.Sequential:
    """The modules before anything is drawn. Dropout draws from the generator, and is there also
    where an intervention will set it."""
    modules: list[nn.Module] = []
    edges, shares = itertools.pairwise(experiment.sizes), dropouts_at(experiment, 0)
    layers = zip(edges, experiment.network.layers, shares, strict=True)
    for place, ((inputs, units), layer, share) in enumerate(layers):
        modules.append(Linear(inputs, units))
        modules += _batch_norm(layer)
        modules.append(ACTIVATIONS.make(layer.activation))
        if layer.dropout > 0 or f"dropout{place}" in experiment.changes_of:
            modules.append(Dropout(share, generator))
    return nn.Sequential(*modules)


def _batch_norm(layer: Layer) -> list[nn.Module]:
    return [nn.BatchNorm1d(layer.units)] if layer.batch_norm else []


def linear_layers(module: nn.Module) -> list[nn.Linear]:
    """The linear layers in order; parts are numbered by their place in this list."""
    return [part for part in module.modules() if isinstance(part, nn.Linear)]


def layers(module: nn.Sequential) -> list[LayerModules]:
    """Each linear layer with what belongs to it."""
    found: list[LayerModules] = []
    for part in module:
        if isinstance(part, nn.Linear):
            found.append(LayerModules(part, None, nn.Identity(), None))
        elif isinstance(part, nn.BatchNorm1d):
            found[-1] = found[-1]._replace(batch_norm=part)
        elif isinstance(part, Dropout):
            found[-1] = found[-1]._replace(dropout=part)
        else:
            found[-1] = found[-1]._replace(activation=part)
    return found


def locate(module: nn.Sequential, part: str) -> tuple[Tensor, tuple[int, ...]]:
    """The parameter that holds a part (such as w0.1.2 or b0.1) and the index in it."""
    kind, place, index = parts.read(part)
    layer = layers(module)[place]
    owner = layer.linear if kind in ("w", "b") else layer.batch_norm
    parameter: Tensor = getattr(owner, "weight" if kind in ("w", "gamma") else "bias")
    return parameter, index


def intervene(module: nn.Sequential, interventions: Sequence[Intervention]) -> None:
    """Set what the interventions name of the network, one after the other: a part of it, or all
    parameters; settings of the training are left out."""
    with torch.no_grad():
        for each in interventions:
            if isinstance(each.value, str):
                fill(module, unpack(each.value))
            elif parts.is_part(each.field):
                parameter, index = locate(module, each.field)
                parameter[index] = torch.tensor(each.value)


def fill(module: nn.Module, numbers: Tensor) -> None:
    """Set all parameters [P], and what the batch norms keep [B] if it is there too [P + B]."""
    tensors: list[Tensor] = list(module.parameters())
    if len(numbers) > sum(each.numel() for each in tensors):
        tensors += running(module)
    with torch.no_grad():
        _fill(tensors, numbers)


def running(module: nn.Module) -> list[Tensor]:
    """The means and variances that the batch norms keep, in order: for each the mean [units],
    then the variance [units]. They are a module's memory that is not learnt."""
    norms = [part for part in module.modules() if isinstance(part, nn.BatchNorm1d)]
    kept = [tensor for part in norms for tensor in (part.running_mean, part.running_var)]
    return [tensor for tensor in kept if tensor is not None]


def restore(module: nn.Module, parameters: Tensor, buffers: Tensor, batches: int) -> None:
    """Bring a network back to a moment: parameters [P] and buffers [B] as they stand in a run,
    and how many batches its batch norms had seen."""
    with torch.no_grad():
        _fill(list(module.parameters()), parameters)
        _fill(running(module), buffers)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm1d) and part.num_batches_tracked is not None:
            part.num_batches_tracked.fill_(batches)


def _fill(tensors: Sequence[Tensor], flat: Tensor) -> None:
    values_of = flat.split([each.numel() for each in tensors])
    for tensor, values in zip(tensors, values_of, strict=True):
        tensor.copy_(values.view_as(tensor))


def set_dropouts(module: nn.Sequential, shares: Sequence[float]) -> None:
    """Set for each layer the share of its units that are dropped in training."""
    for layer, p in zip(layers(module), shares, strict=True):
        if layer.dropout is not None:
            layer.dropout.p = p


def normalise(norm: nn.BatchNorm1d, z: Tensor) -> Tensor:
    """What a batch norm makes of z [B, units] outside training, whatever mode it is in."""
    return nn.functional.batch_norm(
        z, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps
    )


def trace(module: nn.Sequential, x: Tensor) -> tuple[LayerTrace, ...]:
    """A forward pass of x [B, I] outside training, with every number on the way as torch computed
    it: batch norms take the means and variances they have kept, and nothing is dropped."""
    traces = []
    with torch.no_grad():
        for linear, norm, activation, _dropout in layers(module):
            pre_activation = linear(x)
            products = x.unsqueeze(1) * linear.weight
            normalised = None if norm is None else normalise(norm, pre_activation)
            out = activation(pre_activation if normalised is None else normalised)
            weight, bias = linear.weight.detach(), linear.bias.detach()
            name = type(activation).__name__
            traces.append(
                LayerTrace(x, weight, bias, products, pre_activation, out, name, normalised)
            )
            x = out
    return tuple(traces)
