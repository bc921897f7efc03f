"""The network as a person writes it in PyTorch: one nn.Sequential, or a class of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

from nnlab.experiment import Experiment
from nnlab.registry import Choice


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


STYLES: Mapping[str, Callable[[Experiment], str]] = MappingProxyType(
    {"Sequential": sequential, "class": subclass}
)


def call(choice: Choice, *inputs: str) -> str:
    """PyTorch's own call that makes a chosen thing: `LeakyReLU(negative_slope=0.2)`."""
    options = dict(choice.options)
    betas = {key: options.pop(key) for key in ("beta1", "beta2") if key in options}
    if betas:
        options["betas"] = (betas.get("beta1", 0.9), betas.get("beta2", 0.999))
    inside = ", ".join([*inputs, *(f"{key}={value!r}" for key, value in options.items())])
    return f"{choice.name}({inside})"


def _layers(experiment: Experiment) -> list[tuple[str, str]]:
    sizes = itertools.pairwise(experiment.sizes)
    return [
        (f"nn.Linear({inputs}, {outputs})", f"nn.{call(layer.activation)}")
        for (inputs, outputs), layer in zip(sizes, experiment.network.layers, strict=True)
    ]
