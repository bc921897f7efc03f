"""The network as a person writes it in PyTorch: one nn.Sequential, or a class of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from nnlab.experiment import Experiment, Layer
from nnlab.parts import read
from nnlab.registry import Choice
from nnlab.settings import dropouts_at


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


def _by_place(experiment: Experiment) -> Iterator[tuple[tuple[int, str], str]]:
    """As nn.Sequential numbers them."""
    names = [(n, name) for n, modules in enumerate(_layers(experiment)) for name in modules]
    yield from ((each, f"model[{place}]") for place, each in enumerate(names))


def _by_name(experiment: Experiment) -> Iterator[tuple[tuple[int, str], str]]:
    """As the class names them."""
    for number, modules in enumerate(_layers(experiment)):
        yield from (((number, name), f"model.{name}{number + 1}") for name in modules)


MODULES: Mapping[str, Callable[[Experiment], Iterator[tuple[tuple[int, str], str]]]] = (
    MappingProxyType({"Sequential": _by_place, "class": _by_name})
)
"""How each module is called, from (layer, "linear" | "norm" | "activation" | "dropout")."""

_OWNERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "w": ("linear", "weight"),
        "b": ("linear", "bias"),
        "gamma": ("norm", "weight"),
        "beta": ("norm", "bias"),
    }
)


def part_of(experiment: Experiment, style: str, part: str) -> str:
    """What a part is called: w0.1.2 is `model[0].weight[1, 2]` in a Sequential."""
    kind, layer, place = read(part)
    owner, parameter = _OWNERS[kind]
    module = dict(MODULES[style](experiment))[layer, owner]
    return f"{module}.{parameter}[{', '.join(map(str, place))}]"


def dropout_of(experiment: Experiment, style: str, layer: int) -> str:
    """What the share that a layer drops is called: `model[2].p` in a Sequential."""
    return f"{dict(MODULES[style](experiment))[layer, 'dropout']}.p"


def call(choice: Choice, *inputs: str) -> str:
    """PyTorch's own call that makes a chosen thing: `LeakyReLU(negative_slope=0.2)`."""
    options = dict(choice.options)
    betas = {key: options.pop(key) for key in ("beta1", "beta2") if key in options}
    if betas:
        options["betas"] = (betas.get("beta1", 0.9), betas.get("beta2", 0.999))
    inside = ", ".join([*inputs, *(f"{key}={value!r}" for key, value in options.items())])
    return f"{choice.name}({inside})"


def _layers(experiment: Experiment) -> list[dict[str, str]]:
    """The modules of each layer by what they do, in the order in which they compute. A dropout
    stands also where one is only switched on later."""
    sizes, shares = itertools.pairwise(experiment.sizes), dropouts_at(experiment, 0)
    found = []
    for place, ((inputs, _units), layer) in enumerate(
        zip(sizes, experiment.network.layers, strict=True)
    ):
        modules = _modules(inputs, layer)
        if layer.dropout or f"dropout{place}" in experiment.changes_of:
            modules["dropout"] = f"nn.Dropout({shares[place]!r})"
        found.append(modules)
    return found


def _modules(inputs: int, layer: Layer) -> dict[str, str]:
    modules = {"linear": f"nn.Linear({inputs}, {layer.units})"}
    if layer.batch_norm:
        modules["norm"] = f"nn.BatchNorm1d({layer.units})"
    modules["activation"] = f"nn.{call(layer.activation)}"
    return modules
