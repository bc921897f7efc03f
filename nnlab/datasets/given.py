"""Data that is not drawn from a shape: the tutorial's batch, plain randn, and rows given by hand or
read from a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Generator

from nnlab.datasets.samples import Names, Samples
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError

SEED_TARGETS = (1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0)
"""The ten targets of the tutorial "Create a neural network in PyTorch"."""


def seed_batch(generator: Generator, n_features: int) -> Samples:
    """The tutorial's batch: ten rows of randn and its ten targets, which have nothing to do with
    each other, so that a network can only learn them by heart."""
    x = torch.randn(len(SEED_TARGETS), n_features, generator=generator)
    return Samples(x, torch.tensor(SEED_TARGETS).unsqueeze(1))


def randn(generator: Generator, n_samples: int, n_features: int) -> Samples:
    """Rows of randn with target 0: features to look at, nothing to learn."""
    return Samples(
        torch.randn(n_samples, n_features, generator=generator), torch.zeros(n_samples, 1)
    )


def points(generator: Generator, rows: tuple[tuple[float, ...], ...], **about: Any) -> Samples:
    """Rows given by hand: the features, and the target last (a number, or the class's number)."""
    table = torch.from_numpy(np.array(rows, np.float32))
    return Samples(table[:, :-1], table[:, -1:])


def points_names(settings: Mapping[str, Any]) -> Names:
    """The names that came with the rows."""
    return Names(settings["names"], settings["labels"])


def points_misfits(settings: Mapping[str, Any]) -> Iterator[ExperimentError]:
    """What does not fit together in the settings of `points`, one error for each thing."""
    rows, classes = settings["rows"], settings["classes"]
    lengths = tuple(sorted({len(row) for row in rows}))
    if len(lengths) > 1:
        sentence = _("the same for every row")
        yield ExperimentError(_("the length of the rows"), lengths, Because(sentence))
    if classes == 1:
        sentence = _("0 for numbers to predict, or 2 to 10")
        yield ExperimentError("points.classes", classes, Because(sentence))
    for name, count in (("names", lengths[0] - 1), ("labels", classes)):
        if len(settings[name]) not in {0, count}:
            sentence = _("{count}, one for each").format(count=count)
            field = _("the number of {things}").format(things=f"points.{name}")
            yield ExperimentError(field, len(settings[name]), Because(sentence))
    for row in rows if classes else ():
        yield from target_misfits("points.rows", row[-1], classes)


def target_misfits(field: str, target: float, classes: int) -> Iterator[ExperimentError]:
    """The target of a row with classes must be the number of one of them."""
    if target not in range(classes):
        sentence = _("a class number from 0 to {last}").format(last=classes - 1)
        yield ExperimentError(field, target, Because(sentence))
