"""The gallery and the first start on the playground, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.ui.playground.first_start import TASKS
from nnlab.ui.playground.session import START

PAGE = Path(__file__).parents[2] / "pages" / "5_playground.py"


def opened(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def player(page: AppTest) -> Player:
    found: Any = page.session_state["nnlab.player"].player
    assert isinstance(found, Player)
    return found


def text(page: AppTest) -> str:
    boxes = (*page.markdown, *page.success, *page.info, *page.caption, *page.warning, *page.error)
    return "\n".join(each.value for each in boxes)


def unfolded(page: AppTest) -> AppTest:
    page.session_state["play_gallery"] = True
    return page.run()


def test_a_preset_is_opened_from_the_shelf_and_undo_brings_back_what_was_there() -> None:
    page = unfolded(opened())
    page.selectbox(key="play_preset").select("spiral").run()
    assert PRESETS["spiral"].why in text(page)
    page.button(key="play_open").click().run()
    assert not page.exception
    assert player(page).experiment == PRESETS["spiral"].experiment
    assert page.query_params["preset"] in ("spiral", ["spiral"])
    player(page).undo()
    assert player(page).experiment == START


@pytest.mark.parametrize("name", ["circle", "bends", "digits"])
def test_a_link_that_names_a_preset_opens_it(name: str) -> None:
    page = opened(preset=name)
    assert player(page).experiment == PRESETS[name].experiment
    assert player(page).step == 0
    assert PRESETS[name].see not in text(page)


def test_an_unknown_name_is_no_preset() -> None:
    assert player(opened(preset="nothing")).experiment == START


def test_the_answer_comes_when_its_epochs_are_over() -> None:
    page, preset = opened(preset="momentum", guess="no"), PRESETS["momentum"]
    assert preset.see not in text(page)
    player(page).reach(preset.due)
    page.run()
    assert "Not quite. " + preset.see in text(page)
    assert "The training loss is " in text(page)


def test_playing_pauses_where_the_answer_comes_and_then_goes_on() -> None:
    page = opened(preset="xor_product")
    playing, due = player(page), PRESETS["xor_product"].due
    playing.speed, playing.playing = "full", True
    while playing.playing:
        playing.play_on(0.05)
    assert playing.step == due
    playing.playing = True
    playing.play_on(0.0)
    assert playing.playing
    assert playing.step > due


def test_a_change_is_told_beside_the_answer() -> None:
    page = opened(preset="rate_high")
    player(page).reach(PRESETS["rate_high"].due)
    assert "The loss is no longer a number, as expected." in text(page.run())
    player(page).set_part("b1.0", 0.5)
    assert "expected" not in text(page.run())


def test_opening_again_begins_anew() -> None:
    page = unfolded(opened(preset="circle"))
    player(page).reach(50)
    page.button(key="play_open").click().run()
    assert player(page).step == 0
    assert player(page).newest == 0


def test_closing_leaves_the_experiment_and_nothing_in_the_link() -> None:
    page = opened(preset="circle", guess="yes")
    page.button(key="play_close").click().run()
    assert not {"preset", "guess"} & set(page.query_params)
    assert player(page).experiment == PRESETS["circle"].experiment


def test_the_first_start_goes_from_task_to_task() -> None:
    page = opened()
    assert TASKS[0].text in text(page)
    held = player(page)
    held.reach(2000)
    assert TASKS[1].text in text(page.run())
    held.look_at(100)
    assert TASKS[2].text in text(page.run())
    now = held.now()
    held.wish(replace(now, training=replace(now.training, learning_rate=0.05)))
    assert TASKS[3].text in text(page.run())
    assert page.query_params["tour"] in ("3", ["3"])


def test_the_first_start_sees_at_once_what_a_control_has_done() -> None:
    page = opened(tour="4")
    assert TASKS[4].text in text(page)
    data = next(each for each in page.selectbox if (each.key or "").startswith("play_data"))
    data.select("spiral").run()
    assert TASKS[4].praise in text(page)


def test_the_start_learns_soon_enough_for_the_first_task() -> None:
    held = Player(START)
    held.reach(START.timetable.step_of(200))
    assert TASKS[0].done(held)


def test_the_first_start_stays_closed() -> None:
    page = opened()
    page.button(key="tour_close").click().run()
    assert TASKS[0].text not in text(page)
    assert page.query_params["tour"] in ("off", ["off"])
    assert TASKS[0].text not in text(opened(tour="off"))


def test_it_is_only_for_those_who_begin() -> None:
    assert TASKS[0].text not in text(opened(preset="circle"))
    assert TASKS[0].text not in text(opened(task="a teacher's question"))
    assert TASKS[0].text not in text(opened(mode="full"))
    assert TASKS[0].text not in text(opened(e='{"seed":77}'))
    assert TASKS[0].text in text(opened(tour="nonsense"))


def test_the_first_start_stays_while_one_tries_things() -> None:
    page = opened()
    held = player(page)
    held.reach(10)
    now = held.now()
    held.wish(replace(now, training=replace(now.training, learning_rate=0.05)))
    assert TASKS[0].text in text(page.run())
