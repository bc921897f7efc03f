"""How the first weights are drawn, as lines of PyTorch, and what is set by hand before the first
step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from torch import Tensor

from nnlab.experiment import Experiment, Intervention
from nnlab.initialisers import INITIALISERS
from nnlab.packed import unpack
from nnlab.parts import is_part
from nnlab.scripts.module import MODULES, part_of
from nnlab.scripts.rows import written
from nnlab.scripts.section import block

DEFAULT = "default"
"""The initialiser that needs no line: nn.Linear draws by itself."""


def _each_layer(weight: str, bias: str) -> tuple[str, ...]:
    return (
        "for layer in model.modules():",
        "    if isinstance(layer, nn.Linear):",
        f"        {weight.format('layer.weight')}",
        f"        {bias.format('layer.bias')}",
    )


_ZEROS = "nn.init.zeros_({})"

INITIAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DEFAULT: (),
        "xavier_uniform": _each_layer("nn.init.xavier_uniform_({})", _ZEROS),
        "xavier_normal": _each_layer("nn.init.xavier_normal_({})", _ZEROS),
        "kaiming_uniform": _each_layer("nn.init.kaiming_uniform_({})", _ZEROS),
        "kaiming_normal": _each_layer("nn.init.kaiming_normal_({})", _ZEROS),
        "normal": _each_layer(*2 * ("nn.init.normal_({}, {{mean!r}}, {{std!r}})",)),
        "uniform": _each_layer(*2 * ("nn.init.uniform_({}, {{low!r}}, {{high!r}})",)),
        "zeros": _each_layer(_ZEROS, _ZEROS),
        "randn": (
            "layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]",
            "with torch.no_grad():",
            "    for layer in layers:",
            "        layer.weight.copy_(torch.randn(layer.in_features, layer.out_features).T)",
            "    for layer in layers:",
            "        layer.bias.copy_(torch.randn(1, layer.out_features)[0])",
        ),
    }
)
"""The lines by the name of the initialiser, with its settings to be filled in."""


def initial(experiment: Experiment) -> tuple[str, ...]:
    """The lines that draw the first weights anew; none where nn.Linear's own draws stand."""
    choice = experiment.network.initialiser
    settings = INITIALISERS.settings(choice)
    if "low" in settings:
        low, high = sorted((settings["low"], settings["high"]))
        settings |= {"low": low, "high": high}
    return tuple(line.format(**settings) for line in INITIAL[choice.name])


def set_by_hand(experiment: Experiment, style: str, step: int) -> tuple[str, ...]:
    """The lines that set parts of the network, or all of it, just before a step."""
    changes = experiment.changes_at.get(step, ())
    lines = (_set(experiment, style, each) for each in changes)
    return block("with torch.no_grad():", itertools.chain(*lines))


def _set(experiment: Experiment, style: str, change: Intervention) -> Iterator[str]:
    if isinstance(change.value, str):
        yield from _all_set(experiment, style, unpack(change.value))
    elif is_part(change.field):
        yield f"{part_of(experiment, style, change.field)} = {change.value!r}"


def _all_set(experiment: Experiment, style: str, numbers: Tensor) -> Iterator[str]:
    """All parameters, then the means and variances that the batch norms keep."""
    yield from written("numbers", list(map(str, numbers.numpy())))
    yield "nn.utils.vector_to_parameters(numbers, model.parameters())"
    place = experiment.n_parameters
    if place == len(numbers):
        return
    for (layer, name), module in MODULES[style](experiment):
        if name == "norm":
            units = experiment.network.layers[layer].units
            for kept in ("running_mean", "running_var"):
                yield f"{module}.{kept}.copy_(numbers[{place}:{place + units}])"
                place += units
