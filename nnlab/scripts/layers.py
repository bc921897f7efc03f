"""The first tutorial's lines, layer by layer, with today's shapes and values in them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nnlab.experiment import Experiment, Intervention
from nnlab.language import gettext as _
from nnlab.network import begin
from nnlab.registry import Choice
from nnlab.scripts.module import call, sequential

_SIGMOID = """\
def {name}(x):
    return 1 / (1 + torch.exp(-x))
"""


def layers_code(experiment: Experiment, features: Sequence[float]) -> str:
    """The first tutorial's lines for any shape: randn from one seed, torch.mm for each layer.

    `features` is the row that is shown; the experiment's own row is the tutorial's randn. Fits
    experiments whose data and initialiser are "randn". It prints every layer's values.
    """
    sections = (
        "import torch",
        _activations(experiment),
        _drawn(experiment),
        _changed(experiment, features),
        _forward(experiment),
        _as_module(experiment),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _names(experiment: Experiment) -> dict[Choice, str]:
    """Activation -> what the script calls it: the tutorial's name where there is only one."""
    used = list(dict.fromkeys(layer.activation for layer in experiment.network.layers))
    if len(used) == 1:
        return {used[0]: "activation"}
    names = [choice.name.lower() for choice in used]
    return {
        choice: f"{name}{place}" if names.count(name) > 1 else name
        for place, (choice, name) in enumerate(zip(used, names, strict=True), start=1)
    }


def _activations(experiment: Experiment) -> str:
    lines = [
        _SIGMOID.format(name=name)
        if choice.name == "Sigmoid"
        else f"{name} = torch.nn.{call(choice)}\n"
        for choice, name in _names(experiment).items()
    ]
    return "\n".join(lines).rstrip()


def _drawn(experiment: Experiment) -> str:
    sizes = experiment.sizes
    layers = list(enumerate(itertools.pairwise(sizes), start=1))
    return "\n".join(
        (
            f"torch.manual_seed({experiment.seed})",
            f"features = torch.randn((1, {sizes[0]}))",
            *(f"W{place} = torch.randn({n_in}, {n_out})" for place, (n_in, n_out) in layers),
            *(f"B{place} = torch.randn((1, {n_out}))" for place, (_n, n_out) in layers),
        )
    )


def _changed(experiment: Experiment, features: Sequence[float]) -> str:
    """What was set by hand, after all random numbers were drawn."""
    drawn = begin(experiment).samples.x[0].tolist()
    moved = [] if list(features) == drawn else [f"features = torch.tensor([{list(features)}])"]
    return "\n".join(moved + [_assignment(each) for each in experiment.interventions])


def _assignment(edit: Intervention) -> str:
    """An intervention in the script's terms: w0.1.2 is W1[2, 1], b0.1 is B1[0, 1]."""
    layer, unit, *source = edit.field[1:].split(".")
    letter, row = ("W", source[0]) if source else ("B", "0")
    return f"{letter}{int(layer) + 1}[{row}, {unit}] = {edit.value!r}"


def _values(experiment: Experiment) -> list[str]:
    """What each layer's values are called: h (or h1, h2, ...) and at last output."""
    hidden = len(experiment.network.layers) - 1
    names = ["h"] if hidden == 1 else [f"h{place}" for place in range(1, hidden + 1)]
    return [*names, "output"]


def _forward(experiment: Experiment) -> str:
    names, values = _names(experiment), _values(experiment)
    layers = zip(["features", *values], values, experiment.network.layers, strict=False)
    lines = [
        f"{value} = {names[layer.activation]}(torch.mm({before}, W{place}) + B{place})"
        for place, (before, value, layer) in enumerate(layers, start=1)
    ]
    return "\n".join((*lines, *(f"print({value})" for value in values)))


def _as_module(experiment: Experiment) -> str:
    copies = [
        f"    model[{2 * place}].weight.copy_(W{place + 1}.T)\n"
        f"    model[{2 * place}].bias.copy_(B{place + 1}[0])\n"
        for place in range(len(experiment.network.layers))
    ]
    said = _("The same as a module. nn.Linear keeps its weight as (out, in): the transpose.")
    return (
        f"# {said}\n"
        "from torch import nn\n\n"
        f"{sequential(experiment)}\n"
        f"with torch.no_grad():\n{''.join(copies)}"
        "print(model(features))"
    )
