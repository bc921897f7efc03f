"""Autograd, the chain rule and a finite difference agree, and where they do not there is a reason
that is true."""

from __future__ import annotations

from dataclasses import replace

import torch
from hypothesis import given, settings

from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.comparison import AGREE, FLOAT32, KINK, TOLERANCE, compare, finite_difference
from nnlab.registry import Choice
from tests.gradients.networks import small

ROW = Data(Choice("points", (("rows", ((1.0, -1.0, 0.5),)),)))


def at_the_kink() -> Experiment:
    """A ReLU whose pre-activation is exactly 0, then a weight of 1."""
    parts = {"w0.0.0": 0.5, "w0.0.1": 0.5, "b0.0": 0.0, "w1.0.0": 1.0, "b1.0": 0.0}
    return Experiment(
        ROW,
        Network((Layer(1, Choice("ReLU")), Layer(1))),
        Training(epochs=1),
        interventions=tuple(Intervention(0, part, value) for part, value in parts.items()),
    )


@settings(max_examples=80)
@given(small())
def test_all_three_agree_or_there_is_a_reason(experiment: Experiment) -> None:
    found = compare(backward_pass(experiment))
    for distance, value, reason in zip(
        found.distance.tolist(), found.finite_difference.tolist(), found.reasons, strict=True
    ):
        assert reason != AGREE or distance <= 2 * TOLERANCE * max(1.0, abs(value))


@settings(max_examples=60)
@given(small())
def test_a_smooth_network_has_no_kinks(experiment: Experiment) -> None:
    smooth = replace(
        experiment,
        network=replace(
            experiment.network,
            layers=(
                *(
                    replace(layer, activation=Choice("Tanh"))
                    for layer in experiment.network.layers[:-1]
                ),
                Layer(1),
            ),
        ),
        training=Training(epochs=1),
        data=Data(Choice("points", (("rows", experiment.data.source.options[-1][1]),))),
    )
    _difference, crossed = finite_difference(smooth)
    assert not crossed.any()
    assert set(compare(backward_pass(smooth)).reasons) <= {AGREE, FLOAT32}


def test_at_the_kink_autograd_takes_the_left_side_and_the_difference_the_middle() -> None:
    found = compare(backward_pass(at_the_kink()))
    place = found.parts.index("b0.0")
    one_sided = -1.0  # dL/dz from the right: 2 (0 - 0.5) 1
    assert found.autograd[place] == found.chain_rule[place] == 0.0
    torch.testing.assert_close(
        found.finite_difference[place].item(), one_sided / 2, atol=1e-4, rtol=0
    )
    assert found.reasons[place] == KINK


def test_large_weights_meet_the_end_of_float32() -> None:
    parts = {"w0.0.0": 1000.0, "w0.0.1": 999.9, "b0.0": 0.0}
    experiment = Experiment(
        Data(Choice("points", (("rows", ((1e4, -1e4, 0.3),)),))),
        Network((Layer(1),)),
        Training(epochs=1),
        interventions=tuple(Intervention(0, part, value) for part, value in parts.items()),
    )
    assert set(compare(backward_pass(experiment)).reasons) == {FLOAT32}
