"""The player plays with the fastest engine and stays with it wherever it goes in time."""

from __future__ import annotations

from dataclasses import replace

import torch

from nnlab.branches import branch
from nnlab.experiment import Experiment, Intervention, Training
from nnlab.player import Player
from nnlab.training import train
from tests.engines.names import ENGINES

LONG = Experiment(training=Training(epochs=3000, batch_size=3, shuffle=True))


def test_going_back_and_changing_something_stays_on_the_run() -> None:
    player = Player(LONG)
    player.reach(5000)
    player.look_at(4321)
    changed = branch(LONG, 4321, Intervention(4321, "learning_rate", 0.5))
    player.become(changed)
    assert (player.newest, player.step) == (4321, 4321)
    player.reach(4500)
    whole = train(changed, engine=player.trainer.engine)
    for step in (4000, 4321, 4322, 4500):
        mine, theirs = player.run, whole
        one, other = (run.parameters[run.moment(step)] for run in (mine, theirs))
        assert torch.equal(one, other)


def test_what_the_engine_can_not_carry_is_trained_again_by_the_reference() -> None:
    player = Player(replace(LONG, training=replace(LONG.training, epochs=100)))
    player.reach(200)
    assert player.trainer.engine != ENGINES[-1]
    player.become(branch(player.experiment, 200, Intervention(200, "dropout0", 0.5)))
    assert (player.trainer.engine, player.step) == ("reference", 200)
    player.undo()
    assert player.step == 200
