"""The pictures of the lesson on tensors: a tensor, a part of it, an operation cell by cell, the
holders of one memory, and a conversion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import plotly.graph_objects as go
from torch import Tensor

from nnlab.figures.cells import Drawn, Placed, column, corner, draw, two_columns
from nnlab.language import gettext as _
from nnlab.tensors import conversion, memory
from nnlab.tensors.cells import Cell, numbers, part
from nnlab.tensors.conversion import Converted
from nnlab.tensors.index import Picked
from nnlab.tensors.memory import Memory, Writing
from nnlab.tensors.operations import Attempt, Combined, shown

Arrangement = Callable[[Sequence[Drawn]], list[Placed]]

#: The operations whose cells line up in another way than under each other.
_ARRANGEMENTS: Mapping[str, Arrangement] = {"mm": corner}


def whole(tensor: Tensor, name: str = "t") -> go.Figure:
    """One tensor."""
    return draw([Drawn(name, tuple(tensor.shape), numbers(tensor))])


def picked(tensor: Tensor, found: Picked) -> go.Figure:
    """A tensor with the picked cells marked, and under it the part that they make."""
    marked = Drawn("t", tuple(tensor.shape), numbers(tensor), dict.fromkeys(found.cells, "first"))
    shape = tuple(found.part.shape)
    texts = numbers(found.part)
    taken = Drawn("part", shape, texts, dict.fromkeys(texts, "first"))
    return draw([marked, taken])


def combined(found: Combined, cell: Cell, after: str = "waiting") -> go.Figure:
    """Operands and result with one cell of the result chosen and the cells that made it marked.
    Pointing at another cell of the result lights up those that made it: see `made_of` in the meta.

    `after` is the look of the result's later cells: "waiting" ones hold no number yet.
    """
    made_by = found.inputs(cell)
    texts = shown(found)
    operands = [
        Drawn(label, tuple(tensor.shape), texts[label], dict.fromkeys(made_by[label], role))
        for (label, tensor), role in zip(found.operands.items(), ("first", "second"), strict=False)
    ]
    arrangement = _ARRANGEMENTS.get(found.combination.operation, column)
    figure = draw([*operands, _result(found, cell, after)], arrangement)
    figure.layout.meta = {"made_of": {part("c", one): _sources(found, one) for one in found.cells}}
    return figure


def _sources(found: Combined, cell: Cell) -> list[str]:
    return [part(label, one) for label, made_by in found.inputs(cell).items() for one in made_by]


def attempted(outcome: Attempt) -> go.Figure:
    """The operands of an attempt and, where they fit, the result."""
    tensors = dict(outcome.operands)
    if outcome.result is not None:
        tensors["c"] = outcome.result
    return draw([Drawn(label, tuple(x.shape), numbers(x)) for label, x in tensors.items()])


def shared(writing: Writing, seen: Memory) -> go.Figure:
    """What each holder sees: on the left those on the array's memory, on the right copies."""
    together = seen.together("array")
    first = [name for name in seen.tensors if name in together]
    rest = [name for name in seen.tensors if name not in together]
    drawn = {name: _holder(name, writing, seen) for name in (*first, *rest)}
    return draw(list(drawn.values()), partial(two_columns, first=len(first)))


def converted(found: Converted) -> go.Figure:
    """The numbers before and after; those that changed on the way are marked."""
    lost = dict.fromkeys(found.lost, "second")
    after = conversion.shown(found.after)
    return draw(
        [
            Drawn("t", conversion.SHAPE, conversion.shown(found.before), heading=_("before: t")),
            Drawn("moved", conversion.SHAPE, after, lost, heading=_("after: moved")),
        ]
    )


def _result(found: Combined, cell: Cell, after: str) -> Drawn:
    order = found.cells.index(cell)
    later = found.cells[order + 1 :]
    texts = numbers(found.result)
    hovers = {one: "<br>= ".join(found.work(one)) for one in found.cells}
    if after == "waiting":
        texts |= dict.fromkeys(later, "")
        hovers |= {one: found.work(one)[0] for one in later}
    roles = {cell: "result", **dict.fromkeys(later, after)}
    return Drawn("c", tuple(found.result.shape), texts, roles, hovers)


def _holder(name: str, writing: Writing, seen: Memory) -> Drawn:
    tensor = seen.tensors[name]
    texts = numbers(tensor)
    changed = [
        cell
        for (cell, text), start in zip(texts.items(), memory.START, strict=True)
        if float(text) != start
    ]
    role = "result" if name == writing.holder else "first"
    return Drawn(name, tuple(tensor.shape), texts, dict.fromkeys(changed, role), heading=name)
