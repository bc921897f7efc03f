"""The panel of the pages with a network: what it gives is what is on the screen, and what is
brought back is there again; what can't be read changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab.experiment import Training
from nnlab.files.saved import Saved, read_experiment, write_experiment
from nnlab.files.weights import FORMATS
from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.training import train
from nnlab.ui.hosting.house import house
from nnlab.ui.playground.session import START
from nnlab.ui.take_away import FILES, READERS, Look

ROOT = Path(__file__).parents[2]
PAGES = {
    "layers": {},
    "training": {"training_at": "7"},
    "playground": {"tour": "off"},
    "backward": {},
    "surface": {},
    "optimizers": {"optimizers_ground": "network"},
    "depth": {},
}


def opened(name: str, **parameters: str) -> AppTest:
    (path,) = (ROOT / "pages").glob(f"*_{name}.py")
    page = AppTest.from_file(str(path), default_timeout=60)
    for key, value in (PAGES[name] | parameters).items():
        page.query_params[key] = value
    page.session_state[f"{name}_take"] = True
    page.run()
    assert not page.exception
    return page


def brought(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader(key="playground_bring").set_value((name, content, "")).run()
    assert not page.exception
    return page


def player(page: AppTest) -> Player:
    found: Any = page.session_state["nnlab.player"].player
    assert isinstance(found, Player)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_a_network_gives_every_file_and_takes_one(name: str) -> None:
    page = opened(name)
    buttons = {each.proto.label: each.proto.url for each in page.get("download_button")}
    assert len(buttons) >= len(FILES)
    assert page.file_uploader(key=f"{name}_bring") is not None


def test_a_valley_has_no_network_to_give() -> None:
    page = opened("optimizers", optimizers_ground="ravine")
    assert not page.get("file_uploader")


@pytest.mark.parametrize("ending", FORMATS)
def test_weights_that_are_brought_are_on_the_screen(ending: str) -> None:
    trained = train(replace(START, training=replace(START.training, epochs=30)))
    page = opened("playground")
    brought(page, f"net.{ending.upper()}", FORMATS[ending].write(trained.module()))
    now = player(page)
    assert now.step == 0
    assert torch.equal(now.run.parameters[0], trained.parameters[-1])
    now.undo()
    assert now.experiment == START


def test_an_experiment_that_is_brought_is_on_the_screen_at_its_step() -> None:
    page = opened("playground")
    saved = Saved(PRESETS["arms"].experiment, 12)
    brought(page, "arms.json", write_experiment(saved))
    assert player(page).experiment == saved.experiment
    assert player(page).step == 12


@pytest.mark.parametrize("ending", READERS)
def test_what_can_not_be_read_gets_one_sentence_and_changes_nothing(ending: str) -> None:
    page = opened("playground")
    brought(page, f"bad.{ending}", b"[no](http://file)")
    (error,) = page.error
    assert error.value
    assert "[no]" not in error.value
    assert player(page).experiment == START
    brought(page, f"good.{ending}", READERS_GOOD[ending])
    assert not page.error


def test_more_than_this_house_allows_gets_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page, small = opened("playground"), replace(house(), most_steps=START.n_steps)
    monkeypatch.setattr("nnlab.ui.hosting.house.house", lambda: small)
    longer = replace(START, training=replace(START.training, epochs=3000))
    brought(page, "long.json", write_experiment(Saved(longer)))
    (error,) = page.error
    assert "number of steps" in error.value
    assert player(page).experiment == START


def test_what_is_given_is_what_is_looked_at() -> None:
    page = opened("playground")
    held: Any = page.session_state["nnlab.player"]
    held.player.reach(40)
    held.player.look_at(25)
    look = Look(held.player.run, held.player.seen)
    assert read_experiment(FILES["json"].write(look)) == Saved(START, 25)
    module = held.player.run.module(25)
    assert FILES["safetensors"].write(look) == FORMATS["safetensors"].write(module)
    assert len(FILES["history"].write(look).splitlines()) == 1 + 41


_SHORT = train(replace(START, training=Training(epochs=0)))
READERS_GOOD = {
    "json": write_experiment(Saved(START)),
    **{ending: form.write(_SHORT.module()) for ending, form in FORMATS.items()},
}
