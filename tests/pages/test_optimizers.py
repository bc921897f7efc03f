"""The lesson on optimizers, without a browser: the ledger is PyTorch's, the tasks can be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab.race import LANES, racer
from nnlab.ui.lessons.optimizers import ways
from nnlab.valleys import VALLEYS, walks
from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "9_optimizers.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"optimizers_{key}"] = value
    page.run()
    assert not page.exception
    return page


def tasks_done(page: AppTest) -> int:
    return sum("Done." in each.value for each in page.success)


def book(page: AppTest) -> dict[str, str]:
    """What PyTorch keeps, by the buffer's name."""
    kept = [text.split(" ") for text in page.table[0].value["PyTorch keeps"] if text]
    return dict(kept)


def test_it_opens_with_adams_first_step_and_no_task_done() -> None:
    page = lesson()
    assert tasks_done(page) == 0
    assert book(page) == {
        ".grad": "-0.7",
        "step": "1",
        "exp_avg": "-0.07",
        "exp_avg_sq": "0.00049",
        "parameter": "-6.7",
    }


@pytest.mark.parametrize("name", LANES)
def test_by_hand_and_what_pytorch_keeps_are_the_same_to_the_last_shown_digit(name: str) -> None:
    table = lesson(ground="beale", racer=name, at="5", part_valley="y").table[0].value
    for hand, kept in zip(table["by hand"], table["PyTorch keeps"], strict=True):
        assert not kept or float(kept.split(" ")[1]) == pytest.approx(float(hand), rel=1e-5)


def test_the_program_prints_where_they_end_and_what_is_kept() -> None:
    page = lesson(ground="himmelblau", racer="Adam", at="7", steps_himmelblau="40")
    printed = printed_by([programs(page)[0]])[0].splitlines()
    ends = {line.split(" ")[0]: float(line.rsplit(" ", 1)[1]) for line in printed[: len(LANES)]}
    for name, height in ends.items():
        assert height >= 0, name
    kept = dict(line.split(" ", 1) for line in printed[len(LANES) + 1 :])
    shown = book(page)
    for name, values in kept.items():
        value = json.loads(values)
        value = value[0] if isinstance(value, list) else value
        assert float(shown[name]) == pytest.approx(value, rel=1e-5)


def test_the_programs_ends_are_the_walks() -> None:
    page = lesson(steps_ravine="30")
    printed = printed_by([programs(page)[0]])[0].splitlines()[: len(LANES)]
    point = torch.tensor(VALLEYS["ravine"].start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=0.95)
    for _step in range(30):
        optimizer.zero_grad()
        VALLEYS["ravine"].make(point).backward()
        optimizer.step()
    assert float(printed[0].rsplit(" ", 1)[1]) == pytest.approx(
        VALLEYS["ravine"].make(point).item()
    )


@pytest.mark.parametrize("steps", [5, 90, 20, 300])
def test_ways_are_as_long_as_asked_whatever_was_asked_before(steps: int) -> None:
    racers, start = {"Adam": racer("Adam", 0.3, {})}, (-6.5, 1.5)
    way = ways("ravine", racers, start, steps, "cpu")["Adam"]
    (walk,) = walks("ravine", [racers["Adam"]], start, steps)
    assert way.heights == walk.heights.tolist()
    assert torch.equal(way.places, walk.places)


def test_plain_sgd_can_go_down_the_ravine_without_a_jump_only_as_it_is_asked() -> None:
    assert tasks_done(lesson(rates_ravine="0.4")) == 1
    assert tasks_done(lesson(rates_ravine="0.51")) == 0
    assert tasks_done(lesson(rates_ravine="0.3")) == 0
    assert tasks_done(lesson(rates_ravine="0.3", steps_ravine="100")) == 0
    assert tasks_done(lesson(rates_ravine="0.4", start_ravine="-6_2")) == 0


def test_all_seven_can_arrive_in_the_ravine() -> None:
    assert tasks_done(lesson(rates_ravine="____3__", steps_ravine="200")) == 1


@pytest.mark.parametrize("schedule", ["step", "exponential", "cosine", "warm_up_cosine"])
@pytest.mark.parametrize("rate", ["0.1", "0.2", "0.3"])
def test_a_rate_that_falls_comes_to_rest(schedule: str, rate: str) -> None:
    assert tasks_done(lesson(schedule=schedule, planned_rate=rate)) == 1


@pytest.mark.parametrize("schedule", ["constant", "warm_up"])
@pytest.mark.parametrize("rate", ["0.05", "0.1", "0.2", "0.3"])
def test_a_rate_that_stays_does_not(schedule: str, rate: str) -> None:
    assert tasks_done(lesson(schedule=schedule, planned_rate=rate)) == 0


def test_on_the_network_the_ledger_tells_a_weight() -> None:
    page = lesson(ground="network", racer="Nesterov", at="3", part_network="w0.1.2")
    assert set(book(page)) == {".grad", "momentum_buffer", "parameter"}
    assert "y_pred = model(x)" in programs(page)[0]


def test_a_click_on_the_ground_starts_the_race_there() -> None:
    page = lesson()
    page.session_state["optimizers_pick"] = "at0.59"
    page.run()
    x, y = (float(page.table[0].value["with today's numbers"].iloc[-1].split(" ")[0]), -3.0)
    assert (x, y) == (8.0, -3.0)


@pytest.mark.parametrize("schedule", ["step", "warm_up_cosine", "constant"])
def test_the_schedule_that_is_drawn_is_in_its_program(schedule: str) -> None:
    program = programs(lesson(schedule=schedule))[-1]
    assert ("lr_scheduler" in program) == (schedule != "constant")


def test_nonsense_in_the_link_is_one_sentence_and_a_sane_page() -> None:
    page = lesson(
        ground="<b>", racer="exec", at="-1", rates_ravine="nan", settings="2_x", schedule="?"
    )
    assert 1 <= len(page.warning) <= 3
    assert book(page)


def test_a_right_prediction_is_praised() -> None:
    assert any("Yes." in each.value for each in lesson(guess="zigzag").success)
