"""The rows of an experiment: drawn, edited by hand, parted into training and test rows, and
prepared for the network. The learner sees the raw rows, the network the prepared ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from nnlab.data import Data, latest
from nnlab.datasets import DATASETS, Samples
from nnlab.experiment import Experiment
from nnlab.features import engineered


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is done to raw features before the network sees them: the named columns are engineered,
    then z = (x - mean) / std with float64 mean [F] and std [F] (0 and 1 when nothing is
    standardised, which changes no bit)."""

    features: tuple[str, ...]
    mean: Tensor
    std: Tensor

    def __call__(self, raw: Tensor) -> Tensor:
        """Raw points [N, R] as the network sees them, [N, F] float32."""
        columns = engineered(raw, self.features)
        return ((columns.double() - self.mean) / self.std).float()


@dataclass(frozen=True, eq=False)
class Rows:
    """All N rows as drawn and edited, and their `numbers` [N], by which an edit names them. The
    places in them of the training rows and of the test rows are a partition, each in order."""

    raw: Samples
    numbers: Tensor
    training: Tensor
    test: Tensor
    preparation: Preparation

    @property
    def raw_training(self) -> Samples:
        return _taken(self.raw, self.training)

    @property
    def raw_test(self) -> Samples:
        return _taken(self.raw, self.test)

    def samples(self) -> Samples:
        """The training rows as the network sees them."""
        return self._prepared(self.raw_training)

    def test_samples(self) -> Samples:
        """The test rows as the network sees them."""
        return self._prepared(self.raw_test)

    def _prepared(self, raw: Samples) -> Samples:
        return Samples(self.preparation(raw.x), raw.y)


def rows_of(experiment: Experiment) -> Rows:
    """The rows of an experiment. Keep them to call their `preparation` often."""
    return draw_rows(experiment.data, torch.Generator().manual_seed(experiment.seed))


def source_of(experiment: Experiment) -> tuple[Data, int]:
    """Equal for experiments with equal rows: their data, and the seed that draws them."""
    data = experiment.data
    return data, experiment.seed if data.seed is None else data.seed


def prepared(experiment: Experiment, points: Tensor) -> Tensor:
    """Raw points [N, R] as the experiment's network sees them, [N, F]."""
    return rows_of(experiment).preparation(points)


def draw_rows(data: Data, generator: Generator) -> Rows:
    """Draw the rows from the data's own generator if it has a seed, else from the given one."""
    own = generator if data.seed is None else torch.Generator().manual_seed(data.seed)
    drawn: Samples = DATASETS.make(data.source, own)
    raw, numbers = _edited(drawn, data)
    training, test = _parted(data, own)
    preparation = _preparation(data, raw.x[training])
    return Rows(raw, numbers, training, test, preparation)


def _edited(drawn: Samples, data: Data) -> tuple[Samples, Tensor]:
    """The rows after the edits, and the numbers of those that are still there."""
    more = torch.zeros(data.n_row_numbers - len(drawn.x), drawn.x.shape[1] + 1)
    table = torch.cat((torch.cat(drawn, 1), more))
    there = torch.ones(len(table), dtype=torch.bool)
    for row, values in latest(data.edits).items():
        there[row] = bool(values)
        table[row] = torch.tensor(values) if values else 0.0
    return Samples(table[there, :-1], table[there, -1:]), there.nonzero()[:, 0]


def _parted(data: Data, generator: Generator) -> tuple[Tensor, Tensor]:
    """The places of the training and of the test rows; drawn only when rows are held out."""
    if data.n_test == 0:
        return torch.arange(data.n_rows), torch.arange(0)
    order = torch.randperm(data.n_rows, generator=generator)
    return order[data.n_test :].sort().values, order[: data.n_test].sort().values


def _preparation(data: Data, training: Tensor) -> Preparation:
    """float64, so that a column of one and the same number has exactly the deviation 0."""
    columns = engineered(training, data.features).double()
    mean, std = torch.zeros(columns.shape[1]).double(), torch.ones(columns.shape[1]).double()
    if data.standardise:
        mean, std = columns.mean(0), columns.std(0, unbiased=False)
        std = torch.where(std == 0, 1.0, std)
    return Preparation(data.features, mean, std)


def _taken(samples: Samples, places: Tensor) -> Samples:
    return Samples(samples.x[places], samples.y[places])
