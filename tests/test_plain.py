"""Whatever an experiment asks for, its run is that of the plain PyTorch script, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.network import running
from nnlab.packed import PARAMETERS, pack
from nnlab.registry import Choice
from nnlab.training import Run
from nnlab.training import train as train_by
from tests.plain import PlainScript
from tests.strategies import OPTIMIZER_CHANGES, experiments

DEEP = Network(
    (
        Layer(6, Choice("ReLU"), dropout=0.5, batch_norm=True),
        Layer(4, Choice("Tanh"), dropout=0.2),
        Layer(1),
    )
)
SHUFFLED = Training(batch_size=4, shuffle=True, epochs=20, learning_rate=0.1)


def train(experiment: Experiment) -> Run:
    return train_by(experiment, engine="reference")


def assert_plain(experiment: Experiment) -> None:
    run, plain = train(experiment), PlainScript(experiment)
    plain.run()
    assert run.stopped_at == plain.stopped_at
    assert run.losses.tolist()[: len(plain.losses)] == plain.losses
    parameters = nn.utils.parameters_to_vector(plain.module.parameters())
    assert torch.equal(run.parameters[-1], parameters)
    kept = running(plain.module)
    assert torch.equal(run.buffers[-1], torch.cat(kept) if kept else torch.empty(0))
    for mine, theirs in zip(running(run.module()), kept, strict=True):
        assert torch.equal(mine, theirs)


@settings(max_examples=60, deadline=None)
@given(experiments(), st.integers(1, 8))
def test_any_experiment_is_the_plain_script(experiment: Experiment, n_features: int) -> None:
    network = replace(experiment.network, initialiser=Choice("default"))
    data = Data(Choice("seed_batch", (("n_features", n_features),)))
    try:
        experiment = replace(experiment, data=data, network=network)
    except ExperimentError:
        return
    if train(experiment).diverged_at is None:
        assert_plain(experiment)


def test_dropout_and_batch_norm_with_shuffled_batches_are_torchs_own() -> None:
    for seed in range(3):
        assert_plain(Experiment(network=DEEP, training=SHUFFLED, seed=seed))


@pytest.mark.parametrize("before", OPTIMIZER_CHANGES)
@pytest.mark.parametrize("after", OPTIMIZER_CHANGES)
def test_any_optimizer_can_follow_any_other(before: Choice, after: Choice) -> None:
    """Where torch itself can't switch a memory on late, it begins from zero, and goes on."""
    changes = (Intervention(7, "optimizer", after),)
    experiment = Experiment(training=replace(SHUFFLED, optimizer=before), interventions=changes)
    run = train(experiment)
    assert run.diverged_at is None
    assert len(run) == experiment.n_steps + 1
    late = {"amsgrad", "centered"} & set(dict(after.options))
    if before.name != after.name or not late:
        assert_plain(experiment)


def test_memory_switched_on_late_begins_from_zero() -> None:
    for name, setting in (("Adam", "amsgrad"), ("RMSprop", "centered"), ("RMSprop", "momentum")):
        value = 0.5 if setting == "momentum" else True
        late = Intervention(5, "optimizer", Choice(name, ((setting, value),)))
        training = replace(SHUFFLED, optimizer=Choice(name))
        assert train(Experiment(training=training, interventions=(late,))).diverged_at is None


def test_a_batch_size_holds_from_the_next_epoch_on() -> None:
    for step in (0, 1, 2, 3, 4, 13, 60):
        change = Intervention(step, "batch_size", 5)
        assert_plain(Experiment(network=DEEP, training=SHUFFLED, interventions=(change,)))


def test_all_parameters_can_be_set_on_the_way() -> None:
    count = Experiment(network=DEEP).n_parameters
    for step in (0, 1, 13, 60):
        change = Intervention(step, PARAMETERS, pack(torch.linspace(-1, 1, count)))
        assert_plain(Experiment(network=DEEP, training=SHUFFLED, interventions=(change,)))


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.01), (0.001, 0.01)])
def test_penalties_pull_the_weights_in_but_are_not_in_the_loss(l1: float, l2: float) -> None:
    plain = Experiment(training=Training(learning_rate=0.1, epochs=100))
    pulled = replace(plain, training=replace(plain.training, l1=l1, l2=l2))
    assert_plain(pulled)
    one, other = train(plain), train(pulled)
    assert one.losses[0] == other.losses[0]
    assert other.parameters[-1].abs().sum() < one.parameters[-1].abs().sum()


def test_patience_ends_what_no_longer_gets_better() -> None:
    still = Experiment(training=Training(learning_rate=0.0, epochs=100, patience=4))
    assert train(still).stopped_at == 5
    assert len(train(still)) == 6
    assert_plain(still)


@pytest.mark.parametrize(
    "network",
    [
        Network((Layer(5, Choice("ReLU"), dropout=0.5), Layer(1))),
        Network((Layer(5, Choice("ReLU")), Layer(5, Choice("ELU"), batch_norm=True), Layer(1))),
        Network((Layer(5, Choice("ReLU")), Layer(1))),
    ],
)
@pytest.mark.parametrize("training", [Training(l2=5.0), Training(l1=5.0), Training(patience=300)])
def test_divergence_ends_every_kind_of_training(network: Network, training: Training) -> None:
    diverging = replace(training, learning_rate=1000.0, epochs=200)
    run = train(Experiment(network=network, training=diverging))
    assert run.diverged_at is not None
    assert len(run) == run.diverged_at
    assert run.losses.isfinite().all()


@pytest.mark.parametrize("loss", ["BCELoss", "MSELoss", "BCEWithLogitsLoss"])
def test_weights_that_explode_behind_a_sigmoid_end_the_run_too(loss: str) -> None:
    """BCELoss refuses NaN with an error of its own; here it is a divergence like any other."""
    network = Network((Layer(5, Choice("ReLU")), Layer(1, Choice("Sigmoid"))))
    training = Training(loss=Choice(loss), learning_rate=1000.0, l2=10.0, patience=90)
    run = train(Experiment(network=network, training=training))
    assert run.diverged_at is not None
    assert run.losses.isfinite().all()
