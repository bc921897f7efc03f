"""An experiment is everything that was asked, in one small frozen value: the data, the network,
the training, the seed, and the interventions made on the way. Equal experiments give equal runs."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.activations import ACTIVATIONS
from nnlab.data import Data, PointEdit
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext as _
from nnlab.limits import (
    Because,
    ExperimentError,
    Flag,
    Many,
    Number,
    Pattern,
    Whole,
)
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice
from nnlab.spec import Of, Spec, a_dict_of, ruled

__all__ = [
    "Data",
    "Experiment",
    "Intervention",
    "Layer",
    "Network",
    "PointEdit",
    "Spec",
    "Training",
]

VERSION = 1
MOST_PARAMETERS = 1_000_000
MOST_STEPS = 10_000_000
MOST_TEXT = 20_000_000
"""Characters of JSON that are read at all."""

_FIELD = r"learning_rate|w\d{1,2}\.\d{1,4}\.\d{1,4}|b\d{1,2}\.\d{1,4}"


@dataclass(frozen=True)
class Layer(Spec):
    """A linear layer of 1 to 4096 units and the activation after it."""

    path: ClassVar[str] = "layer"
    units: int = ruled(Whole(1, 4096))
    activation: Choice = ruled(ACTIVATIONS, Choice("Identity"))


@dataclass(frozen=True)
class Network(Spec):
    """Up to 64 layers, the last of which gives the outputs, and how they are initialised."""

    path: ClassVar[str] = "network"
    layers: tuple[Layer, ...] = ruled(
        Many(Of(Layer), 1, 64), (Layer(5, Choice("ReLU")), Layer(1, Choice("Sigmoid")))
    )
    initialiser: Choice = ruled(INITIALISERS, Choice("default"))

    @property
    def outputs(self) -> int:
        return self.layers[-1].units


@dataclass(frozen=True)
class Training(Spec):
    """How to learn: batches of `batch_size` rows (all at once when there are fewer rows), in the
    order in which they stand or shuffled anew each epoch. Without zero_grad gradients pile up."""

    path: ClassVar[str] = "training"
    loss: Choice = ruled(LOSSES, Choice("MSELoss"))
    optimizer: Choice = ruled(OPTIMIZERS, Choice("SGD"))
    learning_rate: float = ruled(Number(0.0, 1000.0), 0.01)
    epochs: int = ruled(Whole(0, 1_000_000), 50)
    batch_size: int = ruled(Whole(1, 100_000), 100_000)
    shuffle: bool = ruled(Flag(), False)
    zero_grad: bool = ruled(Flag(), True)


@dataclass(frozen=True)
class Intervention(Spec):
    """What was changed by hand just before `step`: "learning_rate", or a part of the network:
    w0.1.2 is the weight of linear layer 0 to unit 1 from input 2, b0.1 that unit's bias."""

    path: ClassVar[str] = "intervention"
    step: int = ruled(Whole(0, MOST_STEPS))
    field: str = ruled(Pattern(_FIELD, ("learning_rate", "w0.1.2", "b0.1")))
    value: float = ruled(Number(-1e6, 1e6))


@dataclass(frozen=True)
class Experiment(Spec):
    """Everything on the screen is a pure function of this value.

    Raises ExperimentError when the parts do not fit each other: too many parameters or steps, a
    loss that can't compare these outputs with these targets, a changed weight that isn't there.
    """

    data: Data = ruled(Of(Data), Data())
    network: Network = ruled(Of(Network), Network())
    training: Training = ruled(Of(Training), Training())
    seed: int = ruled(Whole(0, 2**32 - 1), 0)
    interventions: tuple[Intervention, ...] = ruled(Many(Of(Intervention), 0, 10_000), ())

    def __post_init__(self) -> None:
        super().__post_init__()
        in_order = tuple(sorted(self.interventions, key=lambda each: each.step))
        object.__setattr__(self, "interventions", in_order)
        for misfit in _misfits(self):
            raise misfit

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the units of every layer."""
        return (self.data.n_features, *(layer.units for layer in self.network.layers))

    @property
    def n_parameters(self) -> int:
        return sum((i + 1) * o for i, o in itertools.pairwise(self.sizes))

    @property
    def batch_size(self) -> int:
        """Rows in a full batch: never more than there are."""
        return min(self.training.batch_size, self.data.n_samples)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.data.n_samples / self.batch_size)

    @property
    def n_steps(self) -> int:
        return self.training.epochs * self.steps_per_epoch

    def dumps(self) -> str:
        """This experiment as JSON text with its version."""
        return json.dumps({"version": VERSION, **self.to_json()}, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str) -> Experiment:
        """Read JSON text. Raises ExperimentError for anything that is not an experiment."""
        Whole(1, MOST_TEXT).accept(_("the length of the experiment"), len(text))
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise ExperimentError("experiment", text, Because(a_dict_of(cls))) from None
        if not isinstance(data, dict):
            raise ExperimentError("experiment", data, Because(a_dict_of(cls)))
        Whole(1, VERSION).accept("version", data.pop("version", VERSION))
        return cls.from_json(data)


def _misfits(experiment: Experiment) -> Iterator[ExperimentError]:
    """What does not fit together, one error for each thing."""
    yield from _too_much(experiment)
    yield from _loss_misfits(experiment)
    yield from _optimizer_misfits(experiment.training)
    yield from _missing_parts(experiment)


def _too_much(experiment: Experiment) -> Iterator[ExperimentError]:
    for name, amount, most in (
        (_("the number of parameters"), experiment.n_parameters, MOST_PARAMETERS),
        (_("the number of steps"), experiment.n_steps, MOST_STEPS),
    ):
        if amount > most:
            yield ExperimentError(name, amount, Whole(0, most))


def _loss_misfits(experiment: Experiment) -> Iterator[ExperimentError]:
    """A network that is never trained may have any outputs."""
    outputs, loss = experiment.network.outputs, LOSSES[experiment.training.loss.name]
    classes = experiment.data.classes
    if experiment.training.epochs == 0:
        return
    name = experiment.training.loss.name
    if name == "CrossEntropyLoss" and not 2 <= classes <= outputs:
        sentence = _("another loss here: it needs classes and one output for each class")
        yield ExperimentError("training.loss", name, Because(sentence))
    elif classes > max(outputs, 2) or classes > outputs > 1:
        sentence = _("{classes}, one for each class").format(classes=classes)
        yield ExperimentError("network.outputs", outputs, Because(sentence))
    elif outputs > 1 and classes == 0:
        sentence = _("1, because there is one number to predict")
        yield ExperimentError("network.outputs", outputs, Because(sentence))
    if loss.probabilities and experiment.network.layers[-1].activation.name != "Sigmoid":
        sentence = _("BCEWithLogitsLoss, unless the last activation is Sigmoid")
        yield ExperimentError("training.loss", name, Because(sentence))
    if loss.probabilities and classes == 0:
        sentence = _("a loss for numbers: BCELoss compares with the classes 0 and 1")
        yield ExperimentError("training.loss", name, Because(sentence))


def _optimizer_misfits(training: Training) -> Iterator[ExperimentError]:
    settings = OPTIMIZERS.settings(training.optimizer)
    if settings.get("nesterov") and not (settings["momentum"] > 0 and settings["dampening"] == 0):
        sentence = _("false, unless momentum is above 0 and dampening is 0")
        yield ExperimentError("training.optimizer.nesterov", True, Because(sentence))


def _missing_parts(experiment: Experiment) -> Iterator[ExperimentError]:
    for each in experiment.interventions:
        if each.field == "learning_rate":
            if each.value < 0:
                yield ExperimentError("intervention.value", each.value, Number(0.0, 1e6))
        elif not _exists(each.field, experiment.sizes):
            sizes = ", ".join(map(str, experiment.sizes))
            sentence = _("a part of this network, whose sizes are {sizes}").format(sizes=sizes)
            yield ExperimentError("intervention.field", each.field, Because(sentence))


def _exists(part: str, sizes: tuple[int, ...]) -> bool:
    layer, unit, *source = (int(number) for number in part[1:].split("."))
    return (
        layer < len(sizes) - 1
        and unit < sizes[layer + 1]
        and all(index < sizes[layer] for index in source)
    )
