"""A unit's sum written out with its numbers plugged in, short enough for a hover or a line of a
lesson. Only the wording is rounded: the numbers it is given are those that PyTorch computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.language import gettext as _

MOST_TERMS = 8


@dataclass(frozen=True)
class UnitSum:
    """One unit's numbers: activation(weights · inputs + bias); weights and inputs pair up."""

    weights: Sequence[float]
    inputs: Sequence[float]
    bias: float
    pre_activation: float
    value: float
    activation: str


def brief(value: float) -> str:
    """At most six characters: two or three significant digits, as fits into a circle."""
    size = abs(value)
    if not math.isfinite(value):
        return _not_finite(value)
    if size and not 0.00995 <= size < 9999.5:
        return _short_exponent(f"{value:.0e}")
    digits = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{value:.{digits}f}".replace("-0.00", "0.00")


def number(value: float) -> str:
    """Four significant digits, as a calculation is written on paper."""
    if not math.isfinite(value):
        return _not_finite(value)
    return _short_exponent(f"{value:.4g}")


def product(weight: float, value: float) -> str:
    """'0.5 × 1.2', with a negative second factor in brackets."""
    return f"{number(weight)} × {bracketed(value)}"


def bracketed(value: float) -> str:
    """The number, in brackets when it starts with a minus."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def terms(unit: UnitSum) -> tuple[str, ...]:
    """Each product and at last the bias; beyond eight products only how many more there are. What
    stands behind a plus has its minus in brackets."""
    pairs = list(zip(unit.weights, unit.inputs, strict=True))
    first, *others = pairs[:MOST_TERMS]
    shown = [product(*first), *(f"{bracketed(w)} × {bracketed(x)}" for w, x in others)]
    more = len(pairs) - len(shown)
    rest = [_("({count} more products)").format(count=more)] if more else []
    return (*shown, *rest, bracketed(unit.bias))


def worked(unit: UnitSum, per_line: int = 2) -> tuple[str, ...]:
    """The whole calculation in lines: the sum, `per_line` terms in each, then the activation."""
    written = terms(unit)
    groups = [written[start : start + per_line] for start in range(0, len(written), per_line)]
    lines = [" + ".join(group) for group in groups]
    return (
        f"z = {lines[0]}",
        *(f"  + {line}" for line in lines[1:]),
        f"  = {number(unit.pre_activation)}",
        f"{unit.activation}(z) = {number(unit.value)}",
    )


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"


def _short_exponent(text: str) -> str:
    """'1e-05' becomes '1e-5', '1e+05' becomes '1e5'; other numbers stay."""
    base, mark, exponent = text.partition("e")
    return f"{base}e{int(exponent)}" if mark else text
