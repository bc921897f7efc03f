"""The data sets, by name, in the order in which a reader meets them: given by hand, two classes,
many classes, numbers to predict, and real measurements."""

from __future__ import annotations

from nnlab.datasets.given import SEED_TARGETS
from nnlab.datasets.samples import Names, Samples
from nnlab.datasets.sources import DATASETS, Source

__all__ = ["DATASETS", "SEED_TARGETS", "Names", "Samples", "Source"]
