"""Three ways to a gradient: autograd's, the chain rule written out, and what happens to the loss
when a parameter is really moved. Where they differ there is a reason, and it is found here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment
from nnlab.gradients.activations import DERIVATIVES
from nnlab.gradients.chain_rule import BackwardPass, loss_terms
from nnlab.gradients.losses import LOSS_DERIVATIVES
from nnlab.losses import LOSSES
from nnlab.network import build
from nnlab.parts import names as part_names
from nnlab.training import batch

STEP = 1e-5
"""How far a parameter is moved to each side: in float64 rounding and curvature weigh the same."""
TOLERANCE = 1e-4
"""Gradients agree when they differ by less than this, in parts of the larger of 1 and the value."""
AGREE, KINK, FLOAT32, CURVED = "agree", "kink", "float32", "curved"


@dataclass(frozen=True, eq=False)
class Comparison:
    """For each of P parameters: its name, autograd's `.grad` in float32, the chain rule in
    float32, the central finite difference in float64, all [P], and the reason why they agree or
    differ: AGREE, KINK (the step crosses a bend), FLOAT32 (rounding), CURVED (the step is too
    long for this curve)."""

    parts: list[str]
    autograd: Tensor
    chain_rule: Tensor
    finite_difference: Tensor
    reasons: list[str]

    @property
    def distance(self) -> Tensor:
        """The largest difference between any two of the three, [P], float64."""
        three = torch.stack(
            [self.autograd.double(), self.chain_rule.double(), self.finite_difference]
        )
        return three.amax(0) - three.amin(0)


def compare(told: BackwardPass) -> Comparison:
    """All three, for the batch of a backward pass."""
    experiment = told.experiment
    autograd = autograd_gradient(experiment)
    exact = autograd_gradient(experiment, torch.float64)
    measured, crossed = finite_difference(experiment)
    agreeing = _close(autograd.double(), measured).tolist()
    exactly = _close(exact, measured).tolist()
    reasons = [
        _reason(agrees=agrees, exact_agrees=exact_agrees, crossed=bent)
        for agrees, exact_agrees, bent in zip(agreeing, exactly, crossed.tolist(), strict=True)
    ]
    names = part_names(experiment.sizes)
    return Comparison(names, autograd, told.gradient, measured, reasons)


def autograd_gradient(experiment: Experiment, dtype: torch.dtype = torch.float32) -> Tensor:
    """The `.grad` of every parameter after one real backward() [P], in `dtype`."""
    module, (x, y) = build(experiment).to(dtype), batch(experiment, 0)
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(y.to(dtype), experiment.network.outputs)
    LOSSES.make(choice)(module(x.to(dtype)), target).backward()
    gradients = [each.grad for each in module.parameters() if each.grad is not None]
    return torch.cat([gradient.flatten() for gradient in gradients])


def finite_difference(experiment: Experiment, step: float = STEP) -> tuple[Tensor, Tensor]:
    """(L(p + step) - L(p - step)) / (2 step) for each parameter p, [P] float64, and whether a bend
    lies between the two [P] bool. All 2P networks are computed as one."""
    flat = nn.utils.parameters_to_vector(build(experiment).parameters()).detach().double()
    moves = step * torch.eye(len(flat), dtype=torch.float64)
    losses, sides = _losses(experiment, torch.cat((flat + moves, flat - moves)))
    above, below = losses.chunk(2)
    sides_above, sides_below = sides.chunk(2)
    return (above - below) / (2 * step), (sides_above != sides_below).any(1)


def _losses(experiment: Experiment, parameters: Tensor) -> tuple[Tensor, Tensor]:
    """The losses [N] of N networks with parameters [N, P], and on which side of every bend each
    of them is, [N, bends]."""
    rows, choice = batch(experiment, 0), experiment.training.loss
    x = rows.x.double().expand(len(parameters), -1, -1)
    sides = []
    sizes, layers = itertools.pairwise(experiment.sizes), experiment.network.layers
    for (inputs, units), layer in zip(sizes, layers, strict=True):
        weight, bias, parameters = parameters.split(
            [inputs * units, units, parameters.shape[1] - (inputs + 1) * units], dim=1
        )
        z = x @ weight.view(-1, units, inputs).mT + bias.unsqueeze(1)
        if DERIVATIVES[layer.activation.name].kink:
            sides.append(torch.sign(z).flatten(1))
        x = ACTIVATIONS.make(layer.activation)(z)
    target = LOSSES[choice.name].target(rows.y.double(), experiment.network.outputs)
    if LOSS_DERIVATIVES[choice.name].kink:
        sides.append(torch.sign(x - target).flatten(1))
    repeated = target.expand(len(x), *target.shape).flatten(0, 1)
    terms = loss_terms(choice, x.flatten(0, 1), repeated)
    none = torch.zeros(len(x), 0, dtype=x.dtype)
    return terms.view(len(x), -1).mean(1), torch.cat((none, *sides), dim=1)


def _reason(*, agrees: bool, exact_agrees: bool, crossed: bool) -> str:
    if agrees:
        return AGREE
    if crossed:
        return KINK
    return FLOAT32 if exact_agrees else CURVED


def _close(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).abs() <= TOLERANCE * other.abs().clamp(min=1.0)
