"""A script is an experiment written as the PyTorch program that a person would write: the
tutorial's own lines with today's values in them. It prints the losses on the screen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

from nnlab.datasets import SEED_TARGETS
from nnlab.experiment import Experiment, Layer
from nnlab.language import gettext as _
from nnlab.registry import Choice


def script(experiment: Experiment, style: str = "Sequential") -> str:
    """A program that trains the experiment's network and prints the loss of every step.

    `style` is one of `STYLES`. It covers what the lesson on learning can ask for: the tutorial's
    batch, any layers with nn.Linear's own initialisation, any loss and optimizer.
    """
    parts = (
        "import torch\nimport torch.nn as nn",
        _data(experiment),
        STYLES[style](experiment),
        _criterion(experiment),
        _loop(experiment),
    )
    return "\n\n".join(parts) + "\n"


def _data(experiment: Experiment) -> str:
    targets = ", ".join(f"[{target}]" for target in SEED_TARGETS)
    return (
        f"torch.manual_seed({experiment.seed})\n"
        f"x = torch.randn({experiment.data.n_samples}, {experiment.data.n_features})\n"
        f"y = torch.tensor([{targets}])"
    )


def sequential(experiment: Experiment) -> str:
    """The network as one nn.Sequential."""
    lines = [f"    {line},\n" for line in itertools.chain(*_layers(experiment))]
    return f"model = nn.Sequential(\n{''.join(lines)})"


def subclass(experiment: Experiment) -> str:
    """The same network as a class of its own."""
    made, used = [], []
    for number, (linear, activation) in enumerate(_layers(experiment), start=1):
        made.append(f"        self.linear{number} = {linear}\n")
        made.append(f"        self.activation{number} = {activation}\n")
        used.append(f"        x = self.activation{number}(self.linear{number}(x))\n")
    return (
        "class Network(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        f"{''.join(made)}\n"
        "    def forward(self, x):\n"
        f"{''.join(used)}"
        "        return x\n\n\n"
        "model = Network()"
    )


def _layers(experiment: Experiment) -> list[tuple[str, str]]:
    sizes = itertools.pairwise(experiment.sizes)
    layers: tuple[Layer, ...] = experiment.network.layers
    return [
        (f"nn.Linear({inputs}, {outputs})", f"nn.{_call(layer.activation)}")
        for (inputs, outputs), layer in zip(sizes, layers, strict=True)
    ]


def _call(choice: Choice, *inputs: str) -> str:
    options = dict(choice.options)
    betas = {key: options.pop(key) for key in ("beta1", "beta2") if key in options}
    if betas:
        options["betas"] = (betas.get("beta1", 0.9), betas.get("beta2", 0.999))
    inside = ", ".join([*inputs, *(f"{key}={value!r}" for key, value in options.items())])
    return f"{choice.name}({inside})"


def _criterion(experiment: Experiment) -> str:
    rate = f"lr={experiment.training.learning_rate!r}"
    optimizer = _call(experiment.training.optimizer, "model.parameters()", rate)
    return f"criterion = nn.{_call(experiment.training.loss)}\noptimizer = torch.optim.{optimizer}"


def _loop(experiment: Experiment) -> str:
    full = experiment.steps_per_epoch == 1
    batches = (
        "" if full else f"    for rows in torch.arange(len(x)).split({experiment.batch_size}):\n"
    )
    indent = "    " if full else "        "
    x, y = ("x", "y") if full else ("x[rows]", "y[rows]")
    forgotten = _("forgotten: the gradients add up")
    zero_grad = {
        True: "optimizer.zero_grad()",
        False: f"# optimizer.zero_grad()  # {forgotten}",
    }[experiment.training.zero_grad]
    lines = (
        f"y_pred = model({x})",
        f"loss = criterion(y_pred, {y})",
        "print('epoch: ', epoch, ' loss: ', loss.item())",
        zero_grad,
        "loss.backward()",
        "optimizer.step()",
    )
    body = "\n".join(indent + line for line in lines)
    return f"for epoch in range({experiment.training.epochs}):\n{batches}{body}"


STYLES: Mapping[str, Callable[[Experiment], str]] = MappingProxyType(
    {"Sequential": sequential, "class": subclass}
)
