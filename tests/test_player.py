"""The player's laws: going back, branching off, undoing never changes what would have happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from nnlab.branches import branch
from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.history import LATER
from nnlab.player import MOST_POINTS, SPEEDS, Player
from nnlab.registry import Choice
from nnlab.training import Run, Trainer, train

START = Experiment(
    network=Network((Layer(4, Choice("Tanh"), 0.2), Layer(1))),
    training=Training(
        loss=Choice("BCEWithLogitsLoss"),
        optimizer=Choice("Adam"),
        learning_rate=0.05,
        epochs=200,
        batch_size=4,
        shuffle=True,
    ),
    seed=3,
)


def same(one: Run, other: Run) -> bool:
    return all(torch.equal(a, b) for a, b in _tensors(one, other))


def _tensors(one: Run, other: Run) -> list[tuple[torch.Tensor, torch.Tensor]]:
    names = ("steps", "losses", "parameters", "gradients", "buffers")
    return [(getattr(one, name), getattr(other, name)) for name in names]


def up_to(experiment: Experiment, step: int) -> Run:
    trainer = Trainer(experiment)
    trainer.advance(step)
    return trainer.run


@pytest.fixture
def player() -> Player:
    made = Player(START)
    made.reach(90)
    return made


def test_reset_gives_the_same_run(player: Player) -> None:
    before = player.run
    player.rewind()
    assert player.step == 0
    player.reach(90)
    assert same(player.run, before)


def test_a_branch_that_changes_nothing_goes_on_as_if_it_had_never_stopped(player: Player) -> None:
    player.look_at(40)
    player.become(branch(player.experiment, 40, Intervention(40, "learning_rate", 0.05)))
    assert player.newest == 40
    player.reach(120)
    plain = up_to(START, 120)
    assert torch.equal(player.run.parameters, plain.parameters)


def test_a_branch_is_what_its_experiment_gives_from_the_start(player: Player) -> None:
    player.look_at(37)
    player.wish(replace(player.now(), training=replace(player.now().training, learning_rate=0.4)))
    assert player.experiment.interventions == (Intervention(37, "learning_rate", 0.4),)
    player.reach(100)
    assert same(player.run, up_to(player.experiment, 100))


def test_undo_then_redo_is_where_one_was(player: Player) -> None:
    player.set_part("w0.1.0", 1.5)
    player.reach(110)
    changed, run = player.experiment, player.run
    player.undo()
    assert player.experiment == START
    assert player.step == 110
    player.redo()
    player.reach(110)
    assert player.experiment == changed
    assert same(player.run, run)


def test_undo_of_another_network_is_where_it_was_left(player: Player) -> None:
    player.wish(replace(player.now(), network=Network((Layer(3), Layer(1)))))
    player.reach(20)
    player.undo()
    assert (player.experiment, player.step) == (START, 90)
    player.redo()
    assert player.step == 20


@pytest.mark.parametrize(
    "later",
    [
        {"learning_rate": 0.3},
        {"l1": 0.01},
        {"l2": 0.02, "batch_size": 7},
        {"optimizer": Choice("SGD", (("momentum", 0.5),))},
    ],
)
def test_a_wish_for_later_settings_keeps_the_past(player: Player, later: dict[str, Any]) -> None:
    past = player.run
    player.wish(replace(player.now(), training=replace(player.now().training, **later)))
    assert player.step == 90
    assert torch.equal(player.run.parameters, past.parameters)
    assert player.now().training == replace(START.training, **later)


def test_a_wish_for_another_network_or_other_data_starts_anew(player: Player) -> None:
    player.wish(replace(player.now(), network=Network((Layer(3), Layer(1)))))
    assert player.step == 0
    assert player.experiment.interventions == ()


def test_a_wish_for_what_there_is_does_nothing(player: Player) -> None:
    run = player.run
    player.wish(player.now())
    assert player.run is run
    assert not player.past


def test_looking_never_trains(player: Player) -> None:
    trained, run = player.trainer.step, player.run
    for step in (0, 13, 89, 90, 91, 10_000, -5):
        player.look_at(step)
        player.scene()
        player.standing()
        player.curves()
    assert player.trainer.step == trained
    assert player.run is run


def test_playing_over_the_past_only_looks(player: Player) -> None:
    player.look_at(10)
    player.play_on(1.0)
    assert 10 < player.step < 90
    assert player.trainer.step == 90


@pytest.mark.parametrize("speed", SPEEDS)
def test_playing_ends_where_the_experiment_ends(speed: str) -> None:
    short = replace(START, training=replace(START.training, epochs=3))
    player = Player(short, playing=True, speed=speed)
    for _frame in range(200):
        player.play_on(0.2)
    assert not player.playing
    assert same(player.run, train(short))


def test_the_curves_are_few_and_end_now(player: Player) -> None:
    player.reach(600)
    steps, values = player.curves()
    assert len(steps) <= MOST_POINTS
    assert steps[0] == 0
    assert steps[-1] == player.newest
    assert values[-1].tolist() == pytest.approx(list(player.standing()), rel=1e-5)


def test_the_curves_leave_no_gap_in_a_run_with_a_whole_beginning() -> None:
    layers = (Layer(12, Choice("Tanh")), Layer(1))
    player = Player(replace(START, network=Network(layers)))
    player.trainer.advance(600)
    steps = player.run.steps[player.moments()]
    assert len(steps) <= MOST_POINTS + 1
    assert steps[[0, -1]].tolist() == [0, 600]
    assert steps.diff().max() <= LATER


def test_what_was_measured_for_a_moment_is_not_measured_again(player: Player) -> None:
    asked: list[int] = []

    def measure(run: Run, moments: list[int]) -> torch.Tensor:
        asked.extend(moments)
        return run.losses[moments]

    player.series("loss", measure)
    first = len(asked)
    steps, losses = player.series("loss", measure)
    assert len(asked) == first == len(steps)
    assert torch.equal(losses, player.run.losses[player.moments()])


def test_what_counts_as_one_change_is_undone_at_once(player: Player) -> None:
    player.reach(5)
    before = player.experiment
    for rate in (0.1, 0.2, 0.3):
        now = player.now()
        player.wish(replace(now, training=replace(now.training, learning_rate=rate)))
        player.count_as_one(0)
        player.reach(player.step + 1)
    player.undo()
    assert player.experiment == before
