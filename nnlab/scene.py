"""A scene is everything that is seen of a network at one moment: what each unit says at every place
of a plane through the data, and how well the network does on the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor, nn

from nnlab.experiment import Experiment
from nnlab.losses import LOSSES
from nnlab.measures import unit_maps
from nnlab.network import build, linear_layers, restore
from nnlab.plane import Plane, natural_plane
from nnlab.rows import Rows, rows_of
from nnlab.training import Run

MOST_MAP_BYTES = 8000
"""One byte for each place of each unit's map: a frame stays a few kilobytes."""
LARGEST_MAP, SMALLEST_MAP = 24, 8
BIG_MAP = 50
"""Places along each side of the output's map."""
MOST_ROWS = 128
"""Rows that units are asked about where they have no map: evenly taken from the training rows."""


@dataclass(frozen=True, eq=False)
class Scene:
    """weights and biases of each linear layer ([units, inputs] and [units]); `maps`: for the inputs
    and then for each layer what every unit says [units, side, side] (with one feature
    [units, side], with more than two for training rows [units, N]); `output`
    [outputs, BIG_MAP, BIG_MAP] or [outputs, BIG_MAP]."""

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    maps: tuple[Tensor, ...]
    output: Tensor


class Scenery:
    """What stays as it is while an experiment is trained: its rows, the plane that is seen, a
    network to look through, and the `points` [P, F] for which its units are asked: a grid on the
    plane, or training rows where a plane is only a slice (not `flat`)."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.rows: Rows = rows_of(experiment)
        self.plane: Plane = natural_plane(self.rows, experiment.data)
        self.side = _side(sum(experiment.sizes))
        self.module: nn.Sequential = build(experiment).eval()
        self.places = self.plane.grid(BIG_MAP)
        self._big = self._seen(self.places)
        self.flat = experiment.data.n_raw_features <= 2
        self.points = self._seen(self.plane.grid(self.side)) if self.flat else self._some_rows()
        self._scores = SCORES[kind_of(experiment)]

    def scene(self, run: Run, moment: int) -> Scene:
        """The scene of a recorded moment."""
        seen = int(run.steps[moment])
        restore(self.module, run.parameters[moment].cpu(), run.buffers[moment].cpu(), seen)
        linears = linear_layers(self.module)
        return Scene(
            tuple(linear.weight.detach() for linear in linears),
            tuple(linear.bias.detach() for linear in linears),
            tuple(self._laid_out(each) for each in (self.points.T, *self._units())),
            self._scores(self._shaped(unit_maps(self.module, self._big)[-1], BIG_MAP), self),
        )

    def _units(self) -> tuple[Tensor, ...]:
        return unit_maps(self.module, self.points)

    def _laid_out(self, values: Tensor) -> Tensor:
        return self._shaped(values, self.side) if self.flat else values

    def _some_rows(self) -> Tensor:
        x = self.rows.samples().x
        return x[:: -(-len(x) // MOST_ROWS)]

    def _seen(self, places: Tensor) -> Tensor:
        return self.rows.preparation(self.plane.lift(places))

    def _shaped(self, values: Tensor, side: int) -> Tensor:
        return values.view(len(values), *[side] * len(self.plane.low))


def kind_of(experiment: Experiment) -> str:
    """What the outputs mean: "classes" (one for each), "yes" (one probability) or "numbers"."""
    if experiment.data.classes == 0:
        return "numbers"
    return "classes" if experiment.network.outputs > 1 else "yes"


def _side(units: int) -> int:
    return int(min(max((MOST_MAP_BYTES / units) ** 0.5, SMALLEST_MAP), LARGEST_MAP))


def _probability(output: Tensor, scenery: Scenery) -> Tensor:
    """How strongly class 1 is meant, 0 to 1: the sigmoid of a logit, else the output itself."""
    threshold = LOSSES[scenery.experiment.training.loss.name].threshold
    return output.sigmoid() if threshold == 0 else output.clamp(0, 1)


def _shares(output: Tensor, scenery: Scenery) -> Tensor:
    """The probability of each class: softmax over the outputs."""
    return output.softmax(0)


def _numbers(output: Tensor, scenery: Scenery) -> Tensor:
    return output


SCORES: Mapping[str, Callable[[Tensor, Scenery], Tensor]] = MappingProxyType(
    {"yes": _probability, "classes": _shares, "numbers": _numbers}
)
