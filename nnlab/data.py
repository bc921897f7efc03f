"""Which data an experiment has: a data set by name, the rows moved by hand, the share held out
for testing, and what is done to the features before the network sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from nnlab.bounds import MOST_ROW_NUMBER
from nnlab.datasets import DATASETS, Names, Source
from nnlab.datasets.given import target_misfits
from nnlab.datasets.sources import BIGGEST, MOST_COLUMNS
from nnlab.features import FEATURES, MOST_INPUTS
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, Flag, Many, Maybe, Number, OneOf, Whole
from nnlab.registry import Choice
from nnlab.spec import Of, Spec, ruled

MOST_EDITS = 10_000


@dataclass(frozen=True)
class PointEdit(Spec):
    """What became of a row: its new `values` (the raw features, then the target), or none when it
    was taken out. A row keeps its number for good; the next free number adds a row, and editing a
    row again, even one that was taken out, replaces what was said of it before."""

    path: ClassVar[str] = "edit"
    row: int = ruled(Whole(0, MOST_ROW_NUMBER))
    values: tuple[float, ...] = ruled(Many(Number(-BIGGEST, BIGGEST), 0, MOST_COLUMNS), ())


@dataclass(frozen=True)
class Data(Spec):
    """Which data. `seed` None continues the experiment's own stream of random numbers, so that
    one torch.manual_seed at the top of a script does for all; a number gives the data its own.

    The edits apply to the raw rows; then `test_share` of them is held out (at least one row stays
    on each side); then the features are engineered (none named: the raw ones) and, if wanted,
    standardised with mean and deviation of the training rows.

    Raises ExperimentError when the parts do not fit each other.

    >>> from nnlab import Choice, Data
    >>> data = Data(Choice("circle"), seed=0, test_share=0.25)
    >>> data.n_samples, data.n_test, data.names.features
    (150, 50, ('x1', 'x2'))
    """

    path: ClassVar[str] = "data"
    source: Choice = ruled(DATASETS, Choice("seed_batch"))
    seed: int | None = ruled(Maybe(Whole(0, 2**32 - 1)), None)
    test_share: float = ruled(Number(0.0, 0.9), 0.0)
    standardise: bool = ruled(Flag(), False)
    features: tuple[str, ...] = ruled(Many(OneOf(tuple(FEATURES)), 0, len(FEATURES)), ())
    edits: tuple[PointEdit, ...] = ruled(Many(Of(PointEdit), 0, MOST_EDITS), ())

    def __post_init__(self) -> None:
        super().__post_init__()
        for misfit in _misfits(self):
            raise misfit

    @property
    def n_raw_features(self) -> int:
        """Features as they were drawn or measured."""
        return self._entry.n_features(self._settings)

    @property
    def n_features(self) -> int:
        """Features that the network sees."""
        return len(self.features) or self.n_raw_features

    @property
    def n_rows(self) -> int:
        """All rows, for training and for testing."""
        gone = [row for row, values in latest(self.edits).items() if not values]
        return self.n_row_numbers - len(gone)

    @property
    def n_row_numbers(self) -> int:
        """Rows that there are or were: the number of the next row to be added."""
        drawn = self._entry.n_samples(self._settings)
        return max([drawn, *(edit.row + 1 for edit in self.edits)])

    @property
    def n_test(self) -> int:
        """Rows held out for testing; none where there is only one row."""
        if self.test_share == 0.0 or self.n_rows == 1:
            return 0
        return min(max(round(self.test_share * self.n_rows), 1), self.n_rows - 1)

    @property
    def n_samples(self) -> int:
        """Rows to train with."""
        return self.n_rows - self.n_test

    @property
    def classes(self) -> int:
        """How many classes there are, or 0 where numbers are predicted."""
        return self._entry.classes(self._settings)

    @property
    def names(self) -> Names:
        """What the raw features and the classes are called, in the reader's language."""
        return self._entry.names(self._settings)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the features are called that the network sees."""
        return tuple(FEATURES[name].label for name in self.features) or self.names.features

    @property
    def _entry(self) -> Source:
        return DATASETS[self.source.name]

    @property
    def _settings(self) -> dict[str, Any]:
        return DATASETS.settings(self.source)


def latest(edits: tuple[PointEdit, ...]) -> dict[int, tuple[float, ...]]:
    """What was last said of each row that was edited; no values when it was taken out."""
    return {edit.row: edit.values for edit in edits}


def edited(data: Data, *edits: PointEdit) -> Data:
    """The data after more edits: each row is told of once, in the order of the row numbers, and
    rows that were added and taken out again keep their numbers."""
    drawn = DATASETS[data.source.name].n_samples(data._settings)
    said = (*data.edits, *edits)
    there = latest(tuple(edit for edit in said if edit.values))
    gone = [row for row, values in latest(said).items() if not values]
    kept = [row for row in sorted(there) if row >= drawn or row not in gone]
    changes = (*(PointEdit(row, there[row]) for row in kept), *map(PointEdit, sorted(gone)))
    return replace(data, edits=changes)


def _misfits(data: Data) -> Iterator[ExperimentError]:
    """What does not fit together, one error for each thing."""
    yield from DATASETS[data.source.name].misfits(DATASETS.settings(data.source))
    yield from _feature_misfits(data)
    if data.edits:
        yield from _edit_misfits(data)
        yield from _size_misfits(data)


def _feature_misfits(data: Data) -> Iterator[ExperimentError]:
    if len(set(data.features)) < len(data.features):
        sentence = _("a list in which no name stands twice")
        yield ExperimentError("data.features", data.features, Because(sentence))
    raw = data.n_raw_features
    fitting = [name for name, each in FEATURES.items() if each.inputs <= raw <= MOST_INPUTS]
    for name in data.features:
        if name not in fitting:
            sentence = _("left out, or data with the raw features that it is made of")
            allowed = OneOf(tuple(fitting)) if fitting else Because(sentence)
            yield ExperimentError("data.features", name, allowed)


def _edit_misfits(data: Data) -> Iterator[ExperimentError]:
    """Rows are added one after the other, and their values are as many as in every row."""
    count, width = DATASETS[data.source.name].n_samples(data._settings), data.n_raw_features + 1
    for edit in data.edits:
        Whole(0, count if edit.values else count - 1).accept("data.edits.row", edit.row)
        if len(edit.values) not in {0, width}:
            sentence = _("{count} (the features and the target), or 0 for a row taken out")
            field = _("the length of {field}").format(field="data.edits.values")
            allowed = Because(sentence.format(count=width))
            yield ExperimentError(field, len(edit.values), allowed)
        if edit.values and data.classes:
            yield from target_misfits("data.edits.values", edit.values[-1], data.classes)
        count = max(count, edit.row + 1)


def _size_misfits(data: Data) -> Iterator[ExperimentError]:
    if data.n_rows == 0:
        sentence = _("1 or more: a row must be left")
        yield ExperimentError(_("the number of rows"), 0, Because(sentence))
    Whole(1, MOST_COLUMNS - 1).accept(_("the number of raw features"), data.n_raw_features)
