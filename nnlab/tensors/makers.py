"""The ways to make a tensor: from a list, from a rule, from chance, from another tensor, from
NumPy."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import Because, ExperimentError, Many, OneOf, Whole
from nnlab.tensors.cells import Shape

MOST_DIMENSIONS = 3
LARGEST_SIZE = 6
_LARGEST_NUMBER = 10**6
_LONGEST_LIST = 400


@dataclass(frozen=True)
class Recipe:
    """How one tensor is made. Raises ExperimentError outside 0 to 3 dimensions of size 1 to 6.

    `numbers` is the list as it is typed; only the maker `tensor` reads it, and not the shape.
    """

    maker: str = "randn"
    shape: Shape = (2, 3)
    seed: int = 0
    numbers: str = "[[1.0, 2.0], [3.0, 4.0]]"

    def __post_init__(self) -> None:
        OneOf(tuple(MAKERS)).accept("maker", self.maker)
        Many(Whole(1, LARGEST_SIZE), 0, MOST_DIMENSIONS).accept("shape", self.shape)
        Whole(0, 2**32 - 1).accept("seed", self.seed)


@dataclass(frozen=True)
class Maker:
    """`make` a tensor from a recipe; `lines` are the same in PyTorch, the tensor is called `t`."""

    make: Callable[[Recipe], Tensor]
    lines: str
    reads: frozenset[str]
    explanation: str


def make(recipe: Recipe) -> Tensor:
    """The tensor of a recipe.

    Raises ExperimentError for a list that isn't one, and ValueError, in PyTorch's own words, for a
    list whose rows are not equally long.
    """
    return MAKERS[recipe.maker].make(recipe)


def facts(tensor: Tensor) -> dict[str, str]:
    """What a tensor says about itself, by the name of the question."""
    return {
        "ndim": str(tensor.ndim),
        "shape": str(tuple(tensor.shape)),
        "numel()": str(tensor.numel()),
        "dtype": str(tensor.dtype),
        "device": str(tensor.device),
        "stride()": str(tensor.stride()),
    }


def code(recipe: Recipe) -> str:
    """The PyTorch lines that make the tensor and print it and its facts."""
    shape, count = recipe.shape, math.prod(recipe.shape)
    lines = MAKERS[recipe.maker].lines.format(
        shape=shape, count=count, seed=recipe.seed, numbers=recipe.numbers.strip()
    )
    questions = ", ".join(f"t.{question}" for question in facts(torch.empty(())))
    return f"{lines}\nprint(t)\nprint({questions})\n"


def printed(recipe: Recipe) -> str:
    """What those lines print."""
    t = make(recipe)
    answers = (t.ndim, t.shape, t.numel(), t.dtype, t.device, t.stride())
    return f"{t!s}\n{' '.join(map(str, answers))}\n"


def nested(text: str) -> Any:
    """The list that is typed as Python would write it. Raises ExperimentError for anything else."""
    try:
        value = ast.literal_eval(text.strip()[:_LONGEST_LIST])
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise _not_a_list(text) from error
    if not _drawable(value, MOST_DIMENSIONS):
        raise _not_a_list(text)
    return value


def _drawable(value: Any, dimensions: int) -> bool:
    if isinstance(value, list):
        short = 1 <= len(value) <= LARGEST_SIZE and dimensions > 0
        return short and all(_drawable(item, dimensions - 1) for item in value)
    return isinstance(value, int | float) and abs(value) <= _LARGEST_NUMBER


def _not_a_list(text: str) -> ExperimentError:
    rule = _(
        "numbers, or lists of numbers such as [[1, 2], [3, 4]], up to {dimensions} lists deep and "
        "{size} long, no number beyond a million"
    ).format(dimensions=MOST_DIMENSIONS, size=LARGEST_SIZE)
    return ExperimentError(_("The list"), text, Because(rule))


def _random(recipe: Recipe) -> Tensor:
    return torch.randn(recipe.shape, generator=torch.Generator().manual_seed(recipe.seed))


def _random_like(recipe: Recipe) -> Tensor:
    generator = torch.Generator().manual_seed(recipe.seed)
    features = torch.randn(recipe.shape, generator=generator)
    return torch.randn_like(features, generator=generator)


def _counted(recipe: Recipe) -> Tensor:
    return torch.arange(math.prod(recipe.shape)).reshape(recipe.shape)


def _from_numpy(recipe: Recipe) -> Tensor:
    return torch.from_numpy(np.linspace(0, 1, math.prod(recipe.shape)).reshape(recipe.shape))


_SHAPE = frozenset({"shape"})
_CHANCE = frozenset({"shape", "seed"})

MAKERS: Mapping[str, Maker] = {
    "tensor": Maker(
        lambda recipe: torch.tensor(nested(recipe.numbers)),
        "import torch\n\nt = torch.tensor({numbers})",
        frozenset({"numbers"}),
        N_("From a list: the shape is how the lists are nested, the dtype is that of the numbers."),
    ),
    "randn": Maker(
        _random,
        "import torch\n\ntorch.manual_seed({seed})\nt = torch.randn({shape})",
        _CHANCE,
        N_("By chance, mostly between -2 and 2. The same seed gives the same numbers."),
    ),
    "randn_like": Maker(
        _random_like,
        "import torch\n\ntorch.manual_seed({seed})\nfeatures = torch.randn({shape})\n"
        "t = torch.randn_like(features)",
        _CHANCE,
        N_("By chance again, with the shape and the dtype of another tensor, here of features."),
    ),
    "zeros": Maker(
        lambda recipe: torch.zeros(recipe.shape),
        "import torch\n\nt = torch.zeros({shape})",
        _SHAPE,
        N_("All zeros. Biases often start like this."),
    ),
    "ones": Maker(
        lambda recipe: torch.ones(recipe.shape),
        "import torch\n\nt = torch.ones({shape})",
        _SHAPE,
        N_("All ones."),
    ),
    "arange": Maker(
        _counted,
        "import torch\n\nt = torch.arange({count}).reshape({shape})",
        _SHAPE,
        N_("Counted from 0. It shows the order in memory: the last index runs fastest."),
    ),
    "from_numpy": Maker(
        _from_numpy,
        "import numpy as np\nimport torch\n\n"
        "array = np.linspace(0, 1, {count}).reshape({shape})\nt = torch.from_numpy(array)",
        _SHAPE,
        N_("From a NumPy array, without copying. NumPy counts in float64, and so does t."),
    ),
}
