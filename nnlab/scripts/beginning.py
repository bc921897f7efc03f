"""How the first weights are drawn, as lines of PyTorch, and what is set by hand before the first
step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.experiment import Experiment
from nnlab.initialisers import INITIALISERS
from nnlab.parts import is_part
from nnlab.scripts.module import part_of
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
    """The lines that set parts of the network just before a step."""
    return block(
        "with torch.no_grad():",
        (
            f"{part_of(experiment, style, each.field)} = {each.value!r}"
            for each in experiment.changes_at.get(step, ())
            if is_part(each.field)
        ),
    )
