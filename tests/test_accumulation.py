"""Without zero_grad, `.grad` is the sum of everything that backward() has given so far."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.accumulation import accumulation
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.scripts.accumulation import script
from tests.interpreter import printed_by

PARTS = st.sampled_from(["w0.0.0", "w0.4.9", "b0.2", "w1.0.3", "b1.0"])


@settings(max_examples=20)
@given(st.integers(0, 99), st.floats(1e-3, 2.0), st.integers(3, 10), PARTS)
def test_what_has_piled_up_is_the_running_sum(
    seed: int, learning_rate: float, batch_size: int, part: str
) -> None:
    training = Training(learning_rate=learning_rate, epochs=6, batch_size=batch_size)
    found = accumulation(Experiment(training=training, seed=seed), part)
    torch.testing.assert_close(found.piled, found.fresh.cumsum(0), rtol=1e-3, atol=1e-5)


def test_weights_that_rest_pile_up_multiples() -> None:
    found = accumulation(Experiment(training=Training(learning_rate=0.0, epochs=5)), "b1.0")
    torch.testing.assert_close(found.piled, found.cleared[0] * torch.arange(1, 6))
    assert torch.equal(found.cleared, found.cleared[:1].expand(5))


def test_where_the_loss_diverges_it_ends_before() -> None:
    network = Network((Layer(5, Choice("ReLU")), Layer(1)))
    training = Training(learning_rate=1000.0, epochs=12)
    found = accumulation(Experiment(network=network, training=training), "b1.0")
    assert len(found.piled) == len(found.cleared) == len(found.fresh) <= 12
    assert found.piled.isfinite().all()


def test_the_lines_print_the_pages_numbers() -> None:
    experiment = Experiment(training=Training(learning_rate=0.5, epochs=12), seed=3)
    for part in ("w0.0.0", "b1.0"):
        found = accumulation(experiment, part)
        (said,) = printed_by([script(experiment, part)])
        printed = torch.tensor([float(line) for line in said.split()])
        torch.testing.assert_close(printed, torch.cat((found.piled, found.cleared)))
