"""A slice is a plane through the space of a network's parameters, so that a loss over thousands of
weights and biases can be drawn as a landscape over two numbers. What it leaves out can be said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor, nn

from nnlab.training import Run

MARGIN = 0.35
"""How much wider than what it shows a slice is on each side, as a share of the width."""


@dataclass(frozen=True, eq=False)
class Slice:
    """theta(a, b) = origin + a * directions[0] + b * directions[1].

    origin [P], directions [2, P], and the ends `low` and `high` [2] of what is shown of (a, b),
    all float64. The directions need not stand at a right angle.
    """

    origin: Tensor
    directions: Tensor
    low: Tensor
    high: Tensor

    def lift(self, places: Tensor) -> Tensor:
        """Parameters [M, P] float32 at places [M, 2]."""
        return (self.origin + places.double() @ self.directions).float()

    def project(self, parameters: Tensor) -> Tensor:
        """Places [M, 2] float64 of the slice's points that lie nearest to parameters [M, P]."""
        moves = parameters.double() - self.origin
        gram = self.directions @ self.directions.T
        places: Tensor = torch.linalg.lstsq(gram, self.directions @ moves.T).solution.T
        return places

    def along(self, gradients: Tensor) -> Tensor:
        """How the loss changes along the two directions, [M, 2], from gradients [M, P]."""
        return gradients.double() @ self.directions.T

    def left_out(self, parameters: Tensor) -> float:
        """The share of the movement that the slice does not show, 0 to 1: of the squared distances
        of parameters [M, P] from the last of them, what lies across the slice."""
        moves = parameters.double() - parameters[-1].double()
        inside = self.project(parameters) - self.project(parameters[-1:])
        across = moves - inside @ self.directions
        whole = moves.square().sum()
        return float(across.square().sum() / whole) if whole > 0 else 0.0

    def axes(self, size: int) -> tuple[Tensor, Tensor]:
        """`size` values of a and of b from end to end, float64."""
        steps = torch.linspace(0, 1, size, dtype=torch.float64)
        first, second = self.low[:, None] + (self.high - self.low)[:, None] * steps
        return first, second

    def grid(self, size: int) -> Tensor:
        """Places [size * size, 2] from end to end, a changing fastest."""
        first, second = self.axes(size)
        return torch.cartesian_prod(second, first).flip(1)


@dataclass(frozen=True)
class Cut:
    """Which slice of a run: its kind, one of SLICES, and what that kind needs to know: two
    parameters by their place, or the seed of two random directions."""

    kind: str
    first: int = 0
    second: int = 1
    seed: int = 0


def of_parameters(run: Run, first: int, second: int) -> Slice:
    """Two parameters, by their place among all; the others rest where the run ends. For a network
    of two parameters nothing else is left: the slice is the whole space."""
    origin = run.parameters[-1].double().clone()
    origin[[first, second]] = 0.0
    directions = torch.zeros(2, len(origin), dtype=torch.float64)
    directions[0, first] = directions[1, second] = 1.0
    return _showing(_endless(origin, directions), run.parameters, least=2.0)


def of_random_directions(run: Run, seed: int) -> Slice:
    """Two random directions around the run's end, each filter-normalised: what is drawn for a
    unit's weights is made as long as these weights are. Biases stay as they are.

    Source: Li et al. 2018, Visualizing the Loss Landscape of Neural Nets, section 4; as in the
    authors' program with `ignore='biasbn'`.
    """
    generator = torch.Generator().manual_seed(seed)
    module = run.module().cpu()
    drawn = [_filter_normalised(module, generator) for _ in range(2)]
    flat = _endless(run.parameters[-1].double(), torch.stack(drawn))
    return replace(flat, low=-torch.ones(2).double(), high=torch.ones(2).double())


def of_main_directions(run: Run) -> Slice:
    """The two directions in which the run itself moved most: the principal components of its
    parameters around its end. Each points to where its largest part is positive.

    Source: Li et al. 2018, section 7.2.
    """
    origin = run.parameters[-1].double()
    moves = run.parameters.double() - origin
    room = torch.zeros(2, len(origin), dtype=torch.float64)
    _left, _values, right = torch.linalg.svd(torch.cat((moves, room)), full_matrices=False)
    directions = right[:2]
    largest = directions.abs().argmax(1, keepdim=True)
    directions = directions * directions.gather(1, largest).sign()
    return _showing(_endless(origin, directions), run.parameters)


SLICES: Mapping[str, Callable[[Run, Cut], Slice]] = MappingProxyType(
    {
        "main": lambda run, cut: of_main_directions(run),
        "random": lambda run, cut: of_random_directions(run, cut.seed),
        "pair": lambda run, cut: of_parameters(run, cut.first, cut.second),
    }
)


def _filter_normalised(module: nn.Module, generator: torch.Generator) -> Tensor:
    """One direction [P]: d <- d / |d| * |w| for the weights w of each unit, 0 for a bias."""
    parts = []
    for parameter in module.parameters():
        w = parameter.detach().double()
        d = torch.zeros_like(w)
        if w.dim() > 1:
            d = torch.randn(w.shape, generator=generator, dtype=torch.float64)
            d = d / d.norm(dim=1, keepdim=True) * w.norm(dim=1, keepdim=True)
        parts.append(d.flatten())
    return torch.cat(parts)


def _endless(origin: Tensor, directions: Tensor) -> Slice:
    nowhere = torch.zeros(2, dtype=torch.float64)
    return Slice(origin, directions, nowhere, nowhere)


def _showing(whole: Slice, parameters: Tensor, least: float = 1e-3) -> Slice:
    """The slice with ends that enclose these parameters; as high as wide, and `least` at least."""
    places = whole.project(parameters)
    low, high = places.amin(0), places.amax(0)
    width = (high - low).amax().clamp(min=least)
    reach, middle = width * (0.5 + MARGIN), (low + high) / 2
    return replace(whole, low=middle - reach, high=middle + reach)
