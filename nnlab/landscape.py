"""The landscape of an experiment is its loss on all its rows as a function of the parameters. A
surface is the landscape over a slice, computed as one batched program: every place of the grid is
a network of its own, and all of them go through the layers together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from nnlab import parts
from nnlab.experiment import Experiment, Intervention
from nnlab.losses import LOSSES
from nnlab.network import begin
from nnlab.packed import PARAMETERS
from nnlab.slices import Slice

SIZE = 60
"""Places along each side of a surface."""
CHUNK_NUMBERS = 2**22
"""Numbers that a layer may give in one chunk: 16 MiB."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses [size, size] over a slice: the row is the second direction, the column the first.
    Places not computed yet are NaN."""

    first: Tensor
    second: Tensor
    losses: Tensor

    @property
    def share(self) -> float:
        """How much of it is computed. (A loss that is NaN itself counts as missing.)"""
        return float((~self.losses.isnan()).double().mean())


class Landscape:
    """The loss on all training rows of an experiment's network, at any parameters.

    Nothing is dropped, batch norms are as the given module has them, and the penalties l1 and l2
    are not part of the loss.
    """

    def __init__(self, experiment: Experiment, module: nn.Sequential | None = None) -> None:
        beginning = begin(experiment)
        choice = experiment.training.loss
        self.module = (module or beginning.module).cpu().eval()
        self.x = beginning.samples.x
        self.target = LOSSES[choice.name].target(beginning.samples.y, experiment.network.outputs)
        self.criterion: nn.Module = LOSSES.make(choice)
        self.criterion.reduction = "none"
        self._widest = max(len(self.x) * max(experiment.sizes), 1)

    @property
    def chunk(self) -> int:
        """How many networks go through the layers at once."""
        return max(CHUNK_NUMBERS // self._widest, 1)

    def losses(self, parameters: Tensor) -> Tensor:
        """The mean losses [K] of K networks with parameters [K, P]."""
        prediction = self._forward(parameters)
        count, rows = prediction.shape[:2]
        target = self.target.expand(count, *self.target.shape).flatten(0, 1)
        broken = prediction.isnan().flatten(1).any(1)
        # BCELoss would raise an error for a NaN, and no loss can be computed from one.
        readable = torch.where(broken[:, None, None], 0.5, prediction).flatten(0, 1)
        terms: Tensor = self.criterion(readable, target)
        return terms.reshape(count, rows, -1).mean((1, 2)).masked_fill(broken, torch.nan)

    def gradients(self, parameters: Tensor) -> Tensor:
        """The gradients [K, P] of these losses, by autograd: each network's loss depends on its
        own parameters only, so that one backward pass serves all."""
        leaves = parameters.clone().requires_grad_()
        (gradients,) = torch.autograd.grad(self.losses(leaves).sum(), leaves)
        return gradients

    def surface(self, over: Slice, size: int = SIZE) -> Surface:
        """The losses over a slice, `size` places along each side."""
        *_, whole = self.surface_gradually(over, size)
        return whole

    def surface_gradually(self, over: Slice, size: int = SIZE) -> Iterator[Surface]:
        """The surface chunk by chunk: for progress, and to stop."""
        first, second = over.axes(size)
        losses = torch.full((size * size,), torch.nan)
        done = 0
        for places in over.grid(size).split(self.chunk):
            with torch.no_grad():
                losses[done : done + len(places)] = self.losses(over.lift(places))
            done += len(places)
            yield Surface(first, second, losses.view(size, size))

    def slopes(self, over: Slice, places: Tensor) -> Tensor:
        """How the loss changes along the slice's two directions, [M, 2], at places [M, 2]."""
        return over.along(self.gradients(over.lift(places)))

    def _forward(self, parameters: Tensor) -> Tensor:
        """Outputs [K, N, O]: torch.nn.Linear for K networks at once is torch.baddbmm."""
        values = self.x.expand(len(parameters), *self.x.shape)
        used = 0
        for part in self.module:
            sizes = [each.shape for each in part.parameters()]
            taken = [parameters[:, used : (used := used + size.numel())] for size in sizes]
            if isinstance(part, nn.Linear):
                weight, bias = taken[0].view(-1, *sizes[0]), taken[1]
                values = torch.baddbmm(bias[:, None], values, weight.transpose(1, 2))
            elif isinstance(part, nn.BatchNorm1d):
                kept = dict(part.named_buffers())
                deviation = torch.sqrt(kept["running_var"] + part.eps)
                z = (values - kept["running_mean"]) / deviation
                values = taken[0][:, None] * z + taken[1][:, None]
            else:
                values = part(values)
        return values


def starting_at(experiment: Experiment, parameters: Tensor) -> Experiment:
    """The experiment that begins with these parameters [P]: interventions at step 0 set them, in
    place of those that were there."""
    kept = tuple(
        each
        for each in experiment.interventions
        if each.step > 0 or not (each.field == PARAMETERS or parts.is_part(each.field))
    )
    names = parts.names(experiment.sizes, experiment.norms)
    values = zip(names, parameters.tolist(), strict=True)
    start = tuple(Intervention(0, name, value) for name, value in values)
    return replace(experiment, interventions=start + kept)
