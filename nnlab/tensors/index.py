"""An index picks a part of a tensor: one cell, a row, a column, every second one, or all cells for
which a comparison is true. It is read from what the learner types, and never run as code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError
from nnlab.tensors.cells import Cell, cells

LONGEST = 60
MOST_STEPS = 3

#: A few to choose from, for a tensor of 1, 2 or 3 dimensions.
EXAMPLES: Mapping[int, tuple[str, ...]] = {
    0: ("t[()]", "t[None]"),
    1: ("t[0]", "t[-1]", "t[1:]", "t[::2]", "t[[0, -1]]", "t[t > 0]"),
    2: ("t[0]", "t[:, 1]", "t[1, 2]", "t[-1, 1:]", "t[..., -1]", "t[:, ::2]", "t[t > 0]"),
    3: ("t[0]", "t[0, 1]", "t[:, 0]", "t[..., -1]", "t[1, 0, 2]", "t[:, :, ::2]", "t[t > 0]"),
}

Step = Callable[[Tensor], Any]


@dataclass(frozen=True)
class Picked:
    """What an index picked: the part, and the cells of the whole that it consists of, in order."""

    part: Tensor
    cells: tuple[Cell, ...]
    shares_memory: bool


def pick(tensor: Tensor, text: str) -> Picked:
    """Pick `text`, such as "t[0, 1:]", from the tensor.

    Raises ExperimentError for what is no index, and IndexError or ValueError, in PyTorch's own
    words, for an index that doesn't fit the tensor.
    """
    steps = parse(text)
    places = torch.arange(tensor.numel()).reshape(tensor.shape)
    part = tensor
    for step in steps:
        index = step(tensor)
        part, places = _at(part, index), _at(places, index)
    everywhere = cells(tuple(tensor.shape))
    chosen = tuple(everywhere[place] for place in places.flatten().tolist())
    same = part.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()
    return Picked(part, chosen, same)


def parse(text: str) -> tuple[Step, ...]:
    """The steps of an index such as "t[0]", "1:, -1" or "t[0][1]": each says what goes in the
    brackets, given the tensor. Raises ExperimentError for anything else."""
    written = text.strip()
    subscript = written if written.startswith("t[") else f"t[{written}]"
    if len(written) > LONGEST:
        raise _not_an_index(text)
    try:
        node: ast.expr = ast.parse(subscript, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _not_an_index(text) from error
    steps: list[Step] = []
    while isinstance(node, ast.Subscript) and len(steps) < MOST_STEPS:
        steps.insert(0, _step(node.slice, text))
        node = node.value
    if not steps or not _is_t(node):
        raise _not_an_index(text)
    return tuple(steps)


def code(lines: str, text: str) -> str:
    """Lines that make `t`, followed by those that pick from it and print what was picked."""
    written = text.strip()
    subscript = written if written.startswith("t[") else f"t[{written}]"
    return f"{lines}\npart = {subscript}\nprint(part)\nprint(part.shape)\n"


def printed(picked: Picked) -> str:
    """What those lines print."""
    return f"{picked.part!s}\n{picked.part.shape}\n"


def _at(tensor: Tensor, index: Any) -> Tensor:
    part: Tensor = tensor[index]
    return part


def _step(node: ast.expr, text: str) -> Step:
    if isinstance(node, ast.Tuple):
        items = tuple(_item(item, text) for item in node.elts)
        return lambda tensor: items
    if isinstance(node, ast.Compare):
        return _comparison(node, text)
    item = _item(node, text)
    return lambda tensor: item


def _item(node: ast.expr, text: str) -> Any:
    if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
        return node.value
    if isinstance(node, ast.Slice):
        return slice(*(part and _whole(part, text) for part in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.List):
        return [_whole(item, text) for item in node.elts]
    return _whole(node, text)


def _whole(node: ast.expr, text: str) -> int:
    value = _number(node, text)
    if not isinstance(value, int):
        raise _not_an_index(text)
    return value


def _number(node: ast.expr, text: str) -> int | float:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, text)
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _not_an_index(text)


_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Tensor, float], Tensor]] = {
    ast.Gt: torch.gt,
    ast.GtE: torch.ge,
    ast.Lt: torch.lt,
    ast.LtE: torch.le,
    ast.Eq: torch.eq,
    ast.NotEq: torch.ne,
}


def _comparison(node: ast.Compare, text: str) -> Step:
    comparison = _COMPARISONS.get(type(node.ops[0]))
    if comparison is None or len(node.ops) > 1 or not _is_t(node.left):
        raise _not_an_index(text)
    number = _number(node.comparators[0], text)
    return lambda tensor: comparison(tensor, number)


def _is_t(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "t"


def _not_an_index(text: str) -> ExperimentError:
    rule = _(
        "t and brackets with whole numbers, slices such as 1:3, lists such as [0, 2], ..., None, "
        "or one comparison such as t > 0"
    )
    return ExperimentError(_("The index"), text, Because(rule))
