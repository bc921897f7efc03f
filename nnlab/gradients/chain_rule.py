"""The chain rule walks from the loss back to the parameters: at each operation the gradient that
comes from above is multiplied by the operation's own derivative."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.experiment import Experiment
from nnlab.gradients.activations import derivative
from nnlab.gradients.losses import loss_derivative
from nnlab.losses import LOSSES
from nnlab.network import LayerTrace, build, trace
from nnlab.registry import Choice
from nnlab.training import batch


@dataclass(frozen=True, eq=False)
class LayerBackward:
    """What the chain rule made of one layer, for a batch of B rows, I inputs and O units:
    upstream dL/da [B, O], local da/dz [B, O], d_pre_activation dL/dz [B, O], d_weight dL/dW
    [O, I], d_bias dL/db [O], d_input dL/dx [B, I]; `forward` is what it computed on the way."""

    forward: LayerTrace
    upstream: Tensor
    local: Tensor
    d_pre_activation: Tensor
    d_weight: Tensor
    d_bias: Tensor
    d_input: Tensor


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """One forward and backward pass of an experiment's first batch of B rows.

    x [B, F]; target as the loss takes it, [B, O] or class numbers [B]; terms: the loss's share of
    each row before the mean, in the shape of target; d_prediction dL/dy_pred [B, O]; layers in
    forward order.
    """

    experiment: Experiment
    x: Tensor
    target: Tensor
    terms: Tensor
    loss: float
    d_prediction: Tensor
    layers: tuple[LayerBackward, ...]

    @property
    def prediction(self) -> Tensor:
        """The outputs [B, O]."""
        return self.layers[-1].forward.activation

    @property
    def gradient(self) -> Tensor:
        """Every parameter's gradient in one row [P], in the order of `module.parameters()`."""
        parts = [part.flatten() for each in self.layers for part in (each.d_weight, each.d_bias)]
        return torch.cat(parts)


def backward_pass(experiment: Experiment) -> BackwardPass:
    """Forward by PyTorch, backward by hand. The network must be Linear layers and activations."""
    rows = batch(experiment, 0)
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(rows.y, experiment.network.outputs)
    forward = trace(build(experiment), rows.x)
    prediction = forward[-1].activation
    d_prediction = loss_derivative(choice, prediction, target)
    activations = [layer.activation for layer in experiment.network.layers]
    return BackwardPass(
        experiment,
        rows.x,
        target,
        loss_terms(choice, prediction, target),
        float(LOSSES.make(choice)(prediction, target)),
        d_prediction,
        chain(forward, activations, d_prediction),
    )


def chain(
    forward: tuple[LayerTrace, ...], activations: list[Choice], upstream: Tensor
) -> tuple[LayerBackward, ...]:
    """dL/dz = dL/da f'(z), then dL/dW = sum over rows of dL/dz x, dL/db = sum of dL/dz and
    dL/dx = sum over units of dL/dz w, which is dL/da of the layer before."""
    done: list[LayerBackward] = []
    for layer, activation in zip(reversed(forward), reversed(activations), strict=True):
        local = derivative(activation, layer.pre_activation)
        d_z = upstream * local
        d_input = d_z @ layer.weight
        d_weight, d_bias = d_z.T @ layer.input, d_z.sum(0)
        done.append(LayerBackward(layer, upstream, local, d_z, d_weight, d_bias, d_input))
        upstream = d_input
    return tuple(reversed(done))


def loss_terms(loss: Choice, prediction: Tensor, target: Tensor) -> Tensor:
    """What the loss takes the mean of, in the shape of target."""
    criterion = LOSSES.make(loss)
    criterion.reduction = "none"
    terms: Tensor = criterion(prediction, target)
    return terms
