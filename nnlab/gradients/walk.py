"""A walk goes through one step of the loop scalar by scalar: every sum, activation, loss term and
derivative in the order in which it is computed, each with the numbers that it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.arithmetic import bracketed, number
from nnlab.experiment import Experiment
from nnlab.gradients.chain_rule import BackwardPass, LayerBackward
from nnlab.gradients.wording import WORDINGS, filled
from nnlab.language import gettext as _
from nnlab.network import build
from nnlab.optimizers import OPTIMIZERS

LOSS = "L"
"""The id of the loss in pictures; other parts are x0, u0.1, b0.1 and w0.1.2 as everywhere."""

Names = Sequence[Sequence[str]]
"""What inputs and units are called, column by column."""
_Factors = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Operation:
    """One scalar being computed.

    `step` is one of STEPS; `kind` and `layer` say by which code line (layer -1: by the line of the
    step itself); `part` is the part of the network that it is about; `symbol` = `rule` is the
    calculation in symbols. Where it is a sum of products, `terms` are the products' factors, and
    `value` is their sum; else `written` is the calculation in numbers.
    """

    step: str
    kind: str
    layer: int
    part: str
    symbol: str
    rule: str
    value: float
    terms: _Factors = ()
    written: str = ""

    @property
    def worked(self) -> str:
        """The calculation with today's numbers."""
        return self.written or " + ".join(" × ".join(map(bracketed, term)) for term in self.terms)


@dataclass(frozen=True)
class Walk:
    """The operations of one step, told for one row of its batch. What belongs to a parameter is
    summed over all rows."""

    operations: tuple[Operation, ...]

    def __len__(self) -> int:
        return len(self.operations)

    def first(self, step: str) -> int:
        """Where a step of the loop begins."""
        return next(place for place, each in enumerate(self.operations) if each.step == step)

    def about(self, part: str, step: str) -> int | None:
        """Where the last scalar of a part is computed in a step of the loop, if there is one: of a
        unit its activation, or its dL/dz."""
        pairs = enumerate(self.operations)
        found = [place for place, each in pairs if (each.part, each.step) == (part, step)]
        return found[-1] if found else None

    def known(self, at: int) -> dict[tuple[str, str], float]:
        """(kind, part) -> the values computed up to and with operation `at`."""
        return {(each.kind, each.part): each.value for each in self.operations[: at + 1]}


def walk(told: BackwardPass, row: int, names: Names) -> Walk:
    """Tell a backward pass for one of its rows."""
    return Walk(
        (
            Operation("zero_grad", "zero", -1, "", ".grad", "None", 0.0, written="None"),
            *_forward(told, row, names),
            *_loss(told, row),
            *_backward(told, row, names),
            *_updates(told, names),
        )
    )


def _forward(told: BackwardPass, row: int, names: Names) -> Iterator[Operation]:
    for place, each in enumerate(told.layers):
        layer, xs = each.forward, names[place]
        weighted = " + ".join(f"w({x}) × {x}" for x in xs)
        sums, activations = layer.pre_activation[row].tolist(), layer.activation[row].tolist()
        biases = layer.bias.tolist()
        for unit, name in enumerate(names[place + 1]):
            pairs = zip(layer.weight[unit].tolist(), layer.input[row].tolist(), strict=True)
            symbol, rule, terms = f"z({name})", f"{weighted} + b", (*pairs, (biases[unit],))
            part, z = f"u{place}.{unit}", sums[unit]
            yield Operation("forward", "z", place, part, symbol, rule, z, terms)
        for unit, name in enumerate(names[place + 1]):
            part, rule, a = f"u{place}.{unit}", f"{layer.name}(z({name}))", activations[unit]
            worked = f"{layer.name}({number(sums[unit])})"
            yield Operation("forward", "a", place, part, name, rule, a, written=worked)


def _loss(told: BackwardPass, row: int) -> Iterator[Operation]:
    """The row's terms, then the mean over the terms of all rows."""
    wording = WORDINGS[told.experiment.training.loss.name]
    compared = wording.compared(told.prediction[row]).tolist()
    target, count = told.target[row], told.terms.numel()
    pairs = list(zip(compared, target.tolist(), strict=True)) if target.dim() else []
    pairs = pairs or [(compared[int(target)], 1.0)]
    for (p, y), value in zip(pairs, told.terms[row].flatten().tolist(), strict=True):
        symbol, worked = _("term of this row"), filled(wording.term_numbers, p, y, count)
        yield Operation("loss", "term", -1, LOSS, symbol, wording.term, value, written=worked)
    shares = tuple((1 / count, value) for value in told.terms.flatten().tolist())
    rule = _("mean of the terms of all rows")
    yield Operation("loss", "loss", -1, LOSS, "L", rule, told.loss, shares)


def _backward(told: BackwardPass, row: int, names: Names) -> Iterator[Operation]:
    yield from _into_outputs(told, row, names[-1])
    for place in reversed(range(len(told.layers))):
        layer = told.layers[place]
        yield from _into_units(layer, place, row, names[place + 1])
        yield from _into_weights(layer, place, names)
        yield from _into_biases(layer, place, names[place + 1])
        if place > 0:
            yield from _into_inputs(layer, place, row, names)


def _into_outputs(told: BackwardPass, row: int, names: Sequence[str]) -> Iterator[Operation]:
    """Where it begins: the loss's own derivative with respect to each output."""
    wording, last = WORDINGS[told.experiment.training.loss.name], len(told.layers) - 1
    compared, target = wording.compared(told.prediction[row]).tolist(), told.target[row]
    count, values = told.terms.numel(), told.d_prediction[row].tolist()
    for unit, name in enumerate(names):
        y = target[unit].item() if target.dim() else float(target == unit)
        worked = filled(wording.derivative_numbers, compared[unit], y, count)
        part, symbol = f"u{last}.{unit}", f"dL/d{name}"
        rule = wording.derivative
        yield Operation("backward", "da", last, part, symbol, rule, values[unit], written=worked)


def _into_units(
    layer: LayerBackward, place: int, row: int, names: Sequence[str]
) -> Iterator[Operation]:
    """The local derivative of each unit, then upstream times local."""
    function, sums = layer.forward.name, layer.forward.pre_activation[row].tolist()
    slopes, upstream = layer.local[row].tolist(), layer.upstream[row].tolist()
    for unit, name in enumerate(names):
        part, symbol, rule = f"u{place}.{unit}", f"d{name}/dz", f"{function}'(z({name}))"
        worked = f"{function}'({number(sums[unit])})"
        yield Operation(
            "backward", "slope", place, part, symbol, rule, slopes[unit], written=worked
        )
    for unit, name in enumerate(names):
        part, symbol = f"u{place}.{unit}", f"dL/dz({name})"
        rule, value = f"dL/d{name} × d{name}/dz", layer.d_pre_activation[row, unit].item()
        terms = ((upstream[unit], slopes[unit]),)
        yield Operation("backward", "dz", place, part, symbol, rule, value, terms)


def _into_weights(layer: LayerBackward, place: int, names: Names) -> Iterator[Operation]:
    """dL/dw: what the unit's sum passes down times what came in, summed over the rows."""
    inputs, gradients = layer.forward.input.T.tolist(), layer.d_weight.tolist()
    for unit, name in enumerate(names[place + 1]):
        d_z = layer.d_pre_activation[:, unit].tolist()
        for source, x in enumerate(names[place]):
            part, symbol = f"w{place}.{unit}.{source}", f"dL/dw({x}→{name})"
            rule = _over_rows(f"dL/dz({name}) × {x}", len(d_z))
            value, terms = gradients[unit][source], tuple(zip(d_z, inputs[source], strict=True))
            yield Operation("backward", "dw", place, part, symbol, rule, value, terms)


def _into_biases(layer: LayerBackward, place: int, names: Sequence[str]) -> Iterator[Operation]:
    """dL/db: the same with an input of 1."""
    for unit, (name, value) in enumerate(zip(names, layer.d_bias.tolist(), strict=True)):
        terms = tuple((each,) for each in layer.d_pre_activation[:, unit].tolist())
        rule = _over_rows(f"dL/dz({name})", len(terms))
        part, symbol = f"b{place}.{unit}", f"dL/db({name})"
        yield Operation("backward", "db", place, part, symbol, rule, value, terms)


def _into_inputs(layer: LayerBackward, place: int, row: int, names: Names) -> Iterator[Operation]:
    """dL/dx of a layer, which is dL/da of the one before it: a sum over the units that x feeds."""
    d_z, values = layer.d_pre_activation[row].tolist(), layer.d_input[row].tolist()
    for source, x in enumerate(names[place]):
        weights = layer.forward.weight[:, source].tolist()
        rule = " + ".join(f"dL/dz({name}) × w({x}→{name})" for name in names[place + 1])
        part, terms = f"u{place - 1}.{source}", tuple(zip(d_z, weights, strict=True))
        value = values[source]
        yield Operation("backward", "da", place - 1, part, f"dL/d{x}", rule, value, terms)


def _updates(told: BackwardPass, names: Names) -> Iterator[Operation]:
    """What plain SGD makes of each parameter, in the order of `module.parameters()`."""
    rate = told.experiment.training.learning_rate
    after = iter(updated(told.experiment, told.gradient).tolist())
    for place, layer in enumerate(told.layers):
        for part, name, old, gradient in _parameters(layer, place, names):
            worked = f"{number(old)} - {number(rate)} × {bracketed(gradient)}"
            rule = _("{name} - learning rate × its gradient").format(name=name)
            terms = ((1.0, old), (-rate, gradient))
            yield Operation("step", "update", -1, part, name, rule, next(after), terms, worked)


def _parameters(
    layer: LayerBackward, place: int, names: Names
) -> Iterator[tuple[str, str, float, float]]:
    """(part, symbol, value, gradient) of a layer's weights, then of its biases."""
    weight, gradient = layer.forward.weight.tolist(), layer.d_weight.tolist()
    for unit, name in enumerate(names[place + 1]):
        for source, x in enumerate(names[place]):
            part, symbol = f"w{place}.{unit}.{source}", f"w({x}→{name})"
            yield part, symbol, weight[unit][source], gradient[unit][source]
    for unit, name in enumerate(names[place + 1]):
        bias, d_bias = layer.forward.bias[unit].item(), layer.d_bias[unit].item()
        yield f"b{place}.{unit}", f"b({name})", bias, d_bias


def updated(experiment: Experiment, gradient: Tensor) -> Tensor:
    """The parameters [P] after one step of the experiment's own torch optimizer along a gradient
    [P]."""
    training = experiment.training
    flat = torch.nn.utils.parameters_to_vector(build(experiment).parameters())
    parameters = flat.detach().clone().requires_grad_()
    parameters.grad = gradient
    OPTIMIZERS.make(training.optimizer, [parameters], training.learning_rate).step()
    return parameters.detach()


def _over_rows(rule: str, rows: int) -> str:
    return rule if rows == 1 else _("sum over rows: {rule}").format(rule=rule)
