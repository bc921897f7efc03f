"""One step of the loop as a program: first by autograd, then the same gradients by hand, line by
line as the lesson on gradients walks through them."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment
from nnlab.gradients.activations import DERIVATIVES
from nnlab.gradients.losses import LOSS_DERIVATIVES
from nnlab.gradients.walk import Operation
from nnlab.language import gettext as _
from nnlab.losses import LOSSES
from nnlab.network import build, linear_layers
from nnlab.scripts.module import call, sequential
from nnlab.training import batch


@dataclass(frozen=True)
class Line:
    """A line of the program and the operations that it computes: those of a step, of these kinds
    and of a layer (-1: any). `inner` lines are what PyTorch does inside the line above them."""

    text: str
    step: str
    kinds: tuple[str, ...] = ()
    layer: int = -1
    inner: bool = False

    def computes(self, operation: Operation) -> bool:
        same = (self.step, self.layer) == (operation.step, operation.layer)
        return same and operation.kind in self.kinds


def listing(experiment: Experiment) -> tuple[Line, ...]:
    """The five lines of the loop, and under forward and backward what they do inside."""
    return (
        Line("optimizer.zero_grad()", "zero_grad", ("zero",)),
        Line("y_pred = model(x)", "forward"),
        *_forward(experiment),
        Line("loss = criterion(y_pred, y)", "loss", ("term", "loss")),
        Line("loss.backward()", "backward"),
        *_backward(experiment),
        Line("optimizer.step()", "step", ("update",)),
    )


def script(experiment: Experiment) -> str:
    """A program that prints every gradient twice, by autograd and by hand, then the parameters
    after the step. It fits networks of Linear layers and activations, and any loss."""
    outer = [line.text for line in listing(experiment) if not line.inner]
    parts = (
        "\n".join(("import math",) * _needs_math(experiment) + ("import torch",))
        + "\nfrom torch import Tensor, nn",
        "\n".join(_derivatives(experiment)),
        _rows(experiment),
        _network(experiment),
        "\n".join(outer[:-1]),
        _print_all("parameter.grad"),
        _by_hand(experiment),
        f"{outer[-1]}\n{_print_all('parameter')}",
    )
    return "\n\n".join(parts) + "\n"


def _print_all(what: str) -> str:
    return f"for name, parameter in model.named_parameters():\n    print(name, {what}.tolist())"


def _forward(experiment: Experiment) -> Iterator[Line]:
    for place in range(len(experiment.network.layers)):
        layer, x = place + 1, f"a{place}" if place else "x"
        text = f"z{layer} = {x} @ W{layer}.T + b{layer}"
        yield Line(text, "forward", ("z",), place, inner=True)
        text = f"a{layer} = model[{2 * place + 1}](z{layer})"
        yield Line(text, "forward", ("a",), place, inner=True)


def _backward(experiment: Experiment) -> Iterator[Line]:
    layers, training = experiment.network.layers, experiment.training
    last = len(layers)
    function = LOSS_DERIVATIVES[training.loss.name].of
    text = f"da{last} = {_call(function, f'a{last}, y', LOSSES.settings(training.loss))}"
    yield Line(text, "backward", ("da",), last - 1, inner=True)
    for place in reversed(range(last)):
        n, x, activation = place + 1, f"a{place}" if place else "x", layers[place].activation
        function = DERIVATIVES[activation.name].of
        slope = _call(function, f"z{n}", ACTIVATIONS.settings(activation))
        for text, kind in (
            (f"f{n} = {slope}", "slope"),
            (f"dz{n} = da{n} * f{n}", "dz"),
            (f"dW{n} = dz{n}.T @ {x}", "dw"),
            (f"db{n} = dz{n}.sum(0)", "db"),
        ):
            yield Line(text, "backward", (kind,), place, inner=True)
        if place > 0:
            yield Line(f"da{place} = dz{n} @ W{n}", "backward", ("da",), place - 1, inner=True)


def _call(function: Any, inputs: str, settings: dict[str, Any]) -> str:
    given = "".join(f", {name}={value!r}" for name, value in settings.items())
    return f"{function.__name__}({inputs}{given})"


def _derivatives(experiment: Experiment) -> Iterator[str]:
    """The sources of the derivatives that this network needs, each once."""
    names = dict.fromkeys(layer.activation.name for layer in experiment.network.layers)
    functions = [DERIVATIVES[name].of for name in names]
    for function in (*functions, LOSS_DERIVATIVES[experiment.training.loss.name].of):
        yield f"\n{inspect.getsource(function)}"


def _needs_math(experiment: Experiment) -> bool:
    return any("math." in source for source in _derivatives(experiment))


def _rows(experiment: Experiment) -> str:
    rows = batch(experiment, 0)
    form = LOSSES[experiment.training.loss.name].target
    target = form(rows.y, experiment.network.outputs)
    return f"x = torch.tensor({rows.x.tolist()})\ny = torch.tensor({target.tolist()})"


def _network(experiment: Experiment) -> str:
    training = experiment.training
    values = [
        f"    model[{2 * place}].weight.copy_(torch.tensor({layer.weight.tolist()}))\n"
        f"    model[{2 * place}].bias.copy_(torch.tensor({layer.bias.tolist()}))\n"
        for place, layer in enumerate(linear_layers(build(experiment)))
    ]
    optimizer = call(training.optimizer, "model.parameters()", f"lr={training.learning_rate!r}")
    return (
        f"{sequential(experiment)}\nwith torch.no_grad():\n{''.join(values)}"
        f"criterion = nn.{call(training.loss)}\noptimizer = torch.optim.{optimizer}"
    )


def _by_hand(experiment: Experiment) -> str:
    count = len(experiment.network.layers)
    lines = [
        f"W{n}, b{n} = model[{2 * n - 2}].weight, model[{2 * n - 2}].bias"
        for n in range(1, count + 1)
    ]
    lines += [line.text for line in listing(experiment) if line.inner]
    lines += [
        f'print("{2 * place}.{name}", {letter}{place + 1}.tolist())'
        for place, (name, letter) in itertools.product(
            range(count), (("weight", "dW"), ("bias", "db"))
        )
    ]
    body = "\n".join(f"    {line}" for line in lines)
    return "# " + _("The same by hand") + f"\nwith torch.no_grad():\n{body}"
