"""The network as a person writes it in PyTorch: one nn.Sequential, or a class of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

from nnlab.experiment import Experiment, Layer
from nnlab.registry import Choice


def sequential(experiment: Experiment) -> str:
    """The network as one nn.Sequential."""
    modules = itertools.chain(*(each.values() for each in _layers(experiment)))
    lines = [f"    {module},\n" for module in modules]
    return f"model = nn.Sequential(\n{''.join(lines)})"


def subclass(experiment: Experiment) -> str:
    """The same network as a class of its own."""
    made, used = [], []
    for number, modules in enumerate(_layers(experiment), start=1):
        value = "x"
        for name, module in modules.items():
            made.append(f"        self.{name}{number} = {module}\n")
            value = f"self.{name}{number}({value})"
        used.append(f"        x = {value}\n")
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


def _layers(experiment: Experiment) -> list[dict[str, str]]:
    """The modules of each layer by what they do, in the order in which they compute."""
    sizes = itertools.pairwise(experiment.sizes)
    pairs = zip(sizes, experiment.network.layers, strict=True)
    return [_modules(inputs, layer) for (inputs, _units), layer in pairs]


def _modules(inputs: int, layer: Layer) -> dict[str, str]:
    modules = {"linear": f"nn.Linear({inputs}, {layer.units})"}
    if layer.batch_norm:
        modules["norm"] = f"nn.BatchNorm1d({layer.units})"
    modules["activation"] = f"nn.{call(layer.activation)}"
    if layer.dropout:
        modules["dropout"] = f"nn.Dropout({layer.dropout!r})"
    return modules
