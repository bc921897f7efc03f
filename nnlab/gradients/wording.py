"""How each loss and its derivative are written, in symbols and with numbers plugged in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from nnlab.arithmetic import bracketed, number


def as_it_is(y_pred: Tensor) -> Tensor:
    """Predictions [O] of a row, which the loss compares as they are."""
    return y_pred


def softmax(y_pred: Tensor) -> Tensor:
    """Predictions [O] of a row as shares that add up to 1."""
    return torch.softmax(y_pred, 0)


@dataclass(frozen=True)
class Wording:
    """A loss's term and its derivative with respect to a prediction, each in symbols and as a
    pattern for the numbers: p is what `compared` makes of the prediction, y the target, n how
    many terms the mean is taken of."""

    term: str
    term_numbers: str
    derivative: str
    derivative_numbers: str
    compared: Callable[[Tensor], Tensor] = as_it_is


WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "MSELoss": Wording("(ŷ - y)²", "({p} - {y})²", "2 (ŷ - y) / n", "2 × ({p} - {y}) / {n}"),
        "L1Loss": Wording("|ŷ - y|", "|{p} - {y}|", "sign(ŷ - y) / n", "sign({p} - {y}) / {n}"),
        "HuberLoss": Wording(
            "Huber(ŷ - y)",
            "Huber({p} - {y})",
            "max(-δ, min(δ, ŷ - y)) / n",
            "max(-δ, min(δ, {p} - {y})) / {n}",
        ),
        "BCELoss": Wording(
            "-(y ln ŷ + (1 - y) ln(1 - ŷ))",
            "-({y} × ln {p} + (1 - {y}) × ln(1 - {p}))",
            "(ŷ - y) / (ŷ (1 - ŷ)) / n",
            "({p} - {y}) / ({p} × (1 - {p})) / {n}",
        ),
        "BCEWithLogitsLoss": Wording(
            "-(y ln σ(ŷ) + (1 - y) ln(1 - σ(ŷ)))",
            "-({y} × ln {p} + (1 - {y}) × ln(1 - {p}))",
            "(σ(ŷ) - y) / n",
            "({p} - {y}) / {n}",
            torch.sigmoid,
        ),
        "CrossEntropyLoss": Wording(
            "-ln softmax(ŷ)[y]",
            "-ln {p}",
            "(softmax(ŷ)[k] - [k = y]) / n",
            "({p} - {y}) / {n}",
            softmax,
        ),
    }
)


def filled(pattern: str, p: float, y: float, n: int) -> str:
    """A pattern with its numbers."""
    return pattern.format(p=number(p), y=bracketed(y), n=n)
