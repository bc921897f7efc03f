"""A network is a real torch.nn.Sequential of Linear layers and activations. Here it is built from
an experiment, its parts are found by name, and a forward pass is told number by number."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.devices import resolve
from nnlab.experiment import Experiment, Intervention
from nnlab.initialisers import INITIALISERS
from nnlab.rows import draw_rows


@dataclass(frozen=True)
class Beginning:
    """What is there before the first step: the samples to train with, the network, the stream of
    random numbers that goes on from here, and the samples held out as a test. Samples and network
    are on the device, the stream on the CPU, so that every device sees the same numbers."""

    samples: Samples
    module: nn.Sequential
    generator: Generator
    test: Samples


@dataclass(frozen=True)
class LayerTrace:
    """What one layer computed for a batch of B rows with I inputs and O units:
    input [B, I], weight [O, I], bias [O], products w*x [B, O, I], pre_activation [B, O],
    activation [B, O], and the activation's name."""

    input: Tensor
    weight: Tensor
    bias: Tensor
    products: Tensor
    pre_activation: Tensor
    activation: Tensor
    name: str


def begin(experiment: Experiment, device: str = "cpu") -> Beginning:
    """Draw the data, then the network, as one script with one seed would; then apply the
    interventions at step 0.

    Raises ExperimentError for a device that isn't there.
    """
    generator = torch.Generator().manual_seed(experiment.seed)
    rows = draw_rows(experiment.data, generator)
    module = _empty(experiment)
    INITIALISERS.make(experiment.network.initialiser, linear_layers(module), generator)
    intervene(module, [each for each in experiment.interventions if each.step == 0])
    target = resolve(device)
    samples, test = rows.samples().to(target), rows.test_samples().to(target)
    return Beginning(samples, module.to(target), generator, test)


def build(experiment: Experiment, device: str = "cpu") -> nn.Sequential:
    """The experiment's network before its first step."""
    return begin(experiment, device).module


def _empty(experiment: Experiment) -> nn.Sequential:
    """The modules with memory that nobody has filled yet: nn.Linear draws from the global stream,
    except on the `meta` device, where it draws nothing."""
    parts: list[nn.Module] = []
    sizes = itertools.pairwise(experiment.sizes)
    for (inputs, outputs), layer in zip(sizes, experiment.network.layers, strict=True):
        parts.append(nn.Linear(inputs, outputs, device="meta").to_empty(device="cpu"))
        parts.append(ACTIVATIONS.make(layer.activation))
    return nn.Sequential(*parts)


def linear_layers(module: nn.Module) -> list[nn.Linear]:
    """The linear layers in order; parts are numbered by their place in this list."""
    return [part for part in module.modules() if isinstance(part, nn.Linear)]


def locate(module: nn.Module, part: str) -> tuple[Tensor, tuple[int, ...]]:
    """The parameter that holds a part (w0.1.2 or b0.1) and the index in it."""
    layer, *index = (int(number) for number in part[1:].split("."))
    linear = linear_layers(module)[layer]
    return {"w": linear.weight, "b": linear.bias}[part[0]], tuple(index)


def part_names(sizes: Sequence[int]) -> list[str]:
    """The names of all parameters in the order of `module.parameters()`: w0.0.0, w0.0.1, ..."""
    names = []
    for layer, (inputs, units) in enumerate(itertools.pairwise(sizes)):
        names += [f"w{layer}.{unit}.{i}" for unit in range(units) for i in range(inputs)]
        names += [f"b{layer}.{unit}" for unit in range(units)]
    return names


def intervene(module: nn.Module, interventions: Sequence[Intervention]) -> None:
    """Set the weights and biases that the interventions name (a learning rate is no part)."""
    with torch.no_grad():
        for each in interventions:
            if each.field == "learning_rate":
                continue
            parameter, index = locate(module, each.field)
            parameter[index] = each.value


def pairs(module: nn.Sequential) -> list[tuple[nn.Linear, nn.Module]]:
    """Each linear layer with the activation after it."""
    activations = (part for part in module if not isinstance(part, nn.Linear))
    return list(zip(linear_layers(module), activations, strict=True))


def trace(module: nn.Sequential, x: Tensor) -> tuple[LayerTrace, ...]:
    """A forward pass of x [B, I] with every number on the way, as torch computed it."""
    traces = []
    with torch.no_grad():
        for linear, activation in pairs(module):
            pre_activation = linear(x)
            products = x.unsqueeze(1) * linear.weight
            out = activation(pre_activation)
            name = type(activation).__name__
            weight, bias = linear.weight.detach(), linear.bias.detach()
            traces.append(LayerTrace(x, weight, bias, products, pre_activation, out, name))
            x = out
    return tuple(traces)
