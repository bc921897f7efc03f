"""An experiment is everything that was asked, in one small frozen value: the data, the network,
the training, the seed, and the interventions made on the way. Equal experiments give equal runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

from nnlab import parts
from nnlab.activations import ACTIVATIONS
from nnlab.bounds import MOST_PARAMETERS, MOST_STEPS
from nnlab.data import Data, PointEdit
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext as _
from nnlab.limits import (
    Because,
    Either,
    ExperimentError,
    Flag,
    Many,
    Number,
    Pattern,
    Rule,
    Whole,
)
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.packed import PARAMETERS, Packed, count
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES
from nnlab.spec import Of, Spec, a_dict_of, ruled
from nnlab.timetable import Timetable, timetable

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
MOST_TEXT = 20_000_000
"""Characters of JSON that are read at all."""

_FIELD = rf"learning_rate|l1|l2|batch_size|optimizer|dropout\d{{1,2}}|{PARAMETERS}|{parts.PART}"
_FIELDS = (
    "learning_rate",
    "l1",
    "l2",
    "batch_size",
    "optimizer",
    "dropout0",
    PARAMETERS,
    *parts.EXAMPLES,
)


KeyT = TypeVar("KeyT")


@dataclass(frozen=True)
class Layer(Spec):
    """A linear layer of 1 to 4096 units, its batch norm if it has one, the activation, and the
    share of the units that are dropped at random in training.

    >>> from nnlab import Choice, Layer
    >>> Layer(8, Choice("ReLU"), dropout=0.2).units
    8
    """

    path: ClassVar[str] = "layer"
    units: int = ruled(Whole(1, 4096))
    activation: Choice = ruled(ACTIVATIONS, Choice("Identity"))
    dropout: float = ruled(Number(0.0, 0.95), 0.0)
    batch_norm: bool = ruled(Flag(), False)


@dataclass(frozen=True)
class Network(Spec):
    """Up to 64 layers, the last of which gives the outputs, and how they are initialised.

    >>> from nnlab import Choice, Layer, Network
    >>> Network((Layer(8, Choice("Tanh")), Layer(1))).outputs
    1
    """

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
    order in which they stand or shuffled anew each epoch. Without zero_grad gradients pile up.

    The learning rate follows the schedule. l1 times the sum of |w| and l2 times the sum of w^2,
    over the weights of the linear layers, are added to the loss before backward; the loss that is
    recorded is without them. With patience the training ends when the loss on the held-out rows
    (on the training's own, where none are held out) was not lower for so many epochs.

    >>> from nnlab import Choice, Training
    >>> Training(optimizer=Choice("Adam"), learning_rate=0.01).loss
    Choice(name='MSELoss', options=())
    """

    path: ClassVar[str] = "training"
    loss: Choice = ruled(LOSSES, Choice("MSELoss"))
    optimizer: Choice = ruled(OPTIMIZERS, Choice("SGD"))
    learning_rate: float = ruled(Number(0.0, 1000.0), 0.01)
    epochs: int = ruled(Whole(0, 1_000_000), 50)
    batch_size: int = ruled(Whole(1, 100_000), 100_000)
    shuffle: bool = ruled(Flag(), False)
    zero_grad: bool = ruled(Flag(), True)
    schedule: Choice = ruled(SCHEDULES, Choice("constant"))
    l1: float = ruled(Number(0.0, 10.0), 0.0)
    l2: float = ruled(Number(0.0, 10.0), 0.0)
    patience: int = ruled(Whole(0, 100_000), 0)


_PART_VALUE = Number(-1e6, 1e6)


@dataclass(frozen=True)
class Intervention(Spec):
    """What was changed by hand just before `step`: a setting of the training (learning_rate, l1,
    l2, optimizer; batch_size from the next epoch that begins), the dropout of a layer (dropout0),
    a part of the network (w0.1.2, see `nnlab.parts`), or all parameters at once, as a file brings
    them (parameters, see `nnlab.packed`). The value keeps the rule of its field.

    An optimizer of the same name keeps what it remembers and changes only its settings; one of
    another name begins anew.

    >>> from nnlab import Experiment, Intervention, train
    >>> slower = Intervention(step=20, field="learning_rate", value=0.001)
    >>> plain, changed = train(Experiment()), train(Experiment(interventions=(slower,)))
    >>> plain.losses[20] == changed.losses[20], plain.losses[30] == changed.losses[30]
    (tensor(True), tensor(False))
    """

    path: ClassVar[str] = "intervention"
    step: int = ruled(Whole(0, MOST_STEPS))
    field: str = ruled(Pattern(_FIELD, _FIELDS))
    value: float | Choice | str = ruled(Either((_PART_VALUE, OPTIMIZERS, Packed())))

    def _rule(self, each: Field[Any]) -> Rule:
        return _value_rule(self.field) if each.name == "value" else super()._rule(each)


def _value_rule(changed: str) -> Rule:
    """The rule of the field that an intervention changes."""
    if changed == PARAMETERS:
        return Packed()
    if parts.is_part(changed):
        return _PART_VALUE
    spec: type[Spec] = Layer if changed.startswith("dropout") else Training
    name = changed.rstrip("0123456789") if spec is Layer else changed
    (rule,) = (each.metadata["rule"] for each in fields(spec) if each.name == name)
    return cast(Rule, rule)


@dataclass(frozen=True)
class Experiment(Spec):
    """Everything on the screen is a pure function of this value.

    Raises ExperimentError when the parts do not fit each other: too many parameters or steps, a
    loss that can't compare these outputs with these targets, a changed weight that isn't there.

    >>> from nnlab import Experiment, Training
    >>> experiment = Experiment(training=Training(epochs=10), seed=1)
    >>> Experiment.loads(experiment.dumps()) == experiment
    True
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

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the units of every layer."""
        return (self.data.n_features, *(layer.units for layer in self.network.layers))

    @property
    def norms(self) -> tuple[bool, ...]:
        """Which layers have a batch norm."""
        return tuple(layer.batch_norm for layer in self.network.layers)

    @cached_property
    def n_parameters(self) -> int:
        return parts.blocks(self.sizes, self.norms)[-1].end

    @property
    def n_buffers(self) -> int:
        """Numbers that a batch norm keeps without learning them: a mean and a variance a unit."""
        return sum(2 * layer.units for layer in self.network.layers if layer.batch_norm)

    @cached_property
    def timetable(self) -> Timetable:
        """Which step is in which epoch."""
        sizes = [(each.step, each.value) for each in self.changes_of.get("batch_size", ())]
        return timetable(self.data.n_samples, self.training.batch_size, cast(Any, sizes))

    @cached_property
    def changes_at(self) -> Mapping[int, tuple[Intervention, ...]]:
        """The interventions by their step."""
        return _grouped(self.interventions, lambda each: each.step)

    @cached_property
    def changes_of(self) -> Mapping[str, tuple[Intervention, ...]]:
        """The interventions by their field, in the order of their steps."""
        return _grouped(self.interventions, lambda each: each.field)

    @property
    def batch_size(self) -> int:
        """Rows in a full batch of the first epoch: never more than there are."""
        return self.timetable.stretches[0].batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Steps in the first epoch; the timetable knows of later ones."""
        return self.timetable.stretches[0].steps_per_epoch

    @property
    def n_steps(self) -> int:
        return self.timetable.step_of(self.training.epochs)

    def dumps(self) -> str:
        """This experiment as JSON text with its version."""
        return json.dumps({"version": VERSION, **self.to_json()}, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str) -> Experiment:
        """Read JSON text. Raises ExperimentError for anything that is not an experiment.

        Where a step to look `at` stands in it too (see `nnlab.files.saved`), it is left out.
        """
        Whole(1, MOST_TEXT).accept(_("the length of the experiment"), len(text))
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise ExperimentError("experiment", text, Because(a_dict_of(cls))) from None
        if not isinstance(data, dict):
            raise ExperimentError("experiment", data, Because(a_dict_of(cls)))
        Whole(1, VERSION).accept("version", data.pop("version", VERSION))
        data.pop("at", None)
        return cls.from_json(data)


def _grouped(
    interventions: tuple[Intervention, ...], key: Callable[[Intervention], KeyT]
) -> Mapping[KeyT, tuple[Intervention, ...]]:
    groups: dict[KeyT, list[Intervention]] = {}
    for each in interventions:
        groups.setdefault(key(each), []).append(each)
    return {name: tuple(group) for name, group in groups.items()}


def _misfits(experiment: Experiment) -> Iterator[ExperimentError]:
    """What does not fit together, one error for each thing."""
    yield from _too_much(experiment)
    yield from _loss_misfits(experiment)
    yield from _last_layer_misfits(experiment.network.layers[-1])
    yield from _lonely_rows(experiment)
    for optimizer in (experiment.training.optimizer, *_later_optimizers(experiment)):
        yield from _optimizer_misfits(optimizer)
    yield from _missing_parts(experiment)
    yield from _wrong_counts(experiment)


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


def _last_layer_misfits(last: Layer) -> Iterator[ExperimentError]:
    """The last layer gives the outputs: nothing of them may be dropped or rescaled."""
    for name, value, nothing in (
        ("dropout", last.dropout, _("0 in the last layer, which gives the outputs")),
        ("batch_norm", last.batch_norm, _("false in the last layer, which gives the outputs")),
    ):
        if value:
            yield ExperimentError(f"layer.{name}", value, Because(nothing))


def _lonely_rows(experiment: Experiment) -> Iterator[ExperimentError]:
    """A batch norm compares the rows of a batch with each other."""
    rows = experiment.data.n_samples
    for size in (each.batch_size for each in experiment.timetable.stretches):
        if any(experiment.norms) and (size == 1 or rows % size == 1):
            sentence = _(
                "false, because {rows} rows in batches of {size} leave a batch of a single row"
            ).format(rows=rows, size=size)
            yield ExperimentError("layer.batch_norm", True, Because(sentence))


def _later_optimizers(experiment: Experiment) -> Iterator[Choice]:
    for each in experiment.changes_of.get("optimizer", ()):
        if isinstance(each.value, Choice):
            yield each.value


def _optimizer_misfits(optimizer: Choice) -> Iterator[ExperimentError]:
    settings = OPTIMIZERS.settings(optimizer)
    if settings.get("nesterov") and not (settings["momentum"] > 0 and settings["dampening"] == 0):
        sentence = _("false, unless momentum is above 0 and dampening is 0")
        yield ExperimentError("training.optimizer.nesterov", True, Because(sentence))


def _missing_parts(experiment: Experiment) -> Iterator[ExperimentError]:
    last = len(experiment.network.layers) - 1
    for each in experiment.interventions:
        if parts.is_part(each.field):
            if not parts.exists(each.field, experiment.sizes, experiment.norms):
                sizes = ", ".join(map(str, experiment.sizes))
                sentence = _("a part of this network, whose sizes are {sizes}").format(sizes=sizes)
                yield ExperimentError("intervention.field", each.field, Because(sentence))
        elif each.field.startswith("dropout") and int(each.field.removeprefix("dropout")) >= last:
            sentence = _("the dropout of a hidden layer, of which there are {count}")
            allowed = Because(sentence.format(count=last))
            yield ExperimentError("intervention.field", each.field, allowed)


def _wrong_counts(experiment: Experiment) -> Iterator[ExperimentError]:
    """All parameters are set, and what the batch norms keep may be set with them."""
    counts = (experiment.n_parameters, experiment.n_parameters + experiment.n_buffers)
    for each in experiment.changes_of.get(PARAMETERS, ()):
        if isinstance(each.value, str) and count(each.value) not in counts:
            sentence = _("{count}, as many as this network has").format(count=counts[0])
            name = _("the number of parameters that are set")
            yield ExperimentError(name, count(each.value), Because(sentence))
