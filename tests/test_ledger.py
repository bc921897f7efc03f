"""Every row of the ledger is what torch.optim keeps, for every optimizer, setting and step."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import parts
from nnlab.experiment import Experiment
from nnlab.ledger import Update, ledger, update_in_training, update_in_valley
from nnlab.limits import Number
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice
from nnlab.training import train
from nnlab.valleys import VALLEYS, Racer, walks
from tests.strategies import experiments

FRACTIONS = {"eps": st.floats(1e-10, 1e-3), "initial_accumulator_value": st.floats(0, 10)}


@st.composite
def racers(draw: st.DrawFn) -> Racer:
    """An optimizer with any of its settings."""
    name = draw(st.sampled_from(list(OPTIMIZERS)))
    given_settings = {}
    for key, option in OPTIMIZERS[name].options.items():
        number = isinstance(option.rule, Number)
        values = FRACTIONS.get(key, st.floats(0, 0.99)) if number else st.booleans()
        given_settings[key] = draw(st.one_of(st.just(option.default), values))
    if given_settings.get("nesterov"):
        given_settings |= {"momentum": draw(st.floats(0.1, 0.99)), "dampening": 0.0}
    choice = OPTIMIZERS.accept("optimizer", {"name": name, **given_settings})
    return Racer(choice, draw(st.floats(1e-4, 0.05)))


def close(update: Update, tolerance: float) -> None:
    """What is computed by hand is what is kept, and nothing that is kept is left out."""
    rows = ledger(update)
    shown = {row.buffer for row in rows} - {"", ".grad", "parameter"}
    assert shown == set(update.state) - ({"step"} if "step" not in shown else set())
    for row in rows:
        if row.kept is not None:
            assert math.isclose(row.value, row.kept, rel_tol=tolerance, abs_tol=tolerance), row
    assert rows[-1].kept == update.after


@settings(max_examples=300)
@given(racers(), st.sampled_from(list(VALLEYS)), st.integers(0, 25), st.integers(0, 1))
def test_by_hand_and_by_torch_are_the_same_to_nine_digits(
    racer: Racer, valley: str, step: int, coordinate: int
) -> None:
    start = VALLEYS[valley].start
    update = update_in_valley(valley, racer, start, step, coordinate)
    if math.isfinite(update.after) and abs(update.after) < 1e6:
        close(update, 1e-9)


@settings(max_examples=40)
@given(experiments(), st.integers(0, 4), st.integers(0, 10**6))
def test_the_ledger_of_a_network_is_the_runs_own(
    experiment: Experiment, step: int, place: int
) -> None:
    run = train(experiment, engine="reference")
    names = parts.names(experiment.sizes, experiment.norms)
    step, place = step % max(len(run) - 1, 1), place % len(names)
    if step + 1 >= len(run):
        return
    update = update_in_training(experiment, step, names[place])
    assert update.before == float(run.parameters[step, place])
    assert update.gradient == float(run.gradients[step, place])
    later = {each.step for each in experiment.interventions}
    if step + 1 not in later:
        assert update.after == float(run.parameters[step + 1, place])
    close(update, 2e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_ledgers_values_are_the_walk(name: str) -> None:
    racer = Racer(Choice(name), 0.01)
    (way,) = walks("beale", [racer], (1.0, 1.5), 8)
    for step in range(8):
        update = update_in_valley("beale", racer, (1.0, 1.5), step, 1)
        assert update.before == float(way.places[step, 1])
        assert update.gradient == float(way.gradients[step, 1])
        assert update.after == float(way.places[step + 1, 1])


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate() -> None:
    """The two corrections make m-hat and the root of v-hat the same."""
    update = update_in_valley("ravine", Racer(Choice("Adam"), 0.25), (-7.0, 2.0), 0, 0)
    assert abs(update.after - update.before) == pytest.approx(0.25, rel=1e-6)


def test_numbers_are_plugged_into_the_formula() -> None:
    update = update_in_valley("ravine", Racer(Choice("SGD"), 0.1), (-7.0, 2.0), 0, 1)
    last = ledger(update)[-1]
    assert (last.formula, last.numbers) == ("θ - η g", "2 - 0.1 × 4")
    assert last.value == pytest.approx(1.6)
    assert torch.tensor(last.kept).isfinite()
