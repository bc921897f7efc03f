"""One's own network as a line of modules, which is drawn as it is typed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from nnlab.blueprint import MOST_CHARACTERS, Blueprint, BlueprintError, read
from nnlab.experiment import Data, Experiment, Training
from nnlab.features import FEATURES
from nnlab.figures.drawing import draw_trace
from nnlab.figures.network import diagram
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError, Whole
from nnlab.network import begin, trace
from nnlab.permalink import to_text
from nnlab.registry import Choice
from nnlab.sandbox.portrait import portrait
from nnlab.scripts.module import sequential
from nnlab.ui import lesson
from nnlab.ui.lessons.module_stations import show_stations
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import EXPERIMENT, START
from nnlab.ui.view import view

LINE = "Linear(2, 8) -> ReLU -> Linear(8, 1)"
WANTED = 37
"""Parameters that a network of the task has to have."""
SEED = 7


def write_line() -> None:
    """The line, and the network that it is or what is wrong with it."""
    text = st.text_area(
        _("The network, module by module"),
        LINE,
        key="module_line",
        bind="query-params",
        height=80,
        max_chars=MOST_CHARACTERS,
        help=_(
            "Linear, BatchNorm1d, an activation, Dropout: with -> or commas between them, or "
            "pasted as nn.Sequential(...) or as PyTorch prints it."
        ),
    )
    try:
        drawn = _drawn(read(text or ""))
    except BlueprintError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        st.code(error.line, language=None)
        return
    except ExperimentError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    _show_line(drawn)


def _drawn(blueprint: Blueprint) -> Experiment:
    """An experiment with this network that is only looked at. Raises ExperimentError."""
    source = Choice("randn", (("n_features", blueprint.inputs), ("n_samples", 8)))
    return Experiment(Data(source), blueprint.network, Training(epochs=0), SEED)


def _show_line(drawn: Experiment) -> None:
    beginning = begin(drawn)
    seen = portrait(beginning.module, beginning.samples.x)
    view(
        diagram(draw_trace(trace(beginning.module.eval(), beginning.samples.x))),
        key="module_diagram",
        alt=_("The network with a value in every unit, for one row of random inputs."),
    )
    show_stations(seen)
    _playground(drawn)
    lesson.task(
        _("Write a network with 2 inputs, 1 output and exactly {count} parameters.").format(
            count=WANTED
        ),
        _("Each hidden unit costs its weights, its bias, and a weight in the next layer."),
        done=seen.parameters == WANTED and drawn.sizes[0] == 2 and drawn.sizes[-1] == 1,
    )
    lesson.numbers(_sum(drawn))
    lesson.formula(r"P = \sum_{l} \left( n_{l-1} \, n_l + n_l \right)")
    lesson.code(_counting(drawn))


def _sum(drawn: Experiment) -> str:
    """The count of the parameters, written out."""
    terms = []
    for place, layer in enumerate(drawn.network.layers):
        terms.append(f"{drawn.sizes[place]} × {layer.units} + {layer.units}")
        terms += [f"2 × {layer.units}"] * layer.batch_norm
    said = " + ".join(f"({term})" for term in terms)
    return f"```\n{said} = {drawn.n_parameters}\n```"


def _counting(drawn: Experiment) -> str:
    return (
        "import torch.nn as nn\n\n"
        f"{sequential(drawn)}\n\n"
        "print(sum(each.numel() for each in model.parameters()))\n"
    )


def _playground(drawn: Experiment) -> None:
    """A link to the playground with this network, or why there is none."""
    inputs = drawn.sizes[0]
    names = () if inputs == START.data.n_raw_features else tuple(FEATURES)[:inputs]
    try:
        data = replace(START.data, features=names)
        experiment = replace(START, data=data, network=drawn.network)
        if experiment.sizes[0] != inputs:
            raise _too_wide(inputs)
    except ExperimentError as error:
        said = _("The playground can't train this network: {reason}").format(reason=error)
        st.caption(as_text(said))
        return
    label, query = (
        _("Open this network in the playground"),
        {EXPERIMENT: to_text(experiment, START)},
    )
    st.markdown(f"[{label}](playground?{urlencode(query)})")


def _too_wide(inputs: int) -> ExperimentError:
    return ExperimentError(_("the number of inputs"), inputs, Whole(1, len(FEATURES)))
