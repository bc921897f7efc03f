"""A run is what plain PyTorch would have done, to the last bit, and can be looked at anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnlab import history
from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.losses import LOSSES
from nnlab.network import begin
from nnlab.registry import Choice
from nnlab.training import Run, Trainer, batch, train, train_gradually
from tests.strategies import experiments

LEARNS = Training(
    loss=Choice("BCEWithLogitsLoss"), optimizer=Choice("Adam"), learning_rate=0.05, epochs=300
)


def same(one: Run, other: Run) -> bool:
    pairs = [
        (one.steps, other.steps),
        (one.losses, other.losses),
        (one.parameters, other.parameters),
        (one.gradients, other.gradients),
        (one.buffers, other.buffers),
    ]
    ends = one.diverged_at == other.diverged_at and one.stopped_at == other.stopped_at
    return ends and all(torch.equal(*pair) for pair in pairs)


def test_the_tutorials_own_loop_prints_the_same_losses() -> None:
    torch.manual_seed(3)
    n_in, n_h, n_out, batch_size = 10, 5, 1, 10
    x = torch.randn(batch_size, n_in)
    y = torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0], [1.0], [0.0], [0.0], [1.0], [1.0]])
    model = nn.Sequential(nn.Linear(n_in, n_h), nn.ReLU(), nn.Linear(n_h, n_out), nn.Sigmoid())
    criterion = torch.nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _epoch in range(50):
        y_pred = model(x)
        loss = criterion(y_pred, y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    run = train(Experiment(seed=3), engine="reference")
    assert run.losses.tolist()[:50] == losses
    assert torch.equal(nn.utils.parameters_to_vector(model.parameters()), run.parameters[-1])


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_equal_experiments_give_equal_runs(experiment: Experiment) -> None:
    assert same(train(experiment), train(Experiment.loads(experiment.dumps())))


@settings(max_examples=40, deadline=None)
@given(experiments(), st.integers(1, 7))
def test_stopping_on_the_way_changes_nothing(experiment: Experiment, pace: int) -> None:
    trainer = Trainer(experiment)
    while not trainer.finished:
        trainer.advance(pace)
    assert same(trainer.run, train(experiment))


@settings(max_examples=60, deadline=None)
@given(experiments(), st.integers(0, 8))
def test_the_run_of_other_epochs_is_the_beginning_of_a_longer_one(
    experiment: Experiment, epochs: int
) -> None:
    asked = replace(experiment, training=replace(experiment.training, epochs=epochs))
    run = train(experiment)
    found = run.for_epochs(epochs)
    goes_on = epochs > experiment.training.epochs and run.diverged_at == run.stopped_at
    assert (found is None) == goes_on
    if found is not None:
        assert found.experiment == asked
        assert same(found, train(asked))


def test_a_run_that_was_thinned_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_BYTES", 61 * 8 * 10)
    assert train(Experiment()).for_epochs(8) is None


@settings(max_examples=30, deadline=None)
@given(experiments())
def test_a_restored_moment_has_that_moments_gradients(experiment: Experiment) -> None:
    layers = tuple(replace(layer, dropout=0.0) for layer in experiment.network.layers)
    experiment = replace(
        experiment,
        network=replace(experiment.network, layers=layers),
        training=replace(
            experiment.training, zero_grad=True, batch_size=100, shuffle=False, l1=0.0, l2=0.0
        ),
        interventions=(),
    )
    run, samples = train(experiment), begin(experiment).samples
    module = run.module(len(run) // 2).train()
    loss = LOSSES[experiment.training.loss.name]
    target = loss.target(samples.y, experiment.network.outputs)
    LOSSES.make(experiment.training.loss)(module(samples.x), target).backward()
    for parameter, gradient in zip(module.parameters(), run.gradient(len(run) // 2), strict=True):
        torch.testing.assert_close(parameter.grad, gradient, equal_nan=True)


def test_a_run_handed_out_does_not_change_when_training_goes_on() -> None:
    trainer = Trainer(Experiment())
    trainer.advance(10)
    early, kept = trainer.run, trainer.run.parameters.clone()
    trainer.advance(40)
    assert len(early) == 11
    assert torch.equal(early.parameters, kept)


def test_progress_ends_at_the_whole_run() -> None:
    *_, last = train_gradually(Experiment(), parts=7)
    assert same(last, train(Experiment()))


def test_memory_is_bounded_by_thinning_and_the_last_moment_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = train(Experiment())
    monkeypatch.setattr(history, "MOST_BYTES", 61 * 8 * 10)
    thin = train(Experiment())
    assert len(thin) <= 11
    assert thin.steps.tolist() == [0, 8, 16, 24, 32, 40, 48, 50]
    for moment, step in enumerate(thin.steps.tolist()):
        assert torch.equal(thin.parameters[moment], whole.parameters[step])
        assert thin.losses[moment] == whole.losses[step]


def test_a_moment_is_found_by_its_step_also_when_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_BYTES", 61 * 8 * 10)
    run = train(Experiment())
    assert [int(run.steps[run.moment(step)]) for step in (0, 7, 8, 49, 50, 99)] == [
        0,
        0,
        8,
        48,
        50,
        50,
    ]


def test_a_learning_rate_that_explodes_ends_the_run_and_keeps_what_was_before() -> None:
    linear = Network((Layer(5, Choice("ReLU")), Layer(1)))
    run = train(Experiment(network=linear, training=Training(learning_rate=10.0)))
    assert run.diverged_at is not None
    assert run.diverged_at < 50
    assert len(run) == run.diverged_at
    assert run.losses.isfinite().all()
    assert run.module(-1)(torch.zeros(1, 10)).isfinite().all()


def test_without_zero_grad_each_gradient_is_the_sum_of_all_before() -> None:
    still = Training(learning_rate=0.0, epochs=3)
    clean = train(Experiment(training=still)).gradients[0]
    piled = train(Experiment(training=replace(still, zero_grad=False))).gradients
    for times, gradient in enumerate(piled, start=1):
        torch.testing.assert_close(gradient, clean * times)


def test_each_epoch_sees_every_row_once() -> None:
    experiment = Experiment(training=Training(batch_size=4, epochs=2, shuffle=True))
    rows = begin(experiment).samples.x
    for epoch in range(2):
        seen = [batch(experiment, 3 * epoch + step).x for step in range(3)]
        assert [len(each) for each in seen] == [4, 4, 2]
        assert sorted(torch.cat(seen).tolist()) == sorted(rows.tolist())


def test_branching_without_a_change_is_the_same_and_with_one_differs_only_after_it() -> None:
    plain = train(Experiment())
    at_ten = Intervention(10, "learning_rate", 0.01)
    assert torch.equal(train(Experiment(interventions=(at_ten,))).losses, plain.losses)
    faster = train(Experiment(interventions=(replace(at_ten, value=1.0),)))
    assert torch.equal(faster.losses[:11], plain.losses[:11])
    assert not torch.equal(faster.losses[11:], plain.losses[11:])


def test_a_weight_set_in_the_middle_is_set_at_that_moment() -> None:
    run = train(Experiment(interventions=(Intervention(5, "w0.0.0", 2.0),)))
    first = run.parameters[:, 0]
    assert first[5] == 2.0
    assert first[4] < 1.0


@pytest.mark.parametrize("hidden", [(), (Layer(8, Choice("Tanh")),)])
def test_xor_needs_a_hidden_layer(hidden: tuple[Layer, ...]) -> None:
    xor = Data(Choice("xor", (("n_samples", 100),)), seed=1)
    run = train(Experiment(xor, Network((*hidden, Layer(1))), LEARNS, seed=1))
    samples = begin(run.experiment).samples
    right = ((run.module()(samples.x) > 0) == (samples.y > 0.5)).float().mean()
    assert (right > 0.95) == bool(hidden)


@settings(max_examples=25, deadline=None)
@given(experiments())
def test_nothing_is_left_behind_on_the_cpu(experiment: Experiment) -> None:
    """torch's meta device refuses to compute with a tensor of another device."""
    run = train(experiment, device="meta")
    assert len(run) == experiment.n_steps + 1
    tensors = (run.losses, run.parameters, run.gradients, run.buffers)
    assert {each.device.type for each in tensors} == {"meta"}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU on this machine")
def test_a_gpu_learns_the_same_within_rounding() -> None:
    one, other = train(Experiment(), "cpu"), train(Experiment(), "cuda:0")
    torch.testing.assert_close(one.losses, other.losses)
