"""What holds at a step is what was said last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.settings import dropouts_at, value_at


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1)), max_size=8), st.integers(0, 40))
def test_the_last_change_at_or_before_a_step_holds(
    changes: list[tuple[int, float]], step: int
) -> None:
    interventions = tuple(Intervention(at, "l1", value) for at, value in changes)
    experiment = Experiment(training=Training(l1=0.25), interventions=interventions)
    expected = 0.25
    for at, value in sorted(changes, key=lambda each: each[0]):
        expected = value if at <= step else expected
    assert value_at(experiment, "l1", step) == expected


def test_each_layer_has_its_own_dropout() -> None:
    network = Network((Layer(3, dropout=0.2), Layer(3), Layer(1)))
    changed = (Intervention(5, "dropout1", 0.5), Intervention(9, "dropout0", 0.0))
    experiment = Experiment(network=network, interventions=changed)
    assert [dropouts_at(experiment, step) for step in (4, 5, 9)] == [
        (0.2, 0.0, 0.0),
        (0.2, 0.5, 0.0),
        (0.0, 0.5, 0.0),
    ]
