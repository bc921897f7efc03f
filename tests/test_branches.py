"""Going back and going on is the same as never having stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlab import checkpoints, history
from nnlab.branches import branch, shared_steps
from nnlab.engines.reference import Reference
from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.registry import Choice
from nnlab.training import Trainer, train
from tests.engines.names import ENGINES, engines_for
from tests.strategies import experiments, interventions
from tests.test_training import same

WITH_ALL = Experiment(
    network=Network((Layer(6, Choice("ReLU"), dropout=0.3, batch_norm=True), Layer(1))),
    training=Training(
        optimizer=Choice("Adam"), batch_size=4, shuffle=True, epochs=100, l2=0.001, patience=60
    ),
    seed=5,
)


@settings(max_examples=40, deadline=None)
@given(experiments(), st.integers(0, 30), interventions(0), st.integers(0, 30))
def test_a_branch_resumed_is_the_branch_trained_from_the_start(
    experiment: Experiment, step: int, change: Intervention, reached: int
) -> None:
    try:
        other = branch(experiment, step, replace(change, step=step + change.step))
    except ExperimentError:  # such as a batch of one row before a batch norm
        assume(False)
    for engine in engines_for(experiment):
        earlier = Trainer(experiment, engine=engine)
        earlier._checkpoints.stride = 2
        for _step in range(reached):
            earlier.advance(1)
        resumed = Trainer.resume(other, earlier)
        assert resumed.step <= shared_steps(experiment, other)
        resumed.advance(other.n_steps)
        assert same(resumed.run, train(other, engine=resumed.engine)), engine


@pytest.mark.parametrize("step", [0, 1, 63, 64, 65, 128, 200, 299, 300])
def test_it_goes_on_from_the_moment_that_is_shared(step: int) -> None:
    earlier = Trainer(WITH_ALL)
    earlier.advance(10_000)
    other = branch(WITH_ALL, step, Intervention(step, "learning_rate", 0.5))
    resumed = Trainer.resume(other, earlier)
    assert resumed.step == step == shared_steps(WITH_ALL, other)
    resumed.advance(10_000)
    assert same(resumed.run, train(other))
    assert same(earlier.run, train(WITH_ALL))


def test_an_intervention_that_changes_nothing_leaves_the_run_as_it_was() -> None:
    unchanged = branch(WITH_ALL, 70, Intervention(70, "learning_rate", 0.01))
    assert torch.equal(train(unchanged).parameters, train(WITH_ALL).parameters)


@pytest.mark.parametrize("epochs", [0, 1, 20, 50, 99, 101, 150])
def test_more_or_fewer_epochs_go_on_from_what_is_there(epochs: int) -> None:
    earlier = Trainer(WITH_ALL)
    earlier.advance(10_000)
    other = replace(WITH_ALL, training=replace(WITH_ALL.training, epochs=epochs))
    resumed = Trainer.resume(other, earlier)
    assert resumed.step == min(3 * epochs, 300)
    resumed.advance(10_000)
    assert same(resumed.run, train(other))


def test_resuming_at_a_live_trainers_own_step_trains_nothing_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earlier = Trainer(WITH_ALL)
    earlier.advance(50)
    monkeypatch.setattr(
        Reference, "_updates", lambda self, last: pytest.fail("trained again") if last else iter(())
    )
    longer = replace(WITH_ALL, training=replace(WITH_ALL.training, epochs=200))
    assert Trainer.resume(longer, earlier).step == 50


@pytest.mark.parametrize("engine", ENGINES)
def test_a_diverged_run_can_be_rewound(engine: str) -> None:
    wild = replace(
        WITH_ALL,
        network=Network((Layer(5, Choice("ReLU")), Layer(1))),
        training=Training(epochs=300),
        interventions=(Intervention(100, "learning_rate", 1000.0),),
    )
    earlier = Trainer(wild, engine=engine)
    earlier.advance(300)
    assert earlier.diverged_at is not None
    tamed = branch(wild, 99)
    resumed = Trainer.resume(tamed, earlier)
    assert resumed.step == 100
    resumed.advance(300)
    assert resumed.diverged_at is None
    assert same(resumed.run, train(tamed, engine=engine))
    again = Trainer.resume(wild, earlier)
    assert same(again.run, earlier.run)


def test_what_an_earlier_run_dropped_stays_dropped_but_nothing_else_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = train(WITH_ALL)
    monkeypatch.setattr(history, "MOST_BYTES", WITH_ALL.n_parameters * 8 * 30)
    earlier = Trainer(WITH_ALL)
    earlier.advance(300)
    resumed = Trainer.resume(branch(WITH_ALL, 100), earlier)
    resumed.advance(300)
    run = resumed.run
    for moment, step in enumerate(run.steps.tolist()):
        assert torch.equal(run.parameters[moment], whole.parameters[step])


def test_checkpoints_are_few_however_long_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST_CHECKPOINTS", 3)
    long = replace(WITH_ALL.training, epochs=400, patience=0)
    trainer = Trainer(replace(WITH_ALL, training=long))
    trainer.advance(1000)
    assert [each.step for each in trainer._checkpoints._kept] == [256, 512, 768]


def test_a_branch_keeps_the_past_and_the_last_word() -> None:
    first, second, third = (Intervention(step, "b0.0", 1.0) for step in (3, 8, 12))
    experiment = Experiment(interventions=(first, second, third))
    assert branch(experiment, 8).interventions == (first, second)
    louder = replace(second, value=2.0)
    assert branch(experiment, 8, second, louder).interventions == (first, louder)


@given(experiments(), experiments())
def test_sharing_is_mutual_and_whole_with_oneself(one: Experiment, other: Experiment) -> None:
    assert shared_steps(one, one) == one.n_steps
    assert shared_steps(one, other) == shared_steps(other, one)


def test_another_seed_data_or_network_shares_nothing() -> None:
    for change in ({"seed": 1}, {"network": WITH_ALL.network}, {"training": Training(l1=0.1)}):
        assert shared_steps(Experiment(), replace(Experiment(), **change)) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_change_by_hand_replays_only_what_was_trained_last(engine: str) -> None:
    experiment = Experiment(training=Training(epochs=400, batch_size=10))
    earlier = Trainer(experiment, engine=engine)
    for _frame in range(6):
        earlier.advance(9)
    other = branch(experiment, 54, Intervention(54, "learning_rate", 0.5))
    trainer = Trainer.resume(other, earlier)
    assert trainer._before is not None
    assert trainer._before.step == 45
    trainer.advance(20)
    fresh = Trainer(other, engine=engine)
    fresh.advance(74)
    assert same(trainer.run, fresh.run)
