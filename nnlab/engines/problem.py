"""A problem is what an engine needs to know of an experiment, in plain values; a course is how far
it shall go, and a leg is what happened on the way. Engines refuse by name what they can't carry."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from nnlab.activations import ACTIVATIONS
from nnlab.batches import drops
from nnlab.experiment import Experiment, Spec
from nnlab.language import gettext as _
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice, Registry
from nnlab.settings import value_at

# An engine carries what is named here. A field that is added to the specs is refused as long as
# it is not what it is by default, until somebody teaches the engines.
_LAYER = {"units", "activation"}
_TRAINING = {
    "loss",
    "optimizer",
    "learning_rate",
    "epochs",
    "batch_size",
    "shuffle",
    "zero_grad",
    "schedule",
    "l1",
    "l2",
    "patience",
}


@dataclass(frozen=True)
class Problem:
    """A dense network of these sizes [layers + 1], and how it learns. l1 times the sum of |w| and
    l2 times the sum of w^2 over the weights are added to what is made smaller, not to the loss.
    Epochs are counted since the step `since`."""

    sizes: tuple[int, ...]
    activations: tuple[Choice, ...]
    loss: Choice
    optimizer: Choice
    batch_size: int
    zero_grad: bool = True
    l1: float = 0.0
    l2: float = 0.0
    since: int = 0

    @classmethod
    def of(cls, experiment: Experiment, step: int = 0) -> Problem:
        """The problem as it is at a step of the experiment."""
        stretch = experiment.timetable.stretch_at(step)
        return cls(
            experiment.sizes,
            tuple(layer.activation for layer in experiment.network.layers),
            experiment.training.loss,
            value_at(experiment, "optimizer", step),
            stretch.batch_size,
            experiment.training.zero_grad,
            value_at(experiment, "l1", step),
            value_at(experiment, "l2", step),
            stretch.step,
        )

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(outputs, inputs) of each layer's weight."""
        return tuple((outputs, inputs) for inputs, outputs in itertools.pairwise(self.sizes))

    @property
    def n_parameters(self) -> int:
        return sum(outputs * (inputs + 1) for outputs, inputs in self.shapes)

    def weights(self) -> Tensor:
        """[P] float64: 1 for each parameter that is a weight, 0 for a bias."""
        kinds = [[1.0] * (outputs * inputs) + [0.0] * outputs for outputs, inputs in self.shapes]
        return torch.tensor(list(itertools.chain(*kinds)), dtype=torch.float64)

    def settings(self) -> dict[str, Any]:
        """The optimizer's settings."""
        return OPTIMIZERS.settings(self.optimizer)


class Room(NamedTuple):
    """Where R moments can be written, from the first row on: steps [R], losses [R, K], parameters
    and gradients [R, K, P]."""

    steps: Tensor
    losses: Tensor
    parameters: Tensor
    gradients: Tensor

    def rows(self, count: int) -> Room:
        """The first so many rows."""
        return Room(*(each[:count] for each in self))


class Course(NamedTuple):
    """From step `first` on, one step for each of the `rates`: rates[i] is the learning rate of the
    update that leads to step first + i. (The first one is not used where no update is due.)

    rates [S] float64, or [S, K] for K networks. orders [E, N] int64, or [E, K, N], are the rows'
    orders in the epochs that begin on the way; None: they stay as they stand. Moments of steps
    that are multiples of `stride` are kept, in the room if one is given, which is enough."""

    first: int
    rates: Tensor
    orders: Tensor | None = None
    stride: int = 1
    room: Room | None = None


class Leg(NamedTuple):
    """What happened in S steps, of which R were kept, at rest between backward and update: steps
    [R], losses [R, K], parameters and gradients [R, K, P]. `done` counts the steps looked at; if
    no network's loss was finite any more in the last of these, it `diverged`, and isn't kept."""

    done: int
    diverged: bool
    steps: Tensor
    losses: Tensor
    parameters: Tensor
    gradients: Tensor


class Remembered(NamedTuple):
    """What an optimizer remembers: three states [3, K, P], of which it may not use all, and the
    number of updates made."""

    states: Tensor
    updates: int


class Engine(Protocol):
    """K networks in training, at rest after a look at a step: its update is due."""

    @property
    def theta(self) -> Tensor:
        """[K, P] as it is now; may be written to."""

    @property
    def gradient(self) -> Tensor:
        """[K, P] as it is now; may be written to."""

    @property
    def loss(self) -> Tensor:
        """[K] as it is now."""

    def go(self, course: Course) -> Leg:
        """Make the update that is due, look at the next step, and so on."""

    def update(self, rate: float) -> None:
        """Make the update that is due. Then no update is due until the next step."""

    def change(self, problem: Problem) -> None:
        """Go on with other settings of the optimizer, l1, l2, batches; another optimizer
        remembers nothing. The network stays of the same shape."""

    def remembered(self) -> Remembered:
        """A copy of what the optimizer remembers."""

    def resume(self, remembered: Remembered, order: Tensor | None) -> None:
        """Be in the middle of an epoch, with its update due: the optimizer remembers this, and the
        rows are in this order [N]."""


def refused_by(
    experiment: Experiment,
    activations: Collection[str],
    losses: Collection[str],
    optimizers: Collection[str],
) -> str | None:
    """The first thing in the experiment that an engine with these registries can't carry, as a
    sentence; None if it can carry everything."""
    training = experiment.training
    for layer in experiment.network.layers:
        for name in _unknown(layer, _LAYER):
            return _("This engine does not know a layer's {name}.").format(name=name)
    for name in _unknown(training, _TRAINING):
        return _("This engine does not know the training's {name}.").format(name=name)
    if drops(experiment):
        return _("This engine does not know a layer's {name}.").format(name="dropout")
    chosen = [(layer.activation.name, activations) for layer in experiment.network.layers]
    chosen += [(training.loss.name, losses), (training.optimizer.name, optimizers)]
    later = experiment.changes_of.get("optimizer", ())
    chosen += [(each.value.name, optimizers) for each in later if isinstance(each.value, Choice)]
    for name, known in chosen:
        if name not in known:
            return _("This engine does not know {name}.").format(name=name)
    return None


def _unknown(spec: Spec, known: Collection[str]) -> Iterator[str]:
    for each in fields(spec):
        default = each.default is not MISSING and getattr(spec, each.name) == each.default
        if each.name not in known and not default:
            yield each.name


def begins_to_roll(before: Problem, now: Problem) -> bool:
    """Whether SGD gets a momentum where it had none. Its velocity then begins with the next slope,
    whole, as at the first update: if it had never one before, updates are counted anew."""
    rolls = [each.settings().get("momentum", 0.0) > 0 for each in (before, now)]
    return now.optimizer.name == "SGD" and rolls == [False, True]


def setting(registry: Registry[Any], choice: Choice) -> float:
    """The one number that an activation or a loss has as its setting, 0 if it has none."""
    numbers = [each for each in registry.settings(choice).values() if not isinstance(each, str)]
    return float(numbers[0]) if numbers else 0.0


def activation_setting(choice: Choice) -> float:
    """The number that an activation has as its setting, 0 if it has none."""
    return setting(ACTIVATIONS, choice)


def loss_setting(choice: Choice) -> float:
    """The number that a loss has as its setting, 0 if it has none."""
    return setting(LOSSES, choice)


def variant(choice: Choice) -> str:
    """The name of an activation, with the variant that is chosen by a word: "GELU(tanh)"."""
    words = [value for _name, value in choice.options if isinstance(value, str)]
    return f"{choice.name}({words[0]})" if words else choice.name
