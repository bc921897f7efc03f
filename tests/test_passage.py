"""What a history drops comes back by training that passage once more, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import history, training
from nnlab.branches import branch
from nnlab.engines import compiled
from nnlab.experiment import Experiment, Intervention, Layer, Network, Training
from nnlab.passage import passage
from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.registry import Choice
from nnlab.step import trace_step
from nnlab.training import Run, Trainer, train
from tests.engines.names import ENGINES, engines_for
from tests.strategies import experiments
from tests.test_branches import WITH_ALL
from tests.test_training import same


@contextmanager
def little_memory(experiment: Experiment, moments: int = 5) -> Iterator[None]:
    """Histories of so few moments of an experiment."""
    numbers = 2 * experiment.n_parameters + experiment.n_buffers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "MOST_BYTES", 4 * numbers * moments)
        yield


def only(run: Run, step: int) -> Run:
    """One moment of a run that has every step."""
    here = slice(step, step + 1)
    names = ("steps", "losses", "parameters", "gradients", "buffers")
    return replace(run, **{name: getattr(run, name)[here] for name in names})


@settings(max_examples=40, deadline=None)
@given(experiments(), st.integers(1, 9), st.integers(1, 4), st.randoms(use_true_random=False))
def test_every_step_is_there_as_if_none_were_dropped(
    experiment: Experiment, pace: int, stride: int, chance: object
) -> None:
    for engine in engines_for(experiment):
        whole = train(experiment, engine=engine)
        with little_memory(experiment):
            trainer = Trainer(experiment, engine=engine)
            trainer._checkpoints.stride = stride
            while not trainer.finished:
                trainer.advance(pace)
            before = trainer.run
            steps = list(range(len(whole)))
            chance.shuffle(steps)  # type: ignore[attr-defined]
            for step in steps:
                assert same(trainer.at(step), only(whole, step)), (engine, step)
            assert trainer.newest == int(whole.steps[-1])
            assert same(trainer.run, before)
            assert trainer.run is before


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_alone_has_every_step_too(engine: str) -> None:
    experiment = Experiment(training=Training(epochs=70, batch_size=4, shuffle=True))
    whole = train(experiment, engine=engine)
    with little_memory(experiment):
        thin = train(experiment, engine=engine)
        assert len(thin) < 10
        for step in (0, 1, 63, 64, 65, 101, 209, 210):
            assert same(thin.at(step), only(whole, step))
    assert same(thin.at(10**9), only(whole, 210))


@pytest.mark.parametrize("engine", ENGINES)
def test_looking_back_changes_nothing_of_what_comes(engine: str) -> None:
    experiment = Experiment(training=Training(epochs=100, batch_size=4, shuffle=True))
    with little_memory(experiment):
        trainer, plain = (Trainer(experiment, engine=engine) for _ in range(2))
        for _part in range(30):
            trainer.advance(10)
            trainer.at(trainer.newest // 2 + 1)
        plain.advance(300)
        assert same(trainer.run, plain.run)


def test_several_moments_are_one_run_in_their_order() -> None:
    whole = train(WITH_ALL)
    with little_memory(WITH_ALL):
        trainer = Trainer(WITH_ALL)
        trainer.advance(300)
        found = trainer.at(77, 3, 150, 3, 10**6, -1)
    assert found.steps.tolist() == [0, 3, 77, 150, int(whole.steps[-1])]
    assert torch.equal(found.parameters, whole.parameters[found.steps])
    assert torch.equal(found.buffers, whole.buffers[found.steps])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_thinned_run_ends_with_the_last_moment_before_it_diverged(engine: str) -> None:
    linear = Network((Layer(5, Choice("ReLU")), Layer(1)))
    late = Intervention(105, "learning_rate", 1000.0)
    experiment = Experiment(network=linear, training=Training(epochs=300), interventions=(late,))
    whole = train(experiment, engine=engine)
    assert whole.diverged_at is not None
    with little_memory(experiment):
        thin = train(experiment, engine=engine)
    last = whole.diverged_at - 1
    assert thin.diverged_at == whole.diverged_at
    assert same(replace(thin, **only(thin, len(thin) - 1).__dict__), only(whole, last))


def test_going_on_from_step_to_step_replays_each_passage_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replayed = []

    def counted(*about: object) -> history.History:
        replayed.append(about)
        return passage(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "passage", counted)
    player = Player(WITH_ALL)
    player.trainer._history.stride = 8
    player.trainer.advance(200)
    for step in (*range(200), *range(200, -1, -1)):
        player.look_at(step)
        player.standing()
    assert len(replayed) == 7  # from 0, 64, 128 and 192, and back to 0


@pytest.mark.parametrize("step", [0, 37, 64, 90])
def test_a_branch_from_a_dropped_step_that_changes_nothing_is_the_same_run(step: int) -> None:
    whole = train(WITH_ALL)
    with little_memory(WITH_ALL):
        player = Player(WITH_ALL)
        player.trainer.advance(120)
        player.look_at(step)
        assert same(player.seen, only(whole, step))
        rate = WITH_ALL.training.learning_rate
        player.become(branch(WITH_ALL, step, Intervention(step, "learning_rate", rate)))
        assert player.step == step
        assert torch.equal(player.seen.parameters[0], whole.parameters[step])
        player.trainer.advance(150 - step)
        for later in (step, 100, 149, 150):
            found = player.trainer.at(later)
            assert torch.equal(found.parameters[0], whole.parameters[later])


def test_what_is_seen_of_a_dropped_step_is_that_step() -> None:
    with little_memory(WITH_ALL):
        thin = Player(WITH_ALL)
        thin.trainer.advance(120)
    whole = Player(WITH_ALL)
    whole.trainer.advance(120)
    with little_memory(WITH_ALL):
        for step in (119, 61, 7):
            for player in (thin, whole):
                player.look_at(step)
            assert thin.run.steps[thin.run.moment(step)] != step
            assert thin.standing() == whole.standing()
            assert torch.equal(thin.scene().output, whole.scene().output)


def test_a_step_is_taken_apart_beside_its_true_neighbours() -> None:
    whole = train(Experiment())
    with little_memory(Experiment()):
        thin = train(Experiment())
        for moment, step in enumerate(thin.steps.tolist()):
            ours, theirs = trace_step(thin, moment), trace_step(whole, step)
            for name in ("old_gradient", "after"):
                one, other = getattr(ours, name), getattr(theirs, name)
                assert (one is None) == (other is None)
                assert one is None or torch.equal(one, other)


@pytest.mark.parametrize("name", ["batch_all", "overfit_dropout"])
def test_a_promise_is_judged_by_its_very_steps(name: str) -> None:
    preset = PRESETS[name]
    whole = Trainer(preset.experiment)
    whole.advance(preset.due)
    with little_memory(preset.experiment, 40):
        thin = Trainer(preset.experiment)
        thin.advance(preset.due)
        seen = thin.at(*preset.steps)
    for promise in preset.promises:
        measured = promise.measured(seen, seen.moment(preset.due))
        assert measured == promise.measured(whole.run, whole.run.moment(preset.due))


needs_numba = pytest.mark.skipif(not compiled.installed(), reason="numba is not installed")
LARGE = Experiment(
    network=Network((Layer(12, Choice("Tanh")), Layer(1))),
    training=Training(epochs=100, batch_size=4, shuffle=True),
)


@contextmanager
def short_beginning(moments: int) -> Iterator[None]:
    """Light histories of the large network that keep only so many moments without a gap."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "WHOLE_BYTES", moments * history.bytes_of(LARGE.n_parameters, 0))
        yield


def test_a_small_network_and_a_slow_engine_keep_every_step() -> None:
    with short_beginning(10):
        assert len(train(Experiment(training=LARGE.training))) == 301
        assert all(len(train(LARGE, engine=name)) == 301 for name in ENGINES if name != "compiled")


@pytest.fixture(scope="module")
def whole_large() -> Run:
    with short_beginning(301):
        run = train(LARGE, engine="compiled")
    assert len(run) == 301
    return run


@needs_numba
@pytest.mark.parametrize("moments", [0, 1, 10, 16, 17, 300, 301, 302])
def test_a_fast_engine_keeps_a_whole_beginning_and_then_a_stride(
    moments: int, whole_large: Run
) -> None:
    with short_beginning(moments):
        trainer = Trainer(LARGE, engine="compiled")
        while not trainer.finished:
            trainer.advance(7)
        run = train(LARGE, engine="compiled")
    first = -(-moments // history.LATER) * history.LATER
    kept = {*range(min(moments, 301)), *range(first, 301, history.LATER), 300}
    assert run.steps.tolist() == sorted(kept)
    assert same(trainer.run, run)
    for step in range(301):
        assert torch.equal(trainer.at(step).gradients[0], whole_large.gradients[step])


@needs_numba
@pytest.mark.parametrize("moments", [0, 10, 17])
@pytest.mark.parametrize("changed", [0, 5, 10, 37, 299])
def test_a_branch_keeps_what_a_run_of_its_own_would(moments: int, changed: int) -> None:
    other = branch(LARGE, changed, Intervention(changed, "learning_rate", 0.3))
    with short_beginning(moments):
        earlier = Trainer(LARGE, engine="compiled")
        earlier.advance(300)
        resumed = Trainer.resume(other, earlier)
        resumed.advance(300)
        assert same(resumed.run, train(other, engine="compiled"))


@needs_numba
@pytest.mark.parametrize("capacity", [4, 15, 25])
def test_a_light_history_thins_when_it_is_full(
    capacity: int, whole_large: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = capacity * history.bytes_of(LARGE.n_parameters, 0)
    monkeypatch.setattr(history, "MOST_BYTES", room)
    with short_beginning(10):
        run = train(LARGE, engine="compiled")
    assert len(run) <= capacity + 1
    assert torch.equal(run.parameters, whole_large.parameters[run.steps])
    assert len(run.steps[:-1].diff().unique()) == 1
