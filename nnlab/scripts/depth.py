"""The size of activations and gradients by layer as a PyTorch program."""

from __future__ import annotations

from itertools import groupby

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.registry import Choice
from nnlab.scripts.module import call, sequential

_DATA = """\
import torch
import torch.nn as nn
from sklearn.datasets import load_digits

torch.manual_seed({seed})
x, y = load_digits(return_X_y=True)
rows = torch.randperm(len(x))[{held_out}:].sort().values
x, y = torch.from_numpy(x)[rows].float().double(), torch.from_numpy(y)[rows]
std = x.std(0, unbiased=False)
x = ((x - x.mean(0)) / torch.where(std == 0, 1.0, std)).float()"""

_MANY = 3
"""So many layers that are alike are folded into one line."""

_REDRAW = """\
torch.set_rng_state(state)  # {said}
for layer in model:
    if isinstance(layer, nn.Linear):
        {weight}
        {bias}"""

_CRITERION = "criterion = nn.{loss}"

_TRAIN = """\
optimizer = torch.optim.{optimizer}
for step in range({steps}):
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()"""

_MEASURE = """\
values, activations = x, []
for layer in model:
    values = layer(values)
    if not isinstance(layer, nn.Linear):
        activations.append(values)
        values.retain_grad()
loss = criterion(activations[-1], y)
model.zero_grad()
loss.backward()
print('loss:', loss.item())
linears = [layer for layer in model if isinstance(layer, nn.Linear)]
for number, (a, linear) in enumerate(zip(activations, linears), start=1):
    by_row = a.std(0, unbiased=False).square().mean().sqrt()
    size = linear.weight.grad.square().mean().sqrt()
    print(number, a.std(unbiased=False).item(), by_row.item(), size.item())"""


def script(experiment: Experiment, steps: int) -> str:
    """A program that prints, after so many steps of training, the loss and by layer the standard
    deviation of the activations, what of it goes from row to row, and the root mean square of the
    weights' gradients."""
    training = experiment.training
    optimizer = call(training.optimizer, "model.parameters()", f"lr={training.learning_rate!r}")
    parts = (
        _DATA.format(seed=experiment.seed, held_out=experiment.data.n_test),
        f"state = torch.get_rng_state()\n{_folded(sequential(experiment))}",
        _initialise(experiment.network.initialiser),
        _CRITERION.format(loss=call(training.loss)),
        *[_TRAIN.format(optimizer=optimizer, steps=steps)] * (steps > 0),
        _MEASURE,
    )
    return "\n\n".join(parts) + "\n"


def _folded(lines: str) -> str:
    """Layers that are alike as one line, which makes them in the same order."""
    first, *inner, last = lines.splitlines()
    pairs = zip(inner[::2], inner[1::2], strict=True)
    return "\n".join(
        [first, *(_line(pair, len(list(alike))) for pair, alike in groupby(pairs)), last]
    )


def _line(pair: tuple[str, str], count: int) -> str:
    if count < _MANY:
        return "\n".join(pair * count)
    linear, bend = (line.strip().rstrip(",") for line in pair)
    return f"    *(part for _ in range({count}) for part in ({linear}, {bend})),"


def _initialise(choice: Choice) -> str:
    """The lines that draw the first weights anew; options that are not named are PyTorch's."""
    if choice.name == "default":
        return "# " + _("nn.Linear draws its own weights and biases: uniform within 1/sqrt(inputs)")
    options = {"mean": 0.0, "std": 1.0, "low": 0.0, "high": 1.0} | dict(choice.options)
    low, high = sorted((options["low"], options["high"]))
    drawn = {
        "normal": f"nn.init.normal_({{}}, {options['mean']!r}, {options['std']!r})",
        "uniform": f"nn.init.uniform_({{}}, {low!r}, {high!r})",
        "zeros": "nn.init.zeros_({})",
    }
    both = drawn.get(choice.name)
    weight = (both or f"nn.init.{choice.name}_({{}})").format("layer.weight")
    bias = (both or "nn.init.zeros_({})").format("layer.bias")
    said = _("what nn.Linear has drawn is thrown away")
    return _REDRAW.format(said=said, weight=weight, bias=bias)
