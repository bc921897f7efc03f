"""A promise is a claim about a run that can be checked: a number measured at a moment of it, and
what that number will be at least and at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from nnlab import parts
from nnlab.datasets import Samples
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.measures import accuracies_on, dead_units_on, gradient_norms, losses_on, r2_on
from nnlab.rows import rows_of
from nnlab.training import Run

RECENT = 50
"""Steps over which the loss is watched for ups and downs."""


def train_loss(run: Run, moment: int) -> float:
    """The loss on the training rows."""
    return float(losses_on(run, _training(run), [moment]))


def fall(run: Run, moment: int) -> float:
    """By how much the loss on the training rows is lower than at the start."""
    start, now = losses_on(run, _training(run), [0, moment]).tolist()
    return float(start - now)


def gap(run: Run, moment: int) -> float:
    """By how much the loss on rows held out is above that on the training rows."""
    return float(losses_on(run, _test(run), [moment])) - train_loss(run, moment)


def train_accuracy(run: Run, moment: int) -> float:
    """The share of the training rows whose class is found."""
    return float(accuracies_on(run, _training(run), [moment]))


def test_accuracy(run: Run, moment: int) -> float:
    """The share of the rows held out whose class is found."""
    return float(accuracies_on(run, _test(run), [moment]))


def test_r2(run: Run, moment: int) -> float:
    """How much of the variance of the rows held out is explained."""
    return float(r2_on(run, _test(run), [moment]))


def spread(run: Run, moment: int) -> float:
    """The largest difference between a weight or bias of a unit of the first layer and that of
    another: 0 where all of its units are the same."""
    weight, bias, *_others = parts.blocks(run.experiment.sizes, run.experiment.norms)
    flat = run.parameters[moment]
    weights = flat[weight.start : weight.end].view(weight.shape)
    biases = flat[bias.start : bias.end].view(-1, 1)
    units = torch.cat((weights, biases), 1)
    return float((units.amax(0) - units.amin(0)).max())


def first_gradient(run: Run, moment: int) -> float:
    """How long the gradient of the first layer is, beside that of the last one."""
    norms = gradient_norms(run, [moment])[0]
    return float(norms[0] / norms[-1])


def dead_units(run: Run, moment: int) -> float:
    """How many ReLU units are 0 for every training row."""
    return float(dead_units_on(run, _training(run), [moment]).sum())


def climbs(run: Run, moment: int) -> float:
    """How far the loss on the training rows climbed in the last RECENT recorded steps, all ups
    together without the downs."""
    recent = slice(max(moment - RECENT, 0), moment + 1)
    return float(losses_on(run, _training(run), recent).diff().clamp(min=0).sum())


def diverged(run: Run, moment: int) -> float:
    """1 where the loss was no longer a finite number, else 0."""
    return float(run.diverged_at is not None)


@dataclass(frozen=True)
class Measure:
    """A number of a run at a moment, by its index, what it is called, and how it is written."""

    label: str
    of: Callable[[Run, int], float]
    form: str = ".4g"


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "train_loss": Measure(N_("training loss"), train_loss, ".4f"),
        "fall": Measure(N_("fall of the training loss since the start"), fall, ".4f"),
        "gap": Measure(N_("test loss above the training loss"), gap, ".4f"),
        "train_accuracy": Measure(N_("training accuracy"), train_accuracy, ".1%"),
        "test_accuracy": Measure(N_("test accuracy"), test_accuracy, ".1%"),
        "test_r2": Measure(N_("test R²"), test_r2, ".4f"),
        "spread": Measure(N_("largest difference between two units of the first layer"), spread),
        "first_gradient": Measure(
            N_("gradient of the first layer beside the last"), first_gradient
        ),
        "dead_units": Measure(N_("dead ReLU units"), dead_units),
        "climbs": Measure(N_("ups of the training loss in the last 50 steps"), climbs, ".4f"),
        "diverged": Measure(N_("runs whose loss was no longer a finite number"), diverged),
    }
)


@dataclass(frozen=True)
class Promise:
    """That a measure, by name, is from `least` to `most`."""

    measure: str
    least: float = -math.inf
    most: float = math.inf

    def measured(self, run: Run, moment: int) -> float:
        """What the measure is at a moment."""
        return MEASURES[self.measure].of(run, moment)

    def kept(self, run: Run, moment: int) -> bool:
        """Whether it is so."""
        return self.least <= self.measured(run, moment) <= self.most

    def said(self, run: Run, moment: int) -> str:
        """What was expected and what became of it, as a line of text."""
        measure = MEASURES[self.measure]
        limits = (
            _("{number} or more").format(number=format(self.least, measure.form)),
            _("{number} or less").format(number=format(self.most, measure.form)),
        )
        finite = (math.isfinite(self.least), math.isfinite(self.most))
        expected = ", ".join(text for text, there in zip(limits, finite, strict=True) if there)
        return _("{measure}: {value} (expected: {expected})").format(
            measure=_(measure.label),
            value=format(self.measured(run, moment), measure.form),
            expected=expected,
        )


def _training(run: Run) -> Samples:
    return rows_of(run.experiment).samples()


def _test(run: Run) -> Samples:
    return rows_of(run.experiment).test_samples()
