"""Writing a table: the raw rows of an experiment as the text of a CSV file, to be read back."""

from __future__ import annotations

import csv
from io import StringIO

from nnlab.experiment import Experiment
from nnlab.rows import rows_of
from nnlab.spreadsheet import guarded

TARGET = "y"


def write_table(experiment: Experiment) -> str:
    """CSV with commas: a line of names, then the raw features and the target of every row, numbers
    with as many digits as float32 has, classes by their names."""
    names, raw = experiment.data.names, rows_of(experiment).raw
    targets = [_target(each, names.classes) for each in raw.y[:, 0].numpy()]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(guarded, (*names.features, TARGET)))
    for row, target in zip(raw.x.numpy(), targets, strict=True):
        writer.writerow((*map(str, row), target))
    return text.getvalue()


def _target(value: object, classes: tuple[str, ...]) -> str:
    return guarded(classes[int(value)]) if classes else str(value)  # type: ignore[call-overload]
