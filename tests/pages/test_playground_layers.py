"""Other layers on the playground: what was learned goes on in them, whoever asks for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor

from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.network import linear_layers
from nnlab.permalink import to_text
from nnlab.player import Player
from nnlab.registry import Choice
from nnlab.ui import slider
from nnlab.ui.playground.session import ACTS, START, Session

PAGE = Path(__file__).parents[2] / "pages" / "5_playground.py"
STEPS = 30


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Say whether a slider is being dragged: its last item."""
    said = [False]
    monkeypatch.setattr(slider, "moving", lambda: said[-1])
    return said


def opened(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in {
        "tour": "off",
        "mode": "full",
        "play_third": "network",
        **parameters,
    }.items():
        page.query_params[key] = value
    return page.run()


def turn(page: AppTest, key: str, value: int) -> None:
    """As a slider's report leaves it (see nnlab.ui.link.hold)."""
    page.session_state["nnlab.link"].texts[key] = str(value)
    page.run()
    assert not page.exception


def held(page: AppTest) -> Session:
    found: Any = page.session_state["nnlab.player"]
    assert isinstance(found, Session)
    return found


def weights(player: Player) -> list[Tensor]:
    module = player.run.module(player.run.moment(player.step))
    return [each.weight.detach() for each in linear_layers(module)]


def test_units_and_layers_by_slider_keep_the_weights_and_undo_brings_all_back() -> None:
    page = opened()
    player = held(page).player
    player.reach(STEPS)
    before = weights(player)
    turn(page, "play_units1", 7)
    turn(page, "play_hidden", 4)
    now = weights(player)
    assert player.experiment.sizes == (2, 7, 2, 2, 2, 1)
    assert torch.equal(now[0][:4], before[0])
    assert torch.equal(now[1][:, :4], before[1])
    assert torch.equal(now[4], before[2])
    player.undo()
    player.undo()
    assert (player.experiment, player.step) == (START, STEPS)


def test_another_activation_keeps_the_weights() -> None:
    page = opened(mode="learn")
    player = held(page).player
    player.reach(STEPS)
    before = weights(player)
    page.selectbox(key="play_activation").select("ReLU").run()
    assert [each.activation.name for each in player.experiment.network.layers[:2]] == ["ReLU"] * 2
    assert all(map(torch.equal, weights(player), before))


def test_before_anything_is_learned_nothing_is_carried() -> None:
    page = opened()
    turn(page, "play_units1", 7)
    assert held(page).player.experiment.interventions == ()


def test_what_a_drag_takes_away_it_brings_back(dragged: list[bool]) -> None:
    page = opened()
    player = held(page).player
    player.reach(STEPS)
    before = weights(player)
    dragged.append(True)
    for units in (3, 1, 2):
        turn(page, "play_units1", units)
    dragged.append(False)
    turn(page, "play_units1", 5)
    now = weights(player)
    assert torch.equal(now[0][:4], before[0])
    assert torch.equal(now[1][:, :4], before[1])
    assert len(player.past) == 1
    turn(page, "play_units1", 2)
    turn(page, "play_units1", 4)
    assert not torch.equal(weights(player)[0], before[0])


@pytest.mark.parametrize(
    "act",
    [{"kind": "units", "value": 0, "by": 1}, {"kind": "layers", "value": 1, "by": 1}],
    ids=["unit", "layer"],
)
def test_a_network_that_diverged_begins_anew_and_says_so(act: dict[str, Any]) -> None:
    wild = Experiment(
        network=Network((Layer(4, Choice("ReLU")), Layer(1))),
        training=Training(learning_rate=10.0, epochs=100),
    )
    page = opened(e=to_text(wild, START))
    grown = held(page)
    player = grown.player
    player.reach(100)
    diverged = player.run
    assert diverged.diverged_at is not None
    ACTS[str(act["kind"])](grown, act)
    assert "begins anew" in grown.news
    assert player.step == 0
    assert player.experiment == replace(wild, network=player.experiment.network, interventions=())
    assert len(player.experiment.sizes) + sum(player.experiment.sizes) > 3 + sum(wild.sizes)
    player.reach(100)
    player.look_at(1)
    ACTS[str(act["kind"])](grown, act)
    assert "keep their weights" in grown.news


def test_one_click_leads_back_to_before_it_diverged() -> None:
    rising = replace(START.training, loss=Choice("MSELoss"), learning_rate=10.0)
    page = opened(e=to_text(replace(START, training=rising), START))
    player = held(page).player
    player.set_part("w2.0.0", 9e5)
    player.reach(STEPS)
    page.run()
    if player.run.diverged_at is None:
        raise AssertionError(player.standing())
    page.button(key="play_lowest").click().run()
    assert player.standing().train_loss == min(player.curves()[1][:, 0].tolist())
