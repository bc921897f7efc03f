"""Controls that give back what an experiment is made of: a network's shape, its activations, the
seed. Their values are in the link under keys that start with the page's name."""

from __future__ import annotations

import streamlit as st

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.figures.drawing import layer_names
from nnlab.language import gettext as _
from nnlab.registry import Choice
from nnlab.ui import link

MOST_INPUTS, MOST_HIDDEN, MOST_UNITS, MOST_OUTPUTS = 10, 6, 32, 10
LAST_SEED = 2**31 - 1
FIRST_SEED = 7


def choose_untrained(page: str, seed: int) -> Experiment:
    """A network that is only looked at: features, weights and biases by randn from one seed."""
    with st.container(horizontal=True):
        inputs = count(_("inputs"), f"{page}_inputs", (1, MOST_INPUTS), 3)
        hidden = count(_("hidden layers"), f"{page}_hidden", (0, MOST_HIDDEN), 1)
        outputs = count(_("outputs"), f"{page}_outputs", (1, MOST_OUTPUTS), 1)
    *names, last = layer_names(hidden + 1)
    layers = [choose_layer(page, name, place) for place, name in enumerate(names, start=1)]
    activation = choose_activation(last, f"{page}_activation_output")
    return Experiment(
        data=Data(source=Choice("randn", (("n_features", inputs),))),
        network=Network(layers=(*layers, Layer(outputs, activation)), initialiser=Choice("randn")),
        training=Training(epochs=0),
        seed=seed,
    )


def choose_layer(page: str, name: str, place: int) -> Layer:
    """A hidden layer's units and its activation."""
    with st.container(horizontal=True):
        units = count(
            _("{layer}: units").format(layer=name), f"{page}_units{place}", (1, MOST_UNITS), 2
        )
        activation = choose_activation(name, f"{page}_activation{place}")
    return Layer(units, activation)


def choose_activation(name: str, key: str) -> Choice:
    """An activation by PyTorch's name; Sigmoid to begin with."""
    chosen = st.selectbox(
        _("{layer}: activation").format(layer=name),
        list(ACTIVATIONS),
        list(ACTIVATIONS).index("Sigmoid"),
        key=key,
        bind="query-params",
        width=200,
    )
    return Choice(chosen)


def count(label: str, key: str, limits: tuple[int, int], default: int) -> int:
    """A whole number within `limits`."""
    return st.number_input(label, *limits, default, key=key, bind="query-params", width=150)


def choose_seed(page: str, *forgotten: str, first: int = FIRST_SEED) -> int:
    """The seed, and a button for the next one, which also forgets what was set by hand."""
    key = f"{page}_seed"
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        seed = count(_("seed number"), key, (0, LAST_SEED), first)
        st.button(
            _("New random numbers"),
            icon=":material/casino:",
            key=f"{page}_new_seed",
            on_click=_next_seed,
            args=(key, *forgotten),
        )
    return seed


def _next_seed(key: str, *forgotten: str) -> None:
    st.session_state[key] = (st.session_state[key] + 1) % LAST_SEED
    link.forget(*forgotten)
