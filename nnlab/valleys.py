"""A valley is a function of two numbers with known minima, on which optimizers are tried out: real
torch.optim optimizers walk down it from the same start, and who else walks changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice, Entry, Registry

Point = tuple[float, float]
LOST = 1e9
"""Whoever is higher than this does not come back."""


@dataclass(frozen=True)
class Valley(Entry[Tensor]):
    """A function of points [..., 2] whose lowest value is 0; its minima, the usual start, and the
    part that is drawn: `low` and `high` of both numbers. `lines` is the function in PyTorch, and
    `rates` are learning rates to begin with: for steps as long as the slope is steep, and for the
    steps of optimizers that make all slopes alike."""

    minima: tuple[Point, ...] = ()
    start: Point = (0.0, 0.0)
    low: Point = (-2.0, -2.0)
    high: Point = (2.0, 2.0)
    lines: str = ""
    rates: tuple[float, float] = (0.1, 0.1)


def ravine(p: Tensor) -> Tensor:
    """Twenty times as steep across as along."""
    x, y = p.unbind(-1)
    return x**2 / 20 + y**2


def saddle(p: Tensor) -> Tensor:
    """A pass between two valleys: at (0, 0) the slope is 0, and yet it is no minimum."""
    x, y = p.unbind(-1)
    return x**2 / 2 + (y**2 - 1) ** 2 / 4


def rosenbrock(p: Tensor) -> Tensor:
    """A bent valley whose floor hardly falls. Source: Rosenbrock 1960."""
    x, y = p.unbind(-1)
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(p: Tensor) -> Tensor:
    """Plateaus with steep edges. Source: Beale 1958."""
    x, y = p.unbind(-1)
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def himmelblau(p: Tensor) -> Tensor:
    """Four minima, all as deep. Source: Himmelblau 1972."""
    x, y = p.unbind(-1)
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


VALLEYS: Registry[Valley] = Registry(
    {
        "ravine": Valley(
            ravine,
            r"\frac{x^2}{20} + y^2",
            minima=((0.0, 0.0),),
            start=(-7.0, 2.0),
            low=(-8.0, -3.0),
            high=(8.0, 3.0),
            lines="x**2 / 20 + y**2",
            rates=(0.95, 0.3),
        ),
        "saddle": Valley(
            saddle,
            r"\frac{x^2}{2} + \frac{(y^2 - 1)^2}{4}",
            minima=((0.0, -1.0), (0.0, 1.0)),
            start=(-1.5, 0.01),
            lines="x**2 / 2 + (y**2 - 1)**2 / 4",
            rates=(0.1, 0.05),
        ),
        "rosenbrock": Valley(
            rosenbrock,
            r"(1 - x)^2 + 100 (y - x^2)^2",
            minima=((1.0, 1.0),),
            start=(-1.2, 1.0),
            low=(-2.0, -1.0),
            high=(2.0, 3.0),
            lines="(1 - x)**2 + 100 * (y - x**2)**2",
            rates=(0.001, 0.05),
        ),
        "beale": Valley(
            beale,
            r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
            minima=((3.0, 0.5),),
            start=(1.0, 1.5),
            low=(-4.5, -4.5),
            high=(4.5, 4.5),
            lines="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
            rates=(0.01, 0.1),
        ),
        "himmelblau": Valley(
            himmelblau,
            r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
            minima=(
                (3.0, 2.0),
                (-2.805118, 3.131312),
                (-3.779310, -3.283186),
                (3.584428, -1.848127),
            ),
            start=(-0.5, -1.0),
            low=(-5.0, -5.0),
            high=(5.0, 5.0),
            lines="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
            rates=(0.01, 0.2),
        ),
    }
)


@dataclass(frozen=True)
class Racer:
    """An optimizer with its settings and its learning rate."""

    optimizer: Choice
    learning_rate: float


class Walk(NamedTuple):
    """A racer's way of R places: places [R, 2], heights [R] and gradients [R, 2], all float64. It
    ends early where the racer is lost: at a height above LOST, or one that is no number."""

    places: Tensor
    heights: Tensor
    gradients: Tensor


def walks(valley: str, racers: Sequence[Racer], start: Point, steps: int) -> tuple[Walk, ...]:
    """Let each racer make up to so many steps, to the last bit as if it were alone. The height of
    a racer depends on its own point only, so that one backward pass gives all their slopes."""
    points = torch.tensor(start, dtype=torch.float64).repeat(len(racers), 1)
    owned = [points[place].requires_grad_() for place in range(len(racers))]
    optimizers = [
        OPTIMIZERS.make(racer.optimizer, [point], racer.learning_rate)
        for racer, point in zip(racers, owned, strict=True)
    ]
    seen = [_look(valley, points)]
    while len(seen) <= steps and bool((seen[-1].heights <= LOST).any()):
        for point, slope, optimizer in zip(owned, seen[-1].gradients, optimizers, strict=True):
            point.grad = slope
            optimizer.step()
        seen.append(_look(valley, points))
    ways = zip(*(torch.stack(each, 1) for each in zip(*seen, strict=True)), strict=True)
    return tuple(_until_lost(Walk(*way)) for way in ways)


def _look(valley: str, points: Tensor) -> Walk:
    """Where N racers stand: places [N, 2], heights [N] and gradients [N, 2]."""
    places = points.clone().requires_grad_()
    heights = VALLEYS[valley].make(places)
    (slopes,) = torch.autograd.grad(heights.sum(), places)
    return Walk(places.detach(), heights.detach(), slopes)


def _until_lost(way: Walk) -> Walk:
    lost = (~(way.heights <= LOST)).nonzero()
    end = int(lost[0]) if len(lost) else len(way.heights)
    return Walk(*(each[:end] for each in way))


class Descent:
    """One racer on its way: its point [2] float64 and its real torch.optim optimizer."""

    def __init__(self, valley: str, racer: Racer, start: Point) -> None:
        self.point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        self.height: Callable[[Tensor], Tensor] = VALLEYS[valley].make
        self.optimizer: torch.optim.Optimizer = OPTIMIZERS.make(
            racer.optimizer, [self.point], racer.learning_rate
        )

    def look(self) -> Tensor:
        """zero_grad, the height here, backward."""
        self.optimizer.zero_grad()
        height = self.height(self.point)
        height.backward()
        return height.detach()


def ground(valley: str, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """x [size], y [size] and the heights [size, size], a row for each y."""
    shape = VALLEYS[valley]
    (left, bottom), (right, top) = shape.low, shape.high
    x = torch.linspace(left, right, size, dtype=torch.float64)
    y = torch.linspace(bottom, top, size, dtype=torch.float64)
    points = torch.cartesian_prod(y, x).flip(1)
    return x, y, shape.make(points).view(size, size)
