"""Why PyTorch refuses: one sentence about shapes that don't fit, with the numbers at hand."""

from __future__ import annotations

import itertools
import math

from nnlab.language import gettext as _
from nnlab.tensors.cells import Shape


def of_sizes(first: Shape, second: Shape) -> str:
    """Why two shapes can't be paired cell by cell, not even with broadcasting."""
    pairs = itertools.zip_longest(reversed(first), reversed(second), fillvalue=1)
    for place, (one, other) in enumerate(pairs, start=1):
        if one != other and 1 not in (one, other):
            return _(
                "Write {first} and {second} under each other, right end to right end. In place "
                "{place} from the right stand {one} and {other}: sizes must be equal there, or "
                "one of them 1."
            ).format(first=first, second=second, place=place, one=one, other=other)
    return _("These shapes fit.")


def of_matrices(first: Shape, second: Shape) -> str:
    """Why two shapes can't be multiplied as matrices."""
    if len(first) != 2 or len(second) != 2:
        return _(
            "torch.mm multiplies two matrices, with two dimensions each. Here a has {first} and b "
            "has {second}."
        ).format(first=len(first), second=len(second))
    return _(
        "Each row of a is multiplied with each column of b, number by number. A row of a has "
        "{columns} numbers and a column of b has {rows}: these two must be equal."
    ).format(columns=first[1], rows=second[0])


def of_views(first: Shape, second: Shape) -> str:
    """Why numbers of one shape can't be seen in another shape."""
    count = math.prod(first)
    known = math.prod(size for size in second if size != -1)
    if -1 in second:
        return _(
            "-1 lets PyTorch find the size, but {count} numbers can't be shared out in groups of "
            "{known} without a rest."
        ).format(count=count, known=known)
    return _(
        "The tensor holds {count} numbers and the new shape has room for {known}. A view neither "
        "adds nor drops numbers."
    ).format(count=count, known=known)


def of_transposed(first: Shape, second: Shape) -> str:
    """Why a transposed tensor can't always be viewed in another shape."""
    if math.prod(first) != math.prod(second):
        return of_views(first, second)
    return _(
        "Transposing moved no number in memory: {first} is only read in another order. A view "
        "can't express that order as {second}; reshape can, because it copies the numbers."
    ).format(first=first, second=second)


def of_dimensions(first: Shape, second: Shape) -> str:
    """Why a dimension isn't there."""
    count = len(first)
    missing = [place for place in second if not -count <= place < count]
    return _(
        "A tensor of shape {first} has {count} dimensions, numbered from 0 to {last}: there is no "
        "dimension {missing}."
    ).format(first=first, count=count, last=count - 1, missing=", ".join(map(str, missing)))
