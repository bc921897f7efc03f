"""Real measurements, as scikit-learn ships them. It is imported when one of them is first drawn;
their sizes and names are known without it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import Generator

from nnlab.datasets.samples import Names, Samples
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_

IRIS_FEATURES = (
    N_("sepal length (cm)"),
    N_("sepal width (cm)"),
    N_("petal length (cm)"),
    N_("petal width (cm)"),
)
IRIS_CLASSES = (N_("setosa"), N_("versicolor"), N_("virginica"))
WINE_FEATURES = (
    N_("alcohol"),
    N_("malic acid"),
    N_("ash"),
    N_("alcalinity of ash"),
    N_("magnesium"),
    N_("total phenols"),
    N_("flavanoids"),
    N_("nonflavanoid phenols"),
    N_("proanthocyanins"),
    N_("color intensity"),
    N_("hue"),
    N_("od280/od315 of diluted wines"),
    N_("proline"),
)
WINE_CLASSES = (N_("class 0"), N_("class 1"), N_("class 2"))
NUCLEUS_QUANTITIES = (
    N_("radius"),
    N_("texture"),
    N_("perimeter"),
    N_("area"),
    N_("smoothness"),
    N_("compactness"),
    N_("concavity"),
    N_("concave points"),
    N_("symmetry"),
    N_("fractal dimension"),
)
NUCLEUS_SUMMARIES = (N_("mean {quantity}"), N_("{quantity} error"), N_("worst {quantity}"))
BREAST_CANCER_CLASSES = (N_("malignant"), N_("benign"))


def iris(generator: Generator) -> Samples:
    """150 flowers of three kinds, four lengths of each in cm."""
    return _loaded("load_iris")


def wine(generator: Generator) -> Samples:
    """178 wines of three growers, 13 chemical measurements of each."""
    return _loaded("load_wine")


def breast_cancer(generator: Generator) -> Samples:
    """569 tumours, 30 measurements of the nuclei of their cells: class 0 malignant, 1 benign."""
    return _loaded("load_breast_cancer")


def digits(generator: Generator) -> Samples:
    """1797 handwritten digits of 8 x 8 pixels, each from 0 to 16."""
    return _loaded("load_digits")


def iris_names(settings: Mapping[str, Any]) -> Names:
    """The four lengths and the three kinds."""
    return Names(tuple(map(_, IRIS_FEATURES)), tuple(map(_, IRIS_CLASSES)))


def wine_names(settings: Mapping[str, Any]) -> Names:
    """The 13 measurements and the three growers, who are only numbered."""
    return Names(tuple(map(_, WINE_FEATURES)), tuple(map(_, WINE_CLASSES)))


def breast_cancer_names(settings: Mapping[str, Any]) -> Names:
    """Mean, error and worst of ten quantities, and the two classes."""
    pairs = itertools.product(NUCLEUS_SUMMARIES, NUCLEUS_QUANTITIES)
    features = (_(summary).format(quantity=_(quantity)) for summary, quantity in pairs)
    return Names(tuple(features), tuple(map(_, BREAST_CANCER_CLASSES)))


def digits_names(settings: Mapping[str, Any]) -> Names:
    """The pixels by row and column from the top left, counted from 0."""
    pixel = _("pixel {row},{column}")
    places = itertools.product(range(8), repeat=2)
    return Names(tuple(pixel.format(row=row, column=column) for row, column in places))


def _loaded(loader: str) -> Samples:
    """A copy, so that no one can change what everyone gets."""
    x, y = _table(loader)
    return Samples(x.clone(), y.clone())


@cache
def _table(loader: str) -> Samples:
    from sklearn import datasets  # noqa: PLC0415

    x, y = getattr(datasets, loader)(return_X_y=True)
    return Samples(torch.from_numpy(x).float(), torch.from_numpy(y).float().unsqueeze(1))
