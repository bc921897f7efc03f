"""Every preset reaches what its text promises, the failures too."""

from __future__ import annotations

import re
from functools import cache

import pytest
import torch

from nnlab.permalink import fits, from_text, to_text
from nnlab.presets import PRESETS
from nnlab.presets.promises import MEASURES
from nnlab.rows import rows_of
from nnlab.training import Run, Trainer


@cache
def run_of(name: str) -> Run:
    preset = PRESETS[name]
    trainer = Trainer(preset.experiment)
    trainer.advance(preset.due)
    return trainer.run


@pytest.mark.parametrize("name", PRESETS)
def test_every_promise_is_kept(name: str) -> None:
    preset, run = PRESETS[name], run_of(name)
    assert preset.over(run)
    assert preset.kept(run), [each.said(run, run.moment(preset.due)) for each in preset.promises]


PAIRS = [
    ("xor_line", "xor_units"),
    ("xor_line", "xor_product"),
    ("slow", "momentum"),
    ("sigmoid_deep", "relu_deep"),
    ("squared_error", "cross_entropy"),
    ("batch_one", "batch_all"),
    ("overfit", "overfit_l2"),
    ("overfit", "overfit_dropout"),
    ("unscaled", "scaled"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_is_put_beside_each_other_differs(one: str, other: str) -> None:
    """Neither keeps what the other one promises."""
    assert not PRESETS[one].kept(run_of(other))
    assert not PRESETS[other].kept(run_of(one))


@pytest.mark.parametrize("name", PRESETS)
def test_the_question_has_its_right_choice_among_others(name: str) -> None:
    question = PRESETS[name].question
    assert question.right in question.choices
    assert len(question.choices) > 1


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fits_into_a_link(name: str) -> None:
    experiment = PRESETS[name].experiment
    text = to_text(experiment, PRESETS["circle"].experiment)
    assert fits(text)
    assert from_text(text, PRESETS["circle"].experiment) == experiment


def test_there_are_many_and_their_titles_differ() -> None:
    assert len(PRESETS) >= 14
    assert len({each.title for each in PRESETS.values()}) == len(PRESETS)


def test_both_yes_and_no_are_right_at_times() -> None:
    right = [each.question.right for each in PRESETS.values()]
    assert min(right.count("yes"), right.count("no")) >= 4


def test_it_is_not_over_before_its_epochs() -> None:
    preset = PRESETS["circle"]
    trainer = Trainer(preset.experiment)
    trainer.advance(preset.due - 1)
    assert not preset.over(trainer.run)


def test_units_that_begin_alike_are_equal_to_the_last_bit() -> None:
    weight = run_of("zeros").module()[0].weight
    assert isinstance(weight, torch.Tensor)
    assert bool((weight == weight[0]).all())


@pytest.mark.parametrize("name", PRESETS)
def test_a_promise_says_what_became_of_it(name: str) -> None:
    run = run_of(name)
    for promise in PRESETS[name].promises:
        told = promise.said(run, run.moment(PRESETS[name].due))
        assert ", as expected" in told
        assert told.endswith(".")


def test_a_promise_that_is_broken_says_so() -> None:
    (promise,) = PRESETS["rate_high"].promises
    assert promise.said(run_of("rate_high"), 0) == "The loss is no longer a number, as expected."
    assert promise.said(run_of("circle"), 0) == "The loss is still a number, not as expected."


def test_a_promise_is_told_in_numbers_that_one_reads() -> None:
    told = [each.said(run_of("sigmoid_deep"), -1) for each in PRESETS["sigmoid_deep"].promises]
    assert re.search(r" is 0\.00000\d+ times .* \(0\.001 or less\)\.$", told[1])
    (shown,) = PRESETS["circle"].promises
    assert shown.said(run_of("circle"), -1).endswith("%, as expected (95% or more).")


@pytest.mark.parametrize("name", ["circle", "overfit"])
def test_an_accuracy_is_said_as_the_stage_says_it(name: str) -> None:
    run = run_of(name)
    accuracies = [each for each in PRESETS[name].promises if "accuracy" in each.measure]
    assert accuracies
    for promise in accuracies:
        assert f" {promise.measured(run, -1):.1%}, as " in promise.said(run, -1)


def test_the_valley_is_made_of_one_unit_that_rises_to_each_side() -> None:
    """As its text says: the others say nothing where there are rows."""
    module = run_of("bends").module()
    first, last = module[0], module[2]
    assert isinstance(first, torch.nn.Linear)
    assert isinstance(last, torch.nn.Linear)
    weights, biases = first.weight.detach().flatten(), first.bias.detach()
    bends, heights = -biases / weights, last.weight.detach().flatten() * weights.abs()
    sides = weights[bends.abs() < 0.1].sign().tolist()
    assert sorted(sides) == [-1.0, 1.0]
    assert bool((heights[bends.abs() < 0.1] > 0.9).all())
    assert bool((bends * weights.sign() > -0.1).all())


def test_all_rows_at_a_time_has_four_times_the_epochs_of_one_row_and_learns_less() -> None:
    one, every = PRESETS["batch_one"], PRESETS["batch_all"]
    assert every.epochs == 4 * one.epochs
    loss = MEASURES["train_loss"].of
    assert loss(run_of("batch_all"), -1) > loss(run_of("batch_one"), -1) + 0.1


def test_most_new_points_are_right_though_twenty_are_known_by_heart() -> None:
    assert 0.8 < MEASURES["test_accuracy"].of(run_of("overfit"), -1) < 1.0


def test_what_the_product_leaves_wrong_lies_beside_the_axes() -> None:
    run = run_of("xor_product")
    samples = rows_of(run.experiment).samples()
    with torch.no_grad():
        wrong = (run.module()(samples.x).flatten() > 0) != (samples.y.flatten() > 0.5)
    products = samples.x.abs().flatten()
    assert bool(wrong.any())
    assert float(products[wrong].max()) < 0.1
