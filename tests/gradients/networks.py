"""Random small networks on rows given by hand, as the lesson on gradients makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.losses import LOSSES
from nnlab.registry import Choice
from tests.strategies import NUMBERS

FORCED_ENDS = {
    "BCELoss": "Sigmoid",
    "BCEWithLogitsLoss": "Identity",
    "CrossEntropyLoss": "Identity",
}


@st.composite
def small(draw: st.DrawFn) -> Experiment:
    """1 to 4 inputs, 0 to 3 hidden layers, 1 to 4 rows, any activations, any loss."""
    names = st.sampled_from(list(ACTIVATIONS)).map(Choice)
    loss = draw(st.sampled_from(list(LOSSES)))
    outputs = draw(st.integers(2, 3)) if loss == "CrossEntropyLoss" else 1
    classes = outputs if outputs > 1 else 2 * (loss.startswith("BCE"))
    inputs, target = draw(st.integers(1, 4)), NUMBERS
    if classes:
        target = st.integers(0, classes - 1).map(float)
    row = st.tuples(*[NUMBERS] * inputs, target)
    rows = tuple(draw(st.lists(row, min_size=1, max_size=4)))
    hidden = draw(st.lists(st.builds(Layer, st.integers(1, 4), names), max_size=3))
    end = Choice(FORCED_ENDS[loss]) if loss in FORCED_ENDS else draw(names)
    return Experiment(
        Data(Choice("points", (("classes", classes), ("rows", rows)))),
        Network(
            (*hidden, Layer(outputs, end)), Choice(draw(st.sampled_from(["default", "randn"])))
        ),
        Training(loss=Choice(loss), learning_rate=0.1, epochs=1),
        seed=draw(st.integers(0, 99)),
    )
