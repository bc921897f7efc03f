"""A cell is one number of a tensor. It is found by one index for each dimension, counted from 0."""

from __future__ import annotations

import itertools

from torch import Tensor

Cell = tuple[int, ...]
Shape = tuple[int, ...]

_DECIMALS = 4


def cells(shape: Shape) -> list[Cell]:
    """All cells of a shape, the last index running fastest, as PyTorch stores them."""
    return list(itertools.product(*(range(size) for size in shape)))


def name(tensor: str, cell: Cell) -> str:
    """How Python writes a cell: `a[0, 1]`. A tensor without dimensions is its own only cell."""
    return f"{tensor}[{', '.join(map(str, cell))}]" if cell else tensor


def part(tensor: str, cell: Cell) -> str:
    """The id of a cell in figures and clicks: `t.a.0.1`."""
    return ".".join(("t", tensor, *map(str, cell)))


def number(value: float) -> str:
    """A number as the cells show it: at most four decimals, no empty ones."""
    if isinstance(value, bool | int):
        return str(value)
    return f"{round(value, _DECIMALS) + 0.0:.10g}"


def term(value: float) -> str:
    """A number inside a calculation: negative ones in brackets."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def numbers(tensor: Tensor) -> dict[Cell, str]:
    """What every cell shows. A tensor on the meta device has a shape and no numbers: all `?`."""
    places = cells(tuple(tensor.shape))
    if tensor.is_meta:
        return dict.fromkeys(places, "?")
    return dict(zip(places, map(number, tensor.flatten().tolist()), strict=True))
