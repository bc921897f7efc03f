"""A part is one number of a network by its name: w0.1.2 is the weight of layer 0 to unit 1 from
input 2, b0.1 that unit's bias, gamma0.1 and beta0.1 its scale and shift in the batch norm."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

PART = r"w\d{1,2}\.\d{1,4}\.\d{1,4}|(?:b|gamma|beta)\d{1,2}\.\d{1,4}"
EXAMPLES = ("w0.1.2", "b0.1", "gamma0.1")
_NUMBERS = re.compile(r"\d+")


class Part(NamedTuple):
    """What a part's name says: w, b, gamma or beta, the layer, and the place in the parameter."""

    kind: str
    layer: int
    place: tuple[int, ...]


class Block(NamedTuple):
    """One parameter in the flat list of all: where it starts there, and its shape."""

    kind: str
    layer: int
    start: int
    shape: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.start + math.prod(self.shape)


def is_part(name: str) -> bool:
    """Whether this is a part's name, of whatever network."""
    return re.fullmatch(PART, name, re.ASCII) is not None


def read(name: str) -> Part:
    """Take a part's name apart."""
    layer, *place = map(int, _NUMBERS.findall(name))
    return Part(name.rstrip("0123456789."), layer, tuple(place))


def shapes(
    sizes: Sequence[int], norms: Sequence[bool] = ()
) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """Each parameter's kind, layer and shape, in the order of `module.parameters()`. `sizes` start
    with the inputs; `norms` says which layers have a batch norm (none, if left out)."""
    edges = itertools.zip_longest(itertools.pairwise(sizes), norms, fillvalue=False)
    for layer, ((inputs, units), norm) in enumerate(edges):  # type: ignore[misc]
        yield "w", layer, (units, inputs)
        yield "b", layer, (units,)
        if norm:
            yield "gamma", layer, (units,)
            yield "beta", layer, (units,)


def blocks(sizes: Sequence[int], norms: Sequence[bool] = ()) -> tuple[Block, ...]:
    """Where each parameter stands in the flat list of all."""
    found: list[Block] = []
    for kind, layer, shape in shapes(sizes, norms):
        found.append(Block(kind, layer, found[-1].end if found else 0, shape))
    return tuple(found)


def exists(name: str, sizes: Sequence[int], norms: Sequence[bool] = ()) -> bool:
    """Whether a network of these sizes has this part."""
    kind, layer, place = read(name)
    return any(
        (kind, layer) == (each_kind, each_layer)
        and all(index < size for index, size in zip(place, shape, strict=True))
        for each_kind, each_layer, shape in shapes(sizes, norms)
    )


def names(sizes: Sequence[int], norms: Sequence[bool] = ()) -> list[str]:
    """The names of all parts in the order of the flat list: w0.0.0, w0.0.1, ..."""
    return [
        f"{kind}{layer}." + ".".join(map(str, index))
        for kind, layer, shape in shapes(sizes, norms)
        for index in itertools.product(*map(range, shape))
    ]
