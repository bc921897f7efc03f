"""The history of a run as a table in CSV: a line for each moment, with its losses and, where they
are asked for, all parameters."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from nnlab import parts
from nnlab.datasets import Samples
from nnlab.measures import losses_on
from nnlab.rows import rows_of
from nnlab.training import Run

MOST_LINES = 10_000
"""Of a longer run, so many moments, evenly spread, and the last."""
MOST_NUMBERS = 2_000_000
"""Numbers in a table with parameters, which has fewer lines then; and activations of a layer that
are held at once."""

Columns = Mapping[str, Sequence[Any]]


def _steps(run: Run, moments: Tensor) -> Columns:
    steps = run.steps[moments].tolist()
    table = run.experiment.timetable
    return {"step": steps, "epoch": [f"{table.epochs_at(step):.6g}" for step in steps]}


def _losses(run: Run, moments: Tensor) -> Columns:
    """Of the step's batch, of all rows that are learned from, and of those held out."""
    rows = rows_of(run.experiment)
    columns = {"batch_loss": _texts(run.losses[moments])}
    for name, samples in (("train_loss", rows.samples()), ("test_loss", rows.test_samples())):
        if len(samples.x):
            columns[name] = _texts(_measured(run, samples, moments))
    return columns


def _parameters(run: Run, moments: Tensor) -> Columns:
    names = parts.names(run.experiment.sizes, run.experiment.norms)
    values = run.parameters[moments].T.contiguous()
    return dict(zip(names, map(_texts, values), strict=True))


GROUPS: Mapping[str, Callable[[Run, Tensor], Columns]] = MappingProxyType(
    {"steps": _steps, "losses": _losses, "parameters": _parameters}
)
"""Groups of columns, by name."""
USUAL = ("steps", "losses")


def write_history(run: Run, groups: Sequence[str] = USUAL) -> bytes:
    """CSV with a line of names: step, epoch, batch_loss, train_loss, test_loss where rows are held
    out, and the parameters by the names of `nnlab.parts` where that group is asked for. Numbers
    have as many digits as float32 has.

    >>> from nnlab import Experiment, train
    >>> write_history(train(Experiment())).decode().splitlines()[0]
    'step,epoch,batch_loss,train_loss'
    """
    width = run.experiment.n_parameters if "parameters" in groups else 1
    moments = _spread(len(run), min(MOST_LINES, max(2, MOST_NUMBERS // width)))
    columns: dict[str, Sequence[Any]] = {}
    for group in groups:
        columns |= GROUPS[group](run, moments)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _spread(count: int, most: int) -> Tensor:
    """At most so many of `count` moments, evenly spread, the first and the last among them."""
    if count <= most:
        return torch.arange(count)
    return torch.linspace(0, count - 1, most, dtype=torch.float64).round().long()


def _measured(run: Run, samples: Samples, moments: Tensor) -> Tensor:
    numbers = len(samples.x) * max(run.experiment.sizes)
    some = moments.split(max(1, MOST_NUMBERS // numbers))
    return torch.cat([losses_on(run, samples, each) for each in some])


def _texts(values: Tensor) -> list[str]:
    return list(map(str, values.numpy()))
