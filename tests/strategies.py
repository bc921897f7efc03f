"""Random experiments for the laws that must hold for every experiment."""

from __future__ import annotations

from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.initialisers import INITIALISERS
from nnlab.limits import ExperimentError
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice

_SMALL_DATA = st.one_of(
    st.builds(lambda n: Choice("seed_batch", (("n_features", n),)), st.integers(1, 12)),
    st.builds(
        lambda name, n: Choice(name, (("n_samples", n),)),
        st.sampled_from(["circle", "xor", "gaussians", "spiral", "moons", "checkerboard", "sine"]),
        st.integers(2, 12),
    ),
)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """A small experiment that can be trained in a moment."""
    names = st.sampled_from(list(ACTIVATIONS))
    hidden = draw(st.lists(st.builds(Layer, st.integers(1, 6), names.map(Choice)), max_size=2))
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
    )
    layers = (*hidden, last.get(loss, Layer(1, Choice(draw(names)))))
    initialiser = Choice(draw(st.sampled_from(list(INITIALISERS))))
    data = draw(_SMALL_DATA)
    seed = draw(st.one_of(st.none(), st.integers(0, 9)))
    try:
        return Experiment(
            Data(data, seed), Network(layers, initialiser), training, draw(st.integers(0, 99))
        )
    except ExperimentError:
        return Experiment(training=Training(epochs=2), seed=draw(st.integers(0, 99)))
