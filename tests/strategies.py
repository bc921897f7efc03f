"""Random experiments for the laws that must hold for every experiment."""

from __future__ import annotations

from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.initialisers import INITIALISERS
from nnlab.limits import ExperimentError
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES

_SMALL_DATA = st.one_of(
    st.builds(lambda n: Choice("seed_batch", (("n_features", n),)), st.integers(1, 12)),
    st.builds(
        lambda name, n: Choice(name, (("n_samples", n),)),
        st.sampled_from(["circle", "xor", "gaussians", "spiral", "moons", "checkerboard", "sine"]),
        st.integers(2, 12),
    ),
)


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
def experiments(draw: st.DrawFn) -> Experiment:
    """A small experiment that can be trained in a moment."""
    names = st.sampled_from(list(ACTIVATIONS))
    hidden = draw(st.lists(_hidden_layers(), max_size=2))
    loss = draw(st.sampled_from(list(LOSSES)))
    last = {"BCELoss": Layer(1, Choice("Sigmoid")), "CrossEntropyLoss": Layer(2)}
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
    layers = (*hidden, last.get(loss, Layer(1, Choice(draw(names)))))
    initialiser = Choice(draw(st.sampled_from(list(INITIALISERS))))
    data = draw(_SMALL_DATA)
    seed = draw(st.one_of(st.none(), st.integers(0, 9)))
    own_seed, network = draw(st.integers(0, 99)), Network(layers, initialiser)
    changes = tuple(draw(st.lists(interventions(len(hidden)), max_size=3)))
    try:
        return Experiment(Data(data, seed), network, training, own_seed, changes)
    except ExperimentError:
        return Experiment(training=Training(epochs=2), seed=draw(st.integers(0, 99)))
