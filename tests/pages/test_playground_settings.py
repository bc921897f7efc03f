"""What is chosen by name on the playground can be set by its own settings, within their limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.experiment import Experiment
from nnlab.registry import Choice

PAGE = Path(__file__).parents[2] / "pages" / "5_playground.py"


def opened(third: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in {"tour": "off", "mode": "full", "play_third": third}.items():
        page.query_params[key] = value
    return page.run()


def experiment(page: AppTest) -> Experiment:
    found: Any = page.session_state["nnlab.player"].player
    assert isinstance(found.experiment, Experiment)
    return found.experiment


def choose(page: AppTest, key: str, name: str) -> None:
    page.selectbox(key=key).set_value(name).run()
    assert not page.exception


def type_number(page: AppTest, key: str, value: float) -> None:
    page.number_input(key=key).set_value(value).run()
    assert not page.exception


@pytest.mark.parametrize(
    ("field", "name", "setting", "value"),
    [
        ("loss", "HuberLoss", "delta", 0.5),
        ("schedule", "cosine", "epochs", 20),
    ],
)
def test_a_loss_and_a_schedule_have_settings(
    field: str, name: str, setting: str, value: float
) -> None:
    page = opened("training")
    choose(page, f"play_{field}", name)
    type_number(page, f"play_{field}_settings_{name}_{setting}", value)
    assert getattr(experiment(page).training, field) == Choice(name, ((setting, value),))


def test_activations_and_the_initialiser_have_settings() -> None:
    page = opened("network")
    choose(page, "play_activation1", "LeakyReLU")
    type_number(page, "play_activation1_LeakyReLU_negative_slope", 0.2)
    choose(page, "play_initialiser", "normal")
    type_number(page, "play_initialiser_settings_normal_std", -3.0)
    network = experiment(page).network
    assert str(network.layers[0].activation) == "LeakyReLU(negative_slope=0.2)"
    assert str(network.initialiser) == "normal(std=0.0)"
    choose(page, "play_activation1", "GELU")
    choose(page, "play_activation1_GELU_approximate", "tanh")
    assert str(experiment(page).network.layers[0].activation) == "GELU(approximate='tanh')"
