"""An operation makes a new tensor out of one or two. Each cell of the result comes from a few
cells of the operands, and autograd knows which: those with a gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from nnlab.language import gettext_noop as N_
from nnlab.limits import Many, OneOf, Whole
from nnlab.tensors import refusals
from nnlab.tensors.cells import Cell, Shape, cells, name, number, numbers, term

LARGEST_SIZE = 6
MOST_NUMBERS = 60

#: What the operands hold: counted numbers to follow by eye, or chance.
FILLS: Mapping[str, Callable[[int, Shape, torch.Generator], Tensor]] = {
    "counted": lambda place, shape, generator: _counted(shape) * 10.0**place,
    "randn": lambda place, shape, generator: torch.randn(shape, generator=generator),
}

Fit = tuple[Shape, Shape]
Work = Callable[..., str]


@dataclass(frozen=True)
class Operation:
    """One operation, as PyTorch does it, writes it and refuses it.

    `compute` takes the tensors named in `operands` and, where there is only one, the second shape
    as its argument. `work` writes the calculation of one cell from the cells that made it.
    `fits` and `misfits` are pairs of shapes (or of a shape and an argument) to try.
    """

    compute: Callable[..., Tensor]
    line: str
    formula: str
    work: Work
    fits: tuple[Fit, ...]
    misfits: tuple[Fit, ...] = ()
    explain: Callable[[Shape, Shape], str] = refusals.of_sizes
    operands: tuple[str, ...] = ("a", "b")
    second: str = N_("shape of b")


@dataclass(frozen=True)
class Combination:
    """An operation with the shapes of its operands, or with the shape of the one operand and the
    operation's argument. Raises ExperimentError for shapes that are too large to draw."""

    operation: str = "mm"
    first: Shape = (2, 3)
    second: Shape = (3, 2)
    fill: str = "counted"
    seed: int = 0

    def __post_init__(self) -> None:
        OneOf(tuple(OPERATIONS)).accept("operation", self.operation)
        OneOf(tuple(FILLS)).accept("fill", self.fill)
        Many(Whole(1, LARGEST_SIZE), 0, 3).accept("first", self.first)
        Many(Whole(-LARGEST_SIZE, MOST_NUMBERS), 0, 3).accept("second", self.second)
        Whole(0, 2**32 - 1).accept("seed", self.seed)


@dataclass(frozen=True)
class Attempt:
    """What came of a combination: a result, or PyTorch's own error and a sentence about it."""

    operands: Mapping[str, Tensor]
    result: Tensor | None
    error: str = ""
    explanation: str = ""


@dataclass(frozen=True)
class Combined:
    """Operands by name, their result `c`, and where each of its cells comes from."""

    combination: Combination
    operands: Mapping[str, Tensor]
    result: Tensor

    @cached_property
    def cells(self) -> list[Cell]:
        """The result's cells, in the order in which they are filled."""
        return cells(tuple(self.result.shape))

    def inputs(self, cell: Cell) -> dict[str, tuple[Cell, ...]]:
        """The cells of each operand that made this cell of the result.

        They are those with a gradient other than 0 when every operand is full of twos, where no
        operation here has a slope of 0.
        """
        return dict(zip(self.operands, _made_by(self.combination, cell), strict=True))

    def work(self, cell: Cell) -> tuple[str, str]:
        """How this cell was computed: once with names, once with numbers."""
        made_by = self.inputs(cell)
        named = [[name(tensor, one) for one in made_by[tensor]] for tensor in made_by]
        valued = [
            [term(tensor[one].item()) for one in made_by[label]]
            for label, tensor in self.operands.items()
        ]
        write, value = OPERATIONS[self.combination.operation].work, self.result[cell].item()
        return f"{name('c', cell)} = {write(*named)}", f"{write(*valued)} = {number(value)}"


@lru_cache(maxsize=1024)
def _made_by(combination: Combination, cell: Cell) -> tuple[tuple[Cell, ...], ...]:
    """For each operand the cells with a gradient of this cell."""
    operation = OPERATIONS[combination.operation]
    operands = _operands(combination).values()
    probes = [torch.full_like(x, 2.0).requires_grad_() for x in operands]
    result = operation.compute(*probes, *_arguments(combination))
    gradients = torch.autograd.grad(result[cell], probes)
    return tuple(tuple(map(tuple, slope.nonzero().tolist())) for slope in gradients)


def combine(combination: Combination) -> Combined:
    """Combine shapes that fit. Raises PyTorch's own RuntimeError or IndexError otherwise."""
    operands = _operands(combination)
    operation = OPERATIONS[combination.operation]
    result = operation.compute(*operands.values(), *_arguments(combination))
    return Combined(combination, operands, result)


def attempt(combination: Combination) -> Attempt:
    """Combine any shapes. Where they don't fit, say what PyTorch says, and explain it."""
    try:
        return Attempt(_operands(combination), combine(combination).result)
    except (RuntimeError, IndexError) as error:
        explain = OPERATIONS[combination.operation].explain
        reason = explain(combination.first, combination.second)
        words = f"{type(error).__name__}: {error}"
        return Attempt(_operands(combination), None, words, reason)


def line(combination: Combination) -> str:
    """The operation as PyTorch writes it, with its argument."""
    return OPERATIONS[combination.operation].line.format(combination.second)


def code(combination: Combination) -> str:
    """The PyTorch lines that make the operands, combine them and print the result."""
    operands = "\n".join(
        f"{label} = torch.tensor({tensor.tolist()})"
        for label, tensor in _operands(combination).items()
    )
    return f"import torch\n\n{operands}\n\nc = {line(combination)}\nprint(c)\nprint(c.shape)\n"


def printed(combined: Combined) -> str:
    """What those lines print."""
    return f"{combined.result!s}\n{combined.result.shape}\n"


def answer(combination: Combination, outcome: Attempt) -> str:
    """What those lines print, or the last line of PyTorch's error."""
    return f"{outcome.error}\n" if outcome.result is None else printed(combine(combination))


def shown(combined: Combined) -> dict[str, dict[Cell, str]]:
    """The numbers of all cells of the operands and of the result, as text."""
    tensors = {**combined.operands, "c": combined.result}
    return {label: numbers(tensor) for label, tensor in tensors.items()}


def choices(operation: str) -> tuple[list[Shape], list[Shape]]:
    """The first and the second shapes to try with an operation; not all of them fit."""
    entry = OPERATIONS[operation]
    firsts, seconds = zip(*entry.misfits, *entry.fits, strict=True)
    return list(dict.fromkeys(firsts)), list(dict.fromkeys(seconds))


def _operands(combination: Combination) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(combination.seed)
    labels = OPERATIONS[combination.operation].operands
    shapes = (combination.first, combination.second)
    fill = FILLS[combination.fill]
    return {
        label: fill(place, shape, generator)
        for place, (label, shape) in enumerate(zip(labels, shapes, strict=False))
    }


def _arguments(combination: Combination) -> tuple[Shape, ...]:
    taken = len(OPERATIONS[combination.operation].operands)
    return (combination.first, combination.second)[taken:]


def _counted(shape: Shape) -> Tensor:
    return torch.arange(1.0, 1.0 + torch.Size(shape).numel()).reshape(shape)


def _between(sign: str) -> Work:
    return lambda first, second: f"{first[0]} {sign} {second[0]}"


def _moved(first: Sequence[str]) -> str:
    return first[0]


def _products(first: Sequence[str], second: Sequence[str]) -> str:
    return " + ".join(f"{a} * {b}" for a, b in zip(first, second, strict=True))


_ALIKE: tuple[Fit, ...] = tuple((shape, shape) for shape in ((2, 3), (1, 5), (4,), (2, 2, 3)))
_NEW_SHAPES: tuple[Fit, ...] = (
    ((2, 3), (3, 2)),
    ((1, 5), (5, 1)),
    ((2, 3), (6,)),
    ((2, 3), (-1, 2)),
    ((2, 2, 3), (4, 3)),
)


def _element_wise(compute: Callable[[Tensor, Tensor], Tensor], sign: str) -> Operation:
    formula = {"*": r"\cdot", "/": "/"}.get(sign, sign)
    return Operation(
        compute,
        f"a {sign} b",
        rf"c_{{ij}} = a_{{ij}} {formula} b_{{ij}}",
        _between(sign),
        _ALIKE,
    )


OPERATIONS: Mapping[str, Operation] = {
    "add": _element_wise(torch.add, "+"),
    "sub": _element_wise(torch.sub, "-"),
    "mul": _element_wise(torch.mul, "*"),
    "div": _element_wise(torch.div, "/"),
    "exp": Operation(
        lambda a, _unused: torch.exp(a),
        "torch.exp(a)",
        r"c_{ij} = e^{a_{ij}}",
        lambda first: f"exp({first[0].strip('()')})",
        tuple((shape, ()) for shape in ((2, 3), (1, 5), (4,))),
        operands=("a",),
        second=N_("nothing"),
    ),
    "broadcasting": Operation(
        torch.add,
        "a + b",
        r"c_{ij} = a_{ij} + b_{j}",
        _between("+"),
        (((2, 3), (3,)), ((2, 3), (2, 1)), ((3, 1), (1, 4)), ((2, 3), ()), ((2, 2, 3), (2, 3))),
        (((3,), (4,)), ((2, 3), (2,)), ((2, 3), (4, 1)), ((2, 3), (4,))),
    ),
    "mm": Operation(
        torch.mm,
        "torch.mm(a, b)",
        r"c_{ij} = \sum_{k} a_{ik} \cdot b_{kj}",
        _products,
        (((2, 3), (3, 2)), ((1, 5), (5, 1)), ((1, 3), (3, 2)), ((3, 2), (2, 4)), ((2, 1), (1, 3))),
        (((2, 3), (2, 3)), ((1, 5), (1, 5)), ((2, 3), (3,)), ((3, 2), (3, 2))),
        refusals.of_matrices,
    ),
    "view": Operation(
        torch.Tensor.view,
        "a.view({0})",
        r"\operatorname{flatten}(c)_k = \operatorname{flatten}(a)_k",
        _moved,
        _NEW_SHAPES,
        (((2, 3), (4,)), ((2, 3), (4, 2)), ((1, 5), (5, 2)), ((2, 3), (-1, 4))),
        refusals.of_views,
        operands=("a",),
        second=N_("new shape"),
    ),
    "transpose": Operation(
        lambda a, dims: a.transpose(*dims),
        "a.transpose{0}",
        r"c_{ji} = a_{ij}",
        _moved,
        (((2, 3), (0, 1)), ((1, 5), (0, 1)), ((2, 2, 3), (1, 2)), ((2, 2, 3), (0, 2))),
        (((2, 3), (0, 2)), ((4,), (0, 1))),
        refusals.of_dimensions,
        operands=("a",),
        second=N_("dimensions"),
    ),
    "transposed_view": Operation(
        lambda a, shape: a.t().view(shape),
        "a.t().view({0})",
        r"\operatorname{flatten}(c)_k = \operatorname{flatten}(a^T)_k",
        _moved,
        (((1, 5), (5,)),),
        (((2, 3), (6,)), ((3, 2), (6,))),
        refusals.of_transposed,
        operands=("a",),
        second=N_("new shape"),
    ),
    "reshape": Operation(
        lambda a, shape: a.t().reshape(shape),
        "a.t().reshape({0})",
        r"\operatorname{flatten}(c)_k = \operatorname{flatten}(a^T)_k",
        _moved,
        (((2, 3), (6,)), ((2, 3), (2, 3)), ((3, 2), (1, 6))),
        (((2, 3), (4,)),),
        refusals.of_views,
        operands=("a",),
        second=N_("new shape"),
    ),
    "sum": Operation(
        lambda a, dims: a.sum(dim=dims),
        "a.sum(dim={0})",
        r"c_{j} = \sum_{i} a_{ij}",
        " + ".join,
        (((2, 3), (0,)), ((2, 3), (1,)), ((2, 3), (0, 1)), ((2, 2, 3), (0,)), ((4,), (0,))),
        (((2, 3), (2,)), ((4,), (1,))),
        refusals.of_dimensions,
        operands=("a",),
        second=N_("dimensions"),
    ),
}
