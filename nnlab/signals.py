"""Signals go forward through a network as activations and back as gradients. Here both are measured
layer by layer: whether they keep their size, fade or explode, and how many units are dead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.losses import LOSSES
from nnlab.network import begin, layers
from nnlab.registry import Choice

FLAT = 0.05
"""An activation is flat where its slope is less than this share of its steepest."""
BINS, REACH = 41, 3.0
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Signals:
    """What was measured in L layers, the last of which gives the outputs. All [L], on the rows of
    training.

    mean and std of the activations; row_std: the part of that std which goes from row to row (what
    a bias adds is the same for all rows): of each unit's std over the rows the root mean square;
    gradient_mean and gradient_std of the loss's gradient with
    respect to the activations; weight_gradient: the root mean square of the weights' gradients;
    flat: the share of activations at a flat place; dead: how many units are flat for every row;
    units: how many there are. histogram [L, BINS]: shares of the activations in equal bins from
    -REACH to REACH, those beyond in the outermost bins.
    """

    mean: Tensor
    std: Tensor
    row_std: Tensor
    gradient_mean: Tensor
    gradient_std: Tensor
    weight_gradient: Tensor
    flat: Tensor
    dead: Tensor
    units: Tensor
    histogram: Tensor

    @property
    def dead_share(self) -> float:
        """The share of dead units in the hidden layers."""
        hidden = self.units[:-1].sum()
        return float(self.dead[:-1].sum() / hidden) if hidden else 0.0


def tower(
    hidden: Sequence[Layer], initialiser: Choice, seed: int, training: Training
) -> Experiment:
    """Hidden layers one above the other that look at 180 handwritten digits of 64 pixels and say
    which of the ten digits each is."""
    data = Data(Choice("digits"), test_share=0.9, standardise=True)
    return Experiment(data, Network((*hidden, Layer(CLASSES)), initialiser), training, seed)


def measure(experiment: Experiment, module: nn.Sequential | None = None) -> Signals:
    """The signals of the experiment's network, as it begins or as the given module is. Nothing is
    dropped, and batch norms take what they have kept."""
    beginning = begin(experiment)
    module = (module or beginning.module).cpu().eval()
    before, after = _forward(module, beginning.samples.x)
    loss = LOSSES[experiment.training.loss.name]
    target = loss.target(beginning.samples.y, experiment.network.outputs)
    criterion = LOSSES.make(experiment.training.loss)
    weights = [layer.linear.weight for layer in layers(module)]
    found = torch.autograd.grad(criterion(after[-1], target), [*after, *weights])
    gradients, weight_gradients = found[: len(after)], found[len(after) :]
    slopes = [is_flat(layer.activation, z) for layer, z in zip(layers(module), before, strict=True)]
    return Signals(
        mean=_each(torch.mean, after),
        std=_each(_std, after),
        row_std=_each(_row_std, after),
        gradient_mean=_each(torch.mean, gradients),
        gradient_std=_each(_std, gradients),
        weight_gradient=_each(_size, weight_gradients),
        flat=torch.stack([flat.float().mean() for flat in slopes]),
        dead=torch.stack([flat.all(0).sum() for flat in slopes]),
        units=torch.tensor([z.shape[1] for z in before]),
        histogram=torch.stack([_histogram(values.detach()) for values in after]),
    )


def is_flat(activation: nn.Module, z: Tensor) -> Tensor:
    """Where the activation's slope at pre-activations z is less than FLAT of its steepest."""
    around = torch.linspace(-REACH, REACH, 121)
    return _slope(activation, z).abs() < FLAT * _slope(activation, around).abs().max()


def _slope(activation: nn.Module, z: Tensor) -> Tensor:
    """The derivative of an activation, by autograd."""
    leaf = z.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(activation(leaf).sum(), leaf)
    return slope


def _forward(module: nn.Sequential, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """What goes into each layer's activation and what comes out: [N, units] each."""
    before, after = [], []
    for layer in layers(module):
        z = layer.linear(x)
        z = z if layer.batch_norm is None else layer.batch_norm(z)
        x = layer.activation(z)
        before.append(z)
        after.append(x)
    return before, after


def _each(measured: Callable[[Tensor], Tensor], tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([measured(each.detach()) for each in tensors])


def _std(values: Tensor) -> Tensor:
    return values.std(unbiased=False)


def _row_std(values: Tensor) -> Tensor:
    return _size(values.std(0, unbiased=False))


def _size(values: Tensor) -> Tensor:
    return values.square().mean().sqrt()


def _histogram(values: Tensor) -> Tensor:
    inside = values.nan_to_num(REACH).clamp(-REACH, REACH)
    return torch.histc(inside, BINS, -REACH, REACH) / values.numel()
