"""The registry of the data sets: how each is drawn, its options, and what is known of it before it
is drawn: how many rows, features and classes, and their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.datasets import classification, given, real, regression
from nnlab.datasets.curves import CURVES
from nnlab.datasets.samples import Names, Samples
from nnlab.limits import ExperimentError, Many, Number, OneOf, Text, Whole
from nnlab.registry import Entry, Option, Registry

Settings = Mapping[str, Any]

MOST_ROWS = 10_000
MOST_COLUMNS = 65
"""Rows and columns of a table given by hand: up to 64 features and the target."""
MOST_CLASSES = 10
LONGEST_NAME = 60
BIGGEST = 1e6
"""The largest number that data given by hand may hold."""


@dataclass(frozen=True)
class Source(Entry[Samples]):
    """A data set. From the settings of its options follow the number of features, of rows, of
    classes (0 where numbers are predicted), the names, and what in them does not fit together."""

    n_features: Callable[[Settings], int] = lambda settings: 2
    n_samples: Callable[[Settings], int] = lambda settings: int(settings["n_samples"])
    classes: Callable[[Settings], int] = lambda settings: 2
    named: Callable[[Settings], Names] = lambda settings: Names()
    misfits: Callable[[Settings], Iterable[ExperimentError]] = lambda settings: ()

    def names(self, settings: Settings) -> Names:
        """What the features and classes are called: x1, x2, ... and 0, 1, ... if nothing else."""
        features, classes = self.named(settings)
        numbered = (f"x{number + 1}" for number in range(self.n_features(settings)))
        counted = (str(number) for number in range(self.classes(settings)))
        return Names(features or tuple(numbered), classes or tuple(counted))


def option(name: str) -> Callable[[Settings], int]:
    """The setting of an option, as a count."""
    return lambda settings: int(settings[name])


def always(number: int) -> Callable[[Settings], int]:
    """A count that no option changes."""
    return lambda settings: number


def measured(
    draw: Callable[..., Samples],
    named: Callable[[Settings], Names],
    n_samples: int,
    n_features: int,
    classes: int,
) -> Source:
    """A data set of real measurements, whose size is what it is."""
    return Source(
        draw,
        n_samples=always(n_samples),
        n_features=always(n_features),
        classes=always(classes),
        named=named,
    )


_FEATURES = Whole(1, 1024)
_SAMPLES = Option(200, Whole(1, 100_000))
_SCATTER = {"n_samples": _SAMPLES, "noise": Option(0.0, Number(0.0, 2.0))}
_CURVED = {**_SCATTER, "curve": Option("sine", OneOf(tuple(CURVES)))}
_CLASSED = {**_SCATTER, "classes": Option(3, Whole(3, 8))}
_NAME = Text(LONGEST_NAME)
_POINTS = {
    "rows": Option(
        ((0.0, 0.0), (1.0, 1.0)),
        Many(Many(Number(-BIGGEST, BIGGEST), 2, MOST_COLUMNS), 1, MOST_ROWS),
    ),
    "classes": Option(0, Whole(0, MOST_CLASSES)),
    "names": Option((), Many(_NAME, 0, MOST_COLUMNS - 1)),
    "labels": Option((), Many(_NAME, 0, MOST_CLASSES)),
}

DATASETS: Registry[Source] = Registry(
    {
        "seed_batch": Source(
            given.seed_batch,
            options={"n_features": Option(10, _FEATURES)},
            n_features=option("n_features"),
            n_samples=always(len(given.SEED_TARGETS)),
        ),
        "randn": Source(
            given.randn,
            options={"n_samples": Option(1, _SAMPLES.rule), "n_features": Option(3, _FEATURES)},
            n_features=option("n_features"),
            classes=always(0),
        ),
        "points": Source(
            given.points,
            options=_POINTS,
            n_features=lambda settings: len(settings["rows"][0]) - 1,
            n_samples=lambda settings: len(settings["rows"]),
            classes=option("classes"),
            named=given.points_names,
            misfits=given.points_misfits,
        ),
        "circle": Source(classification.circle, options=_SCATTER),
        "xor": Source(classification.xor, options=_SCATTER),
        "gaussians": Source(classification.gaussians, options=_SCATTER),
        "spiral": Source(classification.spiral, options=_SCATTER),
        "moons": Source(classification.moons, options=_SCATTER),
        "checkerboard": Source(classification.checkerboard, options=_SCATTER),
        "function": Source(classification.function, options=_CURVED),
        "blobs": Source(classification.blobs, options=_CLASSED, classes=option("classes")),
        "spirals": Source(classification.spirals, options=_CLASSED, classes=option("classes")),
        "rings": Source(classification.rings, options=_CLASSED, classes=option("classes")),
        "plane": Source(regression.plane, options=_SCATTER, classes=always(0)),
        "multi_gaussian": Source(regression.multi_gaussian, options=_SCATTER, classes=always(0)),
        "sine": Source(regression.sine, options=_SCATTER, n_features=always(1), classes=always(0)),
        "curve": Source(
            regression.chosen_curve, options=_CURVED, n_features=always(1), classes=always(0)
        ),
        "iris": measured(real.iris, real.iris_names, 150, 4, 3),
        "wine": measured(real.wine, real.wine_names, 178, 13, 3),
        "breast_cancer": measured(real.breast_cancer, real.breast_cancer_names, 569, 30, 2),
        "digits": measured(real.digits, real.digits_names, 1797, 64, 10),
    }
)
