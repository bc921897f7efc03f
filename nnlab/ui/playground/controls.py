"""The controls of the playground: each shows what the experiment says, and asks for another one
when it is turned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import streamlit as st

from nnlab.activations import ACTIVATIONS
from nnlab.data import Data
from nnlab.datasets import DATASETS
from nnlab.datasets.curves import CURVES
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.features import FEATURES
from nnlab.graft import MOST_HIDDEN
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext as _
from nnlab.limits import Number, OneOf, Rule, Whole
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice, Registry
from nnlab.schedules import SCHEDULES
from nnlab.ui import knobs
from nnlab.ui.choice import choose
from nnlab.ui.playground.session import Session, become
from nnlab.ui.playground.stage import MOST_UNITS
from nnlab.ui.slider import LogScale, Scale, WholeScale


def few_controls(held: Session) -> None:
    """What a newcomer needs."""
    now = held.player.now()
    data = choose_noise(choose_source(now))
    network = choose_depth(now.network)
    name = _hidden_activation(now.network)
    training = replace(now.training, learning_rate=choose_rate(now))
    become(held, lambda: fitted(now, data, _with_activation(network, name), training))


def all_controls(held: Session) -> None:
    """Everything, a third at a time."""
    now = held.player.now()
    third = choose(
        _("change"),
        {"data": _("data"), "network": _("network"), "training": _("training")},
        "play_third",
        "data",
        look="segments",
        required=True,
        label_visibility="collapsed",
    )
    THIRDS[third](held, now)


def _all_of_data(held: Session, now: Experiment) -> None:
    data = choose_sizes(choose_kind(choose_noise(choose_source(now))))
    st.caption(_("Other data or features: the network begins anew."))
    become(held, lambda: fitted(now, data, now.network, now.training))


def _all_of_network(held: Session, now: Experiment) -> None:
    network = choose_network(now)
    st.caption(_("The network goes on with what it has learned, except with another initialiser."))
    become(held, lambda: fitted(now, now.data, network, now.training))


def _all_of_training(held: Session, now: Experiment) -> None:
    training = choose_training(now)
    st.caption(
        _(
            "Another loss, schedule or patience, or shuffling, begins anew; all else is changed "
            "on the way."
        )
    )
    become(held, lambda: fitted(now, now.data, now.network, training))


THIRDS: Mapping[str, Callable[[Session, Experiment], None]] = MappingProxyType(
    {"data": _all_of_data, "network": _all_of_network, "training": _all_of_training}
)
CONTROLS: Mapping[str, Callable[[Session], None]] = MappingProxyType(
    {"learn": few_controls, "full": all_controls}
)


def fitted(now: Experiment, data: Data, network: Network, training: Training) -> Experiment:
    """The parts as one experiment: other data need other outputs and another loss."""
    outputs = data.classes if data.classes > 2 else 1
    last = network.layers[-1]
    if data.classes != now.data.classes:
        loss = {0: "MSELoss", 1: "BCEWithLogitsLoss", 2: "BCEWithLogitsLoss"}
        training = replace(training, loss=Choice(loss.get(data.classes, "CrossEntropyLoss")))
        last = Layer(outputs)
    if last.units != outputs and training.loss.name != "CrossEntropyLoss":
        last = replace(last, units=outputs)
    if training.loss.name == "CrossEntropyLoss":
        last = replace(last, units=max(data.classes, 2))
    if LOSSES[training.loss.name].probabilities:
        last = replace(last, activation=Choice("Sigmoid"))
    layers = (*network.layers[:-1], last)
    same = data == now.data and network == now.network
    return replace(
        now,
        data=data,
        network=replace(network, layers=layers),
        training=training,
        interventions=now.interventions if same else (),
    )


def choose_source(now: Experiment) -> Data:
    """The data set."""
    names = data_names()
    kept = now.data.source.name
    if kept not in names:
        names = {kept: _("own points"), **names}
    name = knobs.select(_("data"), names, "play_data", kept)
    if name == kept:
        return now.data
    return Data(Choice(name), seed=now.data.seed, test_share=0.5, standardise=name in MEASURED)


MEASURED = {"iris", "wine", "breast_cancer", "digits"}
"""Data whose columns are of very different sizes."""


def choose_noise(data: Data) -> Data:
    """How noisy the data are, where they are drawn."""
    settings = DATASETS.settings(data.source)
    if "noise" not in settings:
        return data
    noise = knobs.slide(_("noise"), "play_noise", settings["noise"], Scale(0.0, 1.0, 0.05))
    return _with_option(data, "noise", noise)


def _with_option(data: Data, name: str, value: Any) -> Data:
    options = dict(data.source.options) | {name: value}
    if DATASETS.settings(data.source)[name] == value:
        return data
    return replace(data, source=Choice(data.source.name, tuple(options.items())), edits=())


def data_names() -> dict[str, str]:
    """The data sets in the order in which they are offered."""
    return {
        "circle": _("circle"),
        "xor": _("XOR"),
        "gaussians": _("two clouds"),
        "spiral": _("spiral"),
        "moons": _("moons"),
        "checkerboard": _("checkerboard"),
        "function": _("above or below a curve"),
        "blobs": _("clouds, 3 to 8 classes"),
        "spirals": _("arms, 3 to 8 classes"),
        "rings": _("rings, 3 to 8 classes"),
        "plane": _("numbers: a plane"),
        "multi_gaussian": _("numbers: hills and valleys"),
        "curve": _("numbers: a curve"),
        "iris": _("iris flowers"),
        "wine": _("wine"),
        "breast_cancer": _("breast cancer"),
        "digits": _("handwritten digits"),
    }


def choose_kind(data: Data) -> Data:
    """Which curve, which random numbers, which features, and whether they are standardised."""
    curve = DATASETS.settings(data.source).get("curve")
    if curve is not None:
        names = {name: name for name in CURVES}
        chosen = knobs.select(_("curve"), names, "play_curve_name", curve)
        data = _with_option(data, "curve", chosen)
    seed = knobs.number(_("seed of the data"), "play_data_seed", data.seed or 0, (0, 9999))
    data = replace(data, seed=seed)
    data = _choose_features(data)
    standardise = knobs.flip(_("standardise"), "play_standardise", data.standardise)
    return replace(data, standardise=standardise)


def choose_sizes(data: Data) -> Data:
    """How many rows and classes, and how many rows are held out."""
    settings = DATASETS.settings(data.source)
    if "n_samples" in settings:
        scale = WholeScale(10, 1000, 10)
        count = knobs.slide(_("rows"), "play_rows", settings["n_samples"], scale)
        data = _with_option(data, "n_samples", int(count))
    if "classes" in settings and data.source.name != "points":
        classes = knobs.slide(_("classes"), "play_classes", settings["classes"], WholeScale(3, 8))
        data = _with_option(data, "classes", int(classes))
    share = knobs.slide(_("share held out"), "play_test", data.test_share, Scale(0.0, 0.9, 0.05))
    return replace(data, test_share=share)


def _choose_features(data: Data) -> Data:
    possible = [name for name, each in FEATURES.items() if each.inputs <= data.n_raw_features <= 2]
    if not possible:
        return data
    raw = tuple(possible[: data.n_raw_features])
    chosen = knobs.several(
        _("features"),
        {name: FEATURES[name].label for name in possible},
        "play_features",
        data.features or raw,
    )
    features = tuple(name for name in possible if name in chosen)
    return replace(data, features=() if features in {raw, ()} else features)


def choose_network(now: Experiment) -> Network:
    """Every layer and what it does."""
    network = choose_depth(now.network)
    *hidden, last = network.layers
    hidden = [_choose_layer(layer, place) for place, layer in enumerate(hidden, start=1)]
    name = _activation(_("output: activation"), "play_output", last.activation.name)
    names = {name: name for name in INITIALISERS}
    initialiser = now.network.initialiser
    last = _activated(last, name)
    activation = _choose_settings(ACTIVATIONS, last.activation, "play_output_settings")
    chosen = knobs.select(_("initialiser"), names, "play_initialiser", initialiser.name)
    initialiser = _choose_settings(
        INITIALISERS, _named(chosen, initialiser), "play_initialiser_settings"
    )
    return Network((*hidden, replace(last, activation=activation)), initialiser)


def choose_depth(network: Network) -> Network:
    """How many hidden layers: new ones are like the last."""
    *hidden, last = network.layers
    scale = WholeScale(0, MOST_HIDDEN)
    count = int(knobs.slide(_("hidden layers"), "play_hidden", len(hidden), scale))
    pattern = hidden[-1] if hidden else Layer(4, Choice("Tanh"))
    layers = (*hidden[:count], *[pattern] * (count - len(hidden)), last)
    return replace(network, layers=layers)


def _hidden_activation(network: Network) -> str:
    """One activation for all hidden layers; the first one's to begin with."""
    name = network.layers[0].activation.name if len(network.layers) > 1 else "Tanh"
    return _activation(_("activation"), "play_activation", name)


def _with_activation(network: Network, name: str) -> Network:
    *hidden, last = network.layers
    if hidden and hidden[0].activation.name != name:
        hidden = [_activated(layer, name) for layer in hidden]
    return replace(network, layers=(*hidden, last))


def _activation(label: str, key: str, name: str) -> str:
    return knobs.select(label, {each: each for each in ACTIVATIONS}, key, name)


def _activated(layer: Layer, name: str) -> Layer:
    """The layer with this activation."""
    return replace(layer, activation=_named(name, layer.activation))


def _named(name: str, now: Choice) -> Choice:
    """The choice of that name, with its settings where it is the one there is now."""
    return now if name == now.name else Choice(name)


def _choose_layer(layer: Layer, place: int) -> Layer:
    with st.popover(
        _("layer {number}: {units} {activation}").format(
            number=place, units=layer.units, activation=layer.activation.name
        ),
        key=f"play_layer{place}",
    ):
        units = knobs.slide(
            _("units"), f"play_units{place}", layer.units, WholeScale(1, MOST_UNITS)
        )
        name = _activation(_("activation"), f"play_activation{place}", layer.activation.name)
        layer = _activated(layer, name)
        activation = _settings(ACTIVATIONS, layer.activation, f"play_activation{place}")
        dropout = knobs.slide(
            _("dropout"), f"play_dropout{place}", layer.dropout, Scale(0.0, 0.9, 0.05)
        )
        norm = knobs.flip(_("batch norm"), f"play_norm{place}", layer.batch_norm)
    return replace(layer, units=int(units), activation=activation, dropout=dropout, batch_norm=norm)


def choose_rate(now: Experiment) -> float:
    """How far a step goes."""
    return knobs.slide(
        _("learning rate"), "play_rate", now.training.learning_rate, LogScale(1e-5, 10.0, 0.05)
    )


def choose_training(now: Experiment) -> Training:
    """Everything about learning."""
    return _choose_amounts(now, _choose_method(now, now.training))


def _choose_method(now: Experiment, training: Training) -> Training:
    rate = choose_rate(now)
    loss = knobs.select(_("loss"), {name: name for name in LOSSES}, "play_loss", training.loss.name)
    optimizer = knobs.select(
        _("optimizer"),
        {name: name for name in OPTIMIZERS},
        "play_optimizer",
        training.optimizer.name,
    )
    return replace(
        training,
        learning_rate=rate,
        loss=_choose_settings(LOSSES, _named(loss, training.loss), "play_loss_settings"),
        optimizer=_choose_settings(
            OPTIMIZERS, _named(optimizer, training.optimizer), "play_settings"
        ),
    )


def _choose_amounts(now: Experiment, training: Training) -> Training:
    batch = knobs.slide(
        _("rows in a batch"),
        "play_batch",
        min(training.batch_size, now.data.n_samples),
        WholeScale(1, now.data.n_samples),
    )
    name = knobs.select(
        _("schedule"), {name: name for name in SCHEDULES}, "play_schedule", training.schedule.name
    )
    schedule = _choose_settings(
        SCHEDULES, _named(name, training.schedule), "play_schedule_settings"
    )
    l1 = knobs.slide(_("L1"), "play_l1", training.l1, Scale(0.0, 0.1, 0.001))
    l2 = knobs.slide(_("L2"), "play_l2", training.l2, Scale(0.0, 0.1, 0.001))
    patience = knobs.slide(
        _("patience (epochs)"), "play_patience", training.patience, WholeScale(0, 200)
    )
    whole = int(batch) >= now.data.n_samples <= training.batch_size
    return replace(
        training,
        batch_size=training.batch_size if whole else int(batch),
        schedule=schedule,
        shuffle=knobs.flip(_("shuffle"), "play_shuffle", training.shuffle),
        l1=l1,
        l2=l2,
        patience=int(patience),
    )


def _choose_settings(registry: Registry[Any], choice: Choice, key: str) -> Choice:
    """The choice's own settings, where it has some."""
    if not registry[choice.name].options:
        return choice
    with st.popover(_("settings of {name}").format(name=choice.name), key=key):
        return _settings(registry, choice, key)


def _settings(registry: Registry[Any], choice: Choice, key: str) -> Choice:
    now, options = registry.settings(choice), registry[choice.name].options
    chosen = {
        name: _setting(name, f"{key}_{choice.name}_{name}", value, options[name].rule)
        for name, value in now.items()
    }
    changed = {name: value for name, value in chosen.items() if value != now[name]}
    options_now = dict(choice.options) | changed
    return Choice(choice.name, tuple(options_now.items())) if changed else choice


def _setting(name: str, key: str, value: Any, rule: Rule) -> Any:
    """One setting, as its rule lets it be."""
    if isinstance(rule, OneOf):
        return knobs.select(name, {each: each for each in rule.words}, key, value)
    if isinstance(rule, Whole):
        return knobs.number(name, key, value, (rule.low, rule.high))
    if isinstance(rule, Number):
        return knobs.exact(name, key, value, min_value=rule.low, max_value=rule.high)
    return knobs.flip(name, key, value)
