"""Random experiments for the laws that must hold for every experiment."""

from __future__ import annotations

import torch
from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.branches import branch
from nnlab.data import Data, PointEdit
from nnlab.datasets import DATASETS
from nnlab.datasets.curves import CURVES
from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.features import FEATURES
from nnlab.initialisers import INITIALISERS
from nnlab.limits import ExperimentError
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.packed import PARAMETERS, pack
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES

NUMBERS = st.floats(-4, 4, width=16)
_WORDS = st.text("abcxyz", min_size=1, max_size=5)
_DRAWN = [
    name
    for name, source in DATASETS.items()
    if "n_samples" in source.options and name not in {"randn", "seed_batch"}
]
_SETTINGS = {
    "n_samples": st.integers(2, 12),
    "noise": st.floats(0, 0.5),
    "classes": st.integers(3, 8),
    "curve": st.sampled_from(list(CURVES)),
}


@st.composite
def sources(draw: st.DrawFn) -> Choice:
    """A small data set with any of its options."""
    name = draw(st.sampled_from(["seed_batch", "points", *_DRAWN]))
    if name == "points":
        return draw(points())
    if name == "seed_batch":
        return Choice(name, (("n_features", draw(st.integers(1, 12))),))
    options = DATASETS[name].options
    settings = {key: draw(_SETTINGS[key]) for key in options if key in _SETTINGS}
    return DATASETS.accept("source", {"name": name, **settings})


@st.composite
def points(draw: st.DrawFn) -> Choice:
    """Rows given by hand, with names, for classes or for numbers."""
    width, classes = draw(st.integers(1, 5)), draw(st.sampled_from([0, 2, 3, 10]))
    target = st.integers(0, classes - 1).map(float) if classes else NUMBERS
    row = st.tuples(*[NUMBERS] * width, target)
    about = {
        "rows": draw(st.lists(row, min_size=1, max_size=12)),
        "classes": classes,
        "names": draw(st.lists(_WORDS, min_size=width, max_size=width, unique=True)),
        "labels": draw(st.lists(_WORDS, min_size=classes, max_size=classes, unique=True)),
    }
    return DATASETS.accept("source", {"name": "points", **about})


@st.composite
def datas(draw: st.DrawFn) -> Data:
    """Small data: half of the time as it was drawn, else with everything that can be done to it."""
    source, seed = draw(sources()), draw(st.one_of(st.none(), st.integers(0, 9)))
    plain = Data(source, seed)
    if draw(st.booleans()):
        return plain
    inputs = plain.n_raw_features
    possible = [name for name, each in FEATURES.items() if each.inputs <= inputs <= 2]
    features = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    return Data(
        source,
        seed,
        test_share=draw(st.sampled_from([0.0, 0.2, 0.5, 0.9])),
        standardise=draw(st.booleans()),
        features=tuple(features),
        edits=draw(edits(plain)),
    )


@st.composite
def edits(draw: st.DrawFn, data: Data) -> tuple[PointEdit, ...]:
    """Rows moved, added and taken out, the first one never."""
    made: list[PointEdit] = []
    count = data.n_rows
    target = st.integers(0, data.classes - 1).map(float) if data.classes else NUMBERS
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.integers(1, count))
        gone = row < count and draw(st.booleans())
        values = draw(st.tuples(*[NUMBERS] * data.n_raw_features, target))
        made.append(PointEdit(row, () if gone else values))
        count = max(count, row + 1)
    return tuple(made)


def _hidden_layers() -> st.SearchStrategy[Layer]:
    return st.builds(
        Layer,
        st.integers(1, 6),
        st.sampled_from(list(ACTIVATIONS)).map(Choice),
        st.sampled_from([0.0, 0.0, 0.5]),
        st.sampled_from([False, False, True]),
    )


def interventions(hidden: int) -> st.SearchStrategy[Intervention]:
    """A change of something, at one of the first steps, in a network with hidden layers."""
    values: dict[str, st.SearchStrategy[float | Choice]] = {
        "learning_rate": st.floats(0.0, 1.0),
        "l1": st.floats(0.0, 0.1),
        "l2": st.floats(0.0, 0.1),
        "batch_size": st.integers(2, 12),
        "optimizer": st.sampled_from(OPTIMIZER_CHANGES),
        "w0.0.0": st.floats(-2.0, 2.0, width=32),
        "b0.0": st.floats(-2.0, 2.0, width=32),
        **{f"dropout{layer}": st.sampled_from([0.0, 0.3]) for layer in range(hidden)},
    }
    return st.sampled_from(list(values)).flatmap(
        lambda name: st.builds(Intervention, st.integers(0, 20), st.just(name), values[name])
    )


OPTIMIZER_CHANGES = (
    Choice("SGD"),
    Choice("SGD", (("momentum", 0.9),)),
    Choice("Adam", (("amsgrad", True),)),
    Choice("Adam", (("beta1", 0.5),)),
    Choice("RMSprop", (("centered", True), ("momentum", 0.5))),
    Choice("Adagrad", (("lr_decay", 0.1),)),
)


@st.composite
def loaded(draw: st.DrawFn, experiment: Experiment) -> Experiment:
    """All parameters set at once at one of the first steps, as a file brings them."""
    stream = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    numbers = torch.randn(experiment.n_parameters, generator=stream)
    return branch(experiment, 20, Intervention(draw(st.integers(0, 20)), PARAMETERS, pack(numbers)))


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """A small experiment that can be trained in a moment."""
    names = st.sampled_from(list(ACTIVATIONS))
    hidden = draw(st.lists(_hidden_layers(), max_size=2))
    loss = draw(st.sampled_from(list(LOSSES)))
    data = draw(datas())
    outputs = data.classes if data.classes > 2 else 1
    last = {
        "BCELoss": Layer(outputs, Choice("Sigmoid")),
        "CrossEntropyLoss": Layer(max(data.classes, 2)),
    }
    training = Training(
        loss=Choice(loss),
        optimizer=Choice(draw(st.sampled_from(list(OPTIMIZERS)))),
        learning_rate=draw(st.floats(1e-4, 1.0)),
        epochs=draw(st.integers(1, 5)),
        batch_size=draw(st.integers(1, 12)),
        shuffle=draw(st.booleans()),
        zero_grad=draw(st.booleans()),
        schedule=Choice(draw(st.sampled_from(list(SCHEDULES)))),
        l1=draw(st.sampled_from([0.0, 0.01])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        patience=draw(st.sampled_from([0, 0, 1, 3])),
    )
    layers = (*hidden, last.get(loss, Layer(outputs, Choice(draw(names)))))
    initialiser = Choice(draw(st.sampled_from(list(INITIALISERS))))
    own_seed, network = draw(st.integers(0, 99)), Network(layers, initialiser)
    changes = tuple(draw(st.lists(interventions(len(hidden)), max_size=3)))
    try:
        experiment = Experiment(data, network, training, own_seed, changes)
        return draw(loaded(experiment)) if draw(st.integers(0, 4)) == 4 else experiment
    except ExperimentError:
        return Experiment(training=Training(epochs=2), seed=draw(st.integers(0, 99)))
