"""All parameters at once: what is packed comes back to the last bit, and setting them on the way is
an intervention like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnlab.branches import branch
from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.landscape import starting_at
from nnlab.limits import ExperimentError
from nnlab.network import build, running
from nnlab.packed import LARGEST, PARAMETERS, Packed, count, pack, unpack
from nnlab.permalink import from_text, to_text
from nnlab.player import Player
from nnlab.registry import Choice
from nnlab.training import Trainer, train
from tests.engines.names import engines_for
from tests.loading import set_all
from tests.strategies import experiments
from tests.test_training import same

FLOATS = st.floats(-LARGEST, LARGEST, width=32)
NORMED = Experiment(
    network=Network((Layer(4, Choice("ReLU"), batch_norm=True), Layer(1))),
    training=Training(epochs=9, batch_size=5),
)

# What is no text of numbers, and why.
BAD = {
    "nothing": "",
    "no text": 3.0,
    "no base64": "???",
    "another alphabet": "數字",
    "a byte too few": "AAAA",
    "no number": pack(torch.tensor([1.0, torch.nan])),
    "infinite": pack(torch.tensor([-torch.inf])),
    "too large": pack(torch.tensor([1.1 * LARGEST])),
    "too long": "A" * 10_000_000,
}


@given(st.lists(FLOATS, min_size=1, max_size=50))
def test_what_is_packed_comes_back_to_the_last_bit(values: list[float]) -> None:
    numbers = torch.tensor(values)
    text = pack(numbers)
    assert torch.equal(unpack(text).view(torch.int32), numbers.view(torch.int32))
    assert count(text) == len(values)
    assert Packed().accept("value", text) == text


@pytest.mark.parametrize("why", BAD)
def test_what_is_no_text_of_numbers_gets_one_sentence(why: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        Packed().accept("value", BAD[why])
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("change", [-1, 1])
def test_another_number_of_parameters_is_refused(change: int) -> None:
    numbers = pack(torch.zeros(Experiment().n_parameters + change))
    with pytest.raises(ExperimentError, match="as many as this network has"):
        Experiment(interventions=(Intervention(0, PARAMETERS, numbers),))


@settings(max_examples=25, deadline=None)
@given(experiments(), st.integers(0, 12), st.integers(0, 99))
def test_they_are_set_on_the_way_by_every_engine(plain: Experiment, step: int, seed: int) -> None:
    numbers = torch.randn(plain.n_parameters, generator=torch.Generator().manual_seed(seed))
    experiment = branch(plain, step, Intervention(step, PARAMETERS, pack(numbers)))
    assert Experiment.loads(experiment.dumps()) == experiment
    assert from_text(to_text(experiment, plain), plain) == experiment
    for engine in engines_for(experiment):
        earlier = Trainer(plain, engine=engine)
        earlier.advance(step + 3)
        resumed = Trainer.resume(experiment, earlier)
        resumed.advance(experiment.n_steps)
        run = train(experiment, engine=engine)
        assert same(resumed.run, run)
        if run.steps[-1] >= step:
            assert torch.equal(run.parameters[run.moment(step)], numbers)


def test_what_the_batch_norms_keep_is_set_with_them() -> None:
    numbers = torch.arange(1.0, NORMED.n_parameters + NORMED.n_buffers + 1)
    player = Player(NORMED)
    player.reach(7)
    set_all(player, numbers)
    module = player.run.module(player.run.moment(7))
    kept = nn.utils.parameters_to_vector([*module.parameters(), *running(module)])
    assert torch.equal(kept, numbers)


def test_setting_them_is_undone_and_the_last_one_counts() -> None:
    player = Player(NORMED)
    player.reach(3)
    before = player.run
    for value in (1.0, 2.0):
        set_all(player, torch.full((NORMED.n_parameters,), value))
    assert [each.field for each in player.experiment.interventions] == [PARAMETERS]
    assert float(player.run.parameters[-1, 0]) == 2.0
    player.undo()
    player.undo()
    player.reach(3)
    assert same(player.run, before)


def test_a_part_that_is_set_later_is_set_on_top() -> None:
    zeros = Intervention(0, PARAMETERS, pack(torch.zeros(NORMED.n_parameters)))
    one = Intervention(0, "b1.0", 1.0)
    module = build(replace(NORMED, interventions=(zeros, one)))
    assert nn.utils.parameters_to_vector(module.parameters()).sum() == 1.0
    module = build(replace(NORMED, interventions=(one, zeros)))
    assert not nn.utils.parameters_to_vector(module.parameters()).any()


def test_another_beginning_takes_their_place() -> None:
    plain = Experiment(network=Network((Layer(2), Layer(1))))
    ones = Intervention(0, PARAMETERS, pack(torch.ones(plain.n_parameters)))
    started = starting_at(
        replace(plain, interventions=(ones,)), torch.full((plain.n_parameters,), 3.0)
    )
    vector = nn.utils.parameters_to_vector(build(started).parameters())
    assert torch.equal(vector, torch.full_like(vector, 3.0))
