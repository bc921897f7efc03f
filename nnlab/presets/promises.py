"""A promise is a claim about a run that can be checked: a number measured at a moment of it, and
what that number will be at least and at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
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
    """A number of a run at a moment, by its index, and the sentence that says it; where it is 0,
    the sentence `zero`, if there is one."""

    said: str
    of: Callable[[Run, int], float]
    form: str = ".4g"
    zero: str = ""

    def tell(self, value: float) -> str:
        """What the number says, without a full stop."""
        if self.zero and value == 0.0:
            return _(self.zero)
        written = format(value, self.form)
        if "e" in written:
            written = format(Decimal(written), "f")
        return _(self.said).format(value=written)

    def limit(self, value: float) -> str:
        """A limit of the number, which is a round one."""
        return f"{100 * value:g}%" if self.form.endswith("%") else f"{value:g}"


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "train_loss": Measure(N_("The training loss is {value}"), train_loss, ".4f"),
        "fall": Measure(N_("The training loss has fallen by {value} since the start"), fall, ".4f"),
        "gap": Measure(N_("The test loss is {value} above the training loss"), gap, ".4f"),
        "train_accuracy": Measure(N_("The training accuracy is {value}"), train_accuracy, ".1%"),
        "test_accuracy": Measure(N_("The test accuracy is {value}"), test_accuracy, ".1%"),
        "test_r2": Measure(N_("The test R² is {value}"), test_r2, ".4f"),
        "spread": Measure(
            N_("Two units of the first layer differ by {value} in a weight or bias"),
            spread,
            zero=N_("The units of the first layer are still exactly alike"),
        ),
        "first_gradient": Measure(
            N_("The gradient of the first layer is {value} times as long as that of the last"),
            first_gradient,
            ".2g",
        ),
        "dead_units": Measure(
            N_("{value} ReLU units are dead: they are 0 for every training row"), dead_units, ".0f"
        ),
        "climbs": Measure(
            N_("In the last 50 steps the training loss has gone up by {value}, all ups together"),
            climbs,
            ".4f",
            zero=N_("In the last 50 steps the training loss has never gone up"),
        ),
        "diverged": Measure(
            N_("The loss is no longer a number"),
            diverged,
            zero=N_("The loss is still a number"),
        ),
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
        """What became of it, and what was expected, as a sentence."""
        measure, value = MEASURES[self.measure], self.measured(run, moment)
        verdict = _("as expected") if self.kept(run, moment) else _("not as expected")
        text, whole = _("{told}, {verdict} ({limits})."), _("{told}, {verdict}.")
        if self.least == self.most or (measure.zero and value == 0.0):
            text = whole
        return text.format(told=measure.tell(value), verdict=verdict, limits=self._limits())

    def _limits(self) -> str:
        least, most = (MEASURES[self.measure].limit(each) for each in (self.least, self.most))
        if math.isinf(self.most):
            return _("{number} or more").format(number=least)
        if math.isinf(self.least):
            return _("{number} or less").format(number=most)
        return _("from {least} to {most}").format(least=least, most=most)


def _training(run: Run) -> Samples:
    return rows_of(run.experiment).samples()


def _test(run: Run) -> Samples:
    return rows_of(run.experiment).test_samples()
