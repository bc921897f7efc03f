"""The home page, without a browser: its neuron is PyTorch's, and its task checks itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "streamlit_app.py"


def home(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update(parameters)
    return page.run()


def test_what_the_neuron_says_is_what_pytorch_computes() -> None:
    page = home(home_weights="2.5_-1.5", home_bias="0.5")
    assert not page.exception
    (block,) = (each.value for each in page.main.markdown if each.value.startswith("`"))
    shown = [(float(z), float(y)) for z, y in re.findall(r"= (\S+) → ([\d.]+)", block)]
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    z = corners @ torch.tensor([2.5, -1.5]) + 0.5
    expected = zip(z.tolist(), torch.sigmoid(z).tolist(), strict=True)
    assert shown == [pytest.approx(pair, abs=0.006) for pair in expected]


def test_the_task_is_done_by_an_and() -> None:
    assert not home().main.success
    assert home(home_weights="1_1", home_bias="-1.5").main.success
