"""A run is the same from every engine, whatever is changed on the way, and wherever it rests."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import history
from nnlab.engines import compiled, selection
from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.registry import Choice
from nnlab.training import Run, Trainer, train
from tests.engines.names import ENGINES, engines_for
from tests.strategies import experiments
from tests.test_training import same

FAST = [name for name in ENGINES if name != "reference"]
BUSY = Experiment(
    Data(Choice("spiral", (("n_samples", 50),)), test_share=0.2),
    Network((Layer(5, Choice("Tanh")), Layer(1))),
    Training(
        loss=Choice("BCEWithLogitsLoss"),
        learning_rate=0.1,
        epochs=40,
        batch_size=7,
        shuffle=True,
        schedule=Choice("step", (("epochs", 3), ("gamma", 0.8))),
        l2=0.001,
        patience=30,
    ),
    seed=2,
    interventions=(
        Intervention(0, "learning_rate", 0.2),
        Intervention(9, "batch_size", 12),
        Intervention(10, "w0.0.1", 0.5),
        Intervention(18, "optimizer", Choice("SGD", (("dampening", 0.5), ("momentum", 0.9)))),
        Intervention(18, "l1", 0.01),
        Intervention(40, "optimizer", Choice("Adam")),
        Intervention(40, "learning_rate", 0.01),
        Intervention(55, "optimizer", Choice("Adam", (("amsgrad", True),))),
    ),
)


def plain(experiment: Experiment) -> Experiment:
    """The experiment with what only the reference can carry taken out."""
    layers = tuple(
        replace(each, dropout=0.0, batch_norm=False) for each in experiment.network.layers
    )
    gone = ("dropout", "parameters") if any(experiment.norms) else ("dropout",)
    changes = [each for each in experiment.interventions if not each.field.startswith(gone)]
    network = replace(experiment.network, layers=layers)
    return replace(experiment, network=network, interventions=tuple(changes))


def assert_close(ours: Run, theirs: Run, tolerance: float = 1e-3) -> None:
    """As long as both are there: where a loss explodes, rounding decides when it does."""
    both = min(len(ours), len(theirs))
    assert torch.equal(ours.steps[:both], theirs.steps[:both])
    for name in ("losses", "parameters", "gradients"):
        one, other = getattr(ours, name)[:both], getattr(theirs, name)[:both]
        scale = other.reshape(both, -1).abs().amax(1).clamp(min=1e-2).cummax(0).values
        apart = (one - other).reshape(both, -1).abs().amax(1) / scale
        assert float(apart.max()) <= tolerance, name


@pytest.mark.parametrize("engine", FAST)
def test_any_experiment_is_the_references_run(engine: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(experiments())
    def law(drawn: Experiment) -> None:
        # Other optimizers than SGD make a whole step of a gradient that is 0 but for rounding.
        experiment = plain(drawn)
        later = {
            each.value.name
            for each in experiment.changes_of.get("optimizer", ())
            if isinstance(each.value, Choice)
        }
        if {experiment.training.optimizer.name, *later} != {"SGD"}:
            experiment = replace(experiment, training=replace(experiment.training, epochs=1))
        rate = min(experiment.training.learning_rate, 0.05)
        experiment = replace(experiment, training=replace(experiment.training, learning_rate=rate))
        assert_close(train(experiment, engine=engine), train(experiment, engine="reference"))

    law()


@pytest.mark.parametrize("engine", FAST)
def test_every_change_on_the_way_is_made_at_its_step(engine: str) -> None:
    ours, theirs = train(BUSY, engine=engine), train(BUSY, engine="reference")
    assert len(ours) == len(theirs) > 100
    assert ours.stopped_at == theirs.stopped_at
    assert_close(ours, theirs)


@pytest.mark.parametrize("engine", FAST)
@pytest.mark.parametrize("changed", ["patience", "cliff"])
def test_it_ends_where_the_reference_ends(engine: str, changed: str) -> None:
    if changed == "patience":
        restless = replace(BUSY.training, patience=2, learning_rate=3.0)
        experiment = replace(BUSY, training=restless, interventions=())
    else:
        linear = Network((Layer(5, Choice("ReLU")), Layer(1)))
        late = Intervention(30, "learning_rate", 1000.0)
        experiment = Experiment(network=linear, interventions=(late,))
    ours, theirs = train(experiment, engine=engine), train(experiment, engine="reference")
    assert (ours.stopped_at, ours.diverged_at) == (theirs.stopped_at, theirs.diverged_at)
    assert (ours.stopped_at, ours.diverged_at) != (None, None)
    assert torch.equal(ours.steps, theirs.steps)


@settings(max_examples=30, deadline=None)
@given(experiments(), st.integers(1, 7))
def test_resting_on_the_way_changes_nothing(experiment: Experiment, pace: int) -> None:
    for engine in engines_for(experiment):
        trainer = Trainer(experiment, engine=engine)
        while not trainer.finished:
            trainer.advance(pace)
        assert same(trainer.run, train(experiment, engine=engine)), engine


@pytest.mark.parametrize("engine", ENGINES)
def test_a_first_loss_that_is_no_number_is_kept(engine: str) -> None:
    steep = tuple(Intervention(0, f"w{layer}.0.0", 1e6) for layer in range(8))
    run = train(Experiment(network=Network((Layer(1),) * 8), interventions=steep), engine=engine)
    assert (run.diverged_at, run.steps.tolist()) == (0, [0])
    assert not run.losses[0].isfinite()


@pytest.mark.parametrize("engine", ENGINES)
def test_memory_is_bounded_in_the_same_way(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = Experiment(training=Training(epochs=333))
    whole = train(experiment, engine=engine)
    monkeypatch.setattr(history, "MOST_BYTES", 61 * 8 * 10)
    thin = train(experiment, engine=engine)
    assert thin.steps.tolist() == [0, 64, 128, 192, 256, 320, 333]
    assert torch.equal(thin.parameters, whole.parameters[thin.steps])
    trainer = Trainer(experiment, engine=engine)
    while not trainer.finished:
        trainer.advance(5)
    assert same(trainer.run, thin)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("moments", range(4, 12))
def test_a_run_that_stops_early_finds_room_in_a_full_history(
    engine: str, moments: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    restless = Experiment(training=Training(learning_rate=0.0, epochs=50, patience=8))
    whole = train(restless, engine=engine)
    assert whole.stopped_at == 9
    monkeypatch.setattr(history, "MOST_BYTES", 61 * 8 * moments)
    thin = train(restless, engine=engine)
    assert thin.stopped_at == 9
    assert torch.equal(thin.parameters, whole.parameters[thin.steps])


def test_the_engine_is_chosen_by_what_it_can_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = Experiment(network=Network((Layer(5, dropout=0.5), Layer(1))))
    monkeypatch.setattr(compiled, "ready", lambda: False)
    assert train(Experiment()).engine == "batched"
    assert train(dropped).engine == "reference"
    monkeypatch.setattr(compiled, "ready", compiled.installed)
    assert train(Experiment()).engine == FAST[0]
    assert train(dropped).engine == "reference"
    wide = Experiment(network=Network((Layer(900), Layer(900), Layer(1))))
    assert selection.chosen(wide, torch.device("cpu")) != "compiled"
    with pytest.raises(ExperimentError, match="dropout"):
        train(dropped, engine="batched")
    with pytest.raises(ExperimentError, match="engine"):
        train(dropped, engine="steam")


def test_a_run_keeps_its_engine_when_a_faster_one_gets_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled, "ready", lambda: False)
    earlier = Trainer(Experiment())
    monkeypatch.setattr(compiled, "ready", compiled.installed)
    assert Trainer.resume(Experiment(training=Training(epochs=80)), earlier).engine == "batched"
    assert Trainer(Experiment()).engine == FAST[0]


def test_what_the_engine_refuses_later_is_trained_by_another_from_the_start() -> None:
    earlier = Trainer(Experiment(), engine="batched")
    earlier.advance(20)
    changed = Experiment(interventions=(Intervention(10, "dropout0", 0.5),))
    resumed = Trainer.resume(changed, earlier)
    assert (resumed.engine, resumed.step) == ("reference", 0)
