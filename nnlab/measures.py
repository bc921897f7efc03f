"""Measures say how well a network does and how it is inside: loss, accuracy, R2, confusion,
gradient norms, dead units. Many moments of a run are measured at once, as one tensor program, and
always outside training: batch norms take what they have kept, and nothing is dropped."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nnlab import parts
from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.experiment import Experiment
from nnlab.losses import LOSSES
from nnlab.network import layers
from nnlab.training import Run

Moments = Sequence[int] | slice | Tensor
"""Which recorded moments, by their index; M of them are chosen."""
_EPS = 1e-5
"""What nn.BatchNorm1d adds to a variance."""


def activations_on(run: Run, x: Tensor, moments: Moments) -> tuple[Tensor, ...]:
    """Each layer's activations [M, units, N] for the rows x [N, F]."""
    experiment = run.experiment
    weights = _by_name(experiment, run.parameters[moments])
    kept = iter(_running(experiment, run.buffers[moments]))
    found = []
    out = x.T.expand(len(run.steps[moments]), -1, -1)
    for place, layer in enumerate(experiment.network.layers):
        out = torch.bmm(weights["w", place], out).add_(weights["b", place].unsqueeze(2))
        if layer.batch_norm:
            mean, variance = next(kept)
            scale = weights["gamma", place] / (variance + _EPS).sqrt()
            shift = weights["beta", place] - mean * scale
            out = out * scale.unsqueeze(2) + shift.unsqueeze(2)
        out = ACTIVATIONS.make(layer.activation)(out)
        found.append(out)
    return tuple(found)


def outputs_on(run: Run, x: Tensor, moments: Moments) -> Tensor:
    """The network's outputs [M, N, outputs] for the rows x [N, F]."""
    return activations_on(run, x, moments)[-1].transpose(1, 2)


def losses_on(run: Run, samples: Samples, moments: Moments) -> Tensor:
    """The criterion's loss on the samples: [M]."""
    return losses_of(run.experiment, outputs_on(run, samples.x, moments), samples.y)


def losses_of(experiment: Experiment, outputs: Tensor, y: Tensor) -> Tensor:
    """The criterion's loss of outputs [M, N, outputs] for the targets y [N, 1]: [M]."""
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(y, outputs.shape[2])
    criterion = LOSSES.make(choice)
    criterion.reduction = "none"
    repeated = target.expand(len(outputs), *target.shape).flatten(0, 1)
    broken = outputs.isfinite().logical_not().flatten(1).any(1)
    terms = criterion(outputs.nan_to_num(0.5, 1.0, 0.0).flatten(0, 1), repeated)
    losses: Tensor = terms.reshape(len(outputs), -1).mean(1).masked_fill(broken, torch.nan)
    return losses


def predicted_classes(experiment: Experiment, outputs: Tensor) -> Tensor:
    """The class [...] that outputs [..., outputs] mean: the largest of several, or for a single
    one 1 above the loss's threshold (0 for logits, else 0.5)."""
    if outputs.shape[-1] > 1:
        return outputs.argmax(-1)
    threshold = LOSSES[experiment.training.loss.name].threshold
    return (outputs[..., 0] > threshold).long()


def accuracies_on(run: Run, samples: Samples, moments: Moments) -> Tensor:
    """The share of the samples whose class is predicted: [M]."""
    return accuracies_of(run.experiment, outputs_on(run, samples.x, moments), samples.y)


def accuracies_of(experiment: Experiment, outputs: Tensor, y: Tensor) -> Tensor:
    """The share of outputs [M, N, outputs] that mean the classes y [N, 1]: [M]."""
    return (predicted_classes(experiment, outputs) == y[:, 0].long()).float().mean(1)


def r2_on(run: Run, samples: Samples, moments: Moments) -> Tensor:
    """The share of the targets' variance that is explained: [M]. 1 is perfect, 0 no better than
    always saying the mean; NaN where the targets don't vary."""
    return r2_of(run.experiment, outputs_on(run, samples.x, moments), samples.y)


def r2_of(experiment: Experiment, outputs: Tensor, y: Tensor) -> Tensor:
    """The same of outputs [M, N, 1] for the targets y [N, 1]: [M]."""
    unexplained = (outputs - y).square().sum((1, 2))
    return 1 - unexplained / (y - y.mean(0)).square().sum()


def confusion(truth: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """How often each class [N] was taken for each: [classes, classes], a row for each truth."""
    pairs = truth.long() * classes + predicted.long()
    return torch.bincount(pairs, minlength=classes**2).view(classes, classes)


def gradient_norms(run: Run, moments: Moments) -> Tensor:
    """The length of each layer's gradient, over all its parameters: [M, layers]."""
    squares = run.gradients[moments].square()
    blocks = parts.blocks(run.experiment.sizes, run.experiment.norms)
    totals = squares.new_zeros(len(squares), len(run.experiment.network.layers))
    for block in blocks:
        totals[:, block.layer] += squares[:, block.start : block.end].sum(1)
    return totals.sqrt()


def weights_of(experiment: Experiment, flat: Tensor) -> tuple[Tensor, ...]:
    """The weights of each layer's linear part [M, units * inputs] out of all parameters (or their
    gradients) [M, P]."""
    found = _by_name(experiment, flat)
    places = range(len(experiment.network.layers))
    return tuple(found["w", place].flatten(1) for place in places)


def histograms(values: Tensor, bins: int) -> tuple[Tensor, Tensor]:
    """The edges [bins + 1] of even bins over all of the values [M, N], and how many of each moment
    lie in each: [M, bins]. A bin has its lower edge, the last one also its upper. What is no finite
    number is in none."""
    finite = values.isfinite()
    known = values[finite]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if not low < high:
        low, high = low - 0.5, high + 0.5
    share = (values.double() - low) / (high - low)
    places = (share.masked_fill(~finite, 0.0) * bins).long().clamp_(0, bins - 1)
    counts = torch.zeros(len(values), bins).scatter_add_(1, places, finite.float())
    return torch.linspace(low, high, bins + 1), counts.long()


def dead_units_on(run: Run, samples: Samples, moments: Moments) -> Tensor:
    """How many ReLU units of each layer are 0 for every sample, so that nothing reaches what is
    before them: [M, layers]. Layers with another activation have none."""
    counts = [
        (values == 0).all(2).sum(1) * (layer.activation.name == "ReLU")
        for values, layer in zip(
            activations_on(run, samples.x, moments), run.experiment.network.layers, strict=True
        )
    ]
    return torch.stack(counts, 1)


def unit_maps(module: nn.Sequential, points: Tensor) -> tuple[Tensor, ...]:
    """Each layer's activations [units, M] at points [M, F], in one pass outside training."""
    maps = []
    with torch.inference_mode():
        out = points.T
        for linear, norm, activation, _dropout in layers(module):
            out = torch.addmm(linear.bias.unsqueeze(1), linear.weight, out)
            if norm is not None:
                out = _normalised_rows(norm, out)
            out = activation(out)
            maps.append(out)
    return tuple(maps)


def _normalised_rows(norm: nn.BatchNorm1d, z: Tensor) -> Tensor:
    """A batch norm outside training for z [units, M]."""
    mean, variance = norm.running_mean, norm.running_var
    return nn.functional.batch_norm(z.T, mean, variance, norm.weight, norm.bias, eps=norm.eps).T


def _by_name(experiment: Experiment, flat: Tensor) -> dict[tuple[str, int], Tensor]:
    """Parameters [M, P] as {("w", layer): [M, units, inputs], ("b", layer): [M, units], ...}."""
    return {
        (block.kind, block.layer): flat[:, block.start : block.end].view(-1, *block.shape)
        for block in parts.blocks(experiment.sizes, experiment.norms)
    }


def _running(experiment: Experiment, flat: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Buffers [M, B] as a mean [M, units] and a variance [M, units] for each batch norm."""
    units = [layer.units for layer in experiment.network.layers if layer.batch_norm]
    split = flat.split([size for size in units for _pair in range(2)], dim=1)
    return list(zip(split[::2], split[1::2], strict=True))


def smoothed(values: Tensor, share: float) -> Tensor:
    """The running mean of values [M, ...] in which each moment counts `share` times as much as the
    next one; 0 leaves the values as they are. The first are not drawn towards 0: the weights of
    each mean add up to 1."""
    if not share:
        return values
    means, total, weight = [], torch.zeros_like(values[0]), 0.0
    for value in values:
        total, weight = share * total + value, share * weight + 1
        means.append(total / weight)
    return torch.stack(means)
