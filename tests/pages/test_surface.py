"""The lesson on loss surfaces, without a browser: the ball's numbers are the module's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from unittest.mock import Mock

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from nnlab.landscape import Landscape, Surface
from nnlab.slices import SLICES, Cut
from nnlab.terrains import TERRAINS
from nnlab.training import train
from nnlab.ui.lessons import surface as surface_lesson
from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "8_surface.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"surface_{key}"] = value
    page.run()
    assert not page.exception
    return page


def bold(page: AppTest) -> list[float]:
    """The ball's loss and its two slopes, as the page says them."""
    (text,) = [each.value for each in page.markdown if "The ball lies at" in each.value]
    return [float(found) for found in re.findall(r"\*\*(-?[\d.]+)\*\*", text)]


def tasks_done(page: AppTest) -> int:
    return sum("Done." in each.value for each in page.success)


def by_hand(w: float, b: float) -> list[float]:
    """The loss of the straight line and its two derivatives, by the formula."""
    rows = torch.tensor(dict(TERRAINS["line"].data.source.options)["rows"]).double()
    x, y = rows.T
    error = w * x + b - y
    return [float(each) for each in ((error**2).mean(), (2 * error * x).mean(), 2 * error.mean())]


@pytest.mark.parametrize("ball", [(-3.0, 3.0), (0.5, -1.25)])
def test_loss_and_slopes_of_the_ball_are_those_of_the_formula(ball: tuple[float, float]) -> None:
    page = lesson(ball=f"{ball[0]}_{ball[1]}")
    assert bold(page) == pytest.approx(by_hand(*ball), abs=2e-5)


def test_the_program_prints_the_pages_numbers() -> None:
    asked = [("line", "pair"), ("hinge", "pair"), ("xor", "main"), ("xor", "pair")]
    asked += [("tutorial", "main"), ("tutorial", "random")]
    pages = [lesson(terrain=terrain, slice=kind, steps="20") for terrain, kind in asked]
    outputs = printed_by([programs(page)[-1] for page in pages])
    for page, printed in zip(pages, outputs, strict=True):
        said = dict(line.split(":") for line in printed.splitlines())
        loss, *slopes = bold(page)
        assert float(said["loss"]) == pytest.approx(loss, abs=2e-6)
        found = [float(each) for each in said["slopes"].strip(" []").split(",")]
        assert found == pytest.approx(slopes, abs=2e-5)
        shown = "".join(each.value for each in page.markdown)
        (after,) = re.findall(r"loss after this step: ([\d.]+)", shown)
        assert float(said["loss after one step"]) == pytest.approx(float(after), abs=2e-5)


def test_steps_that_fit_the_bowl_arrive_in_ten() -> None:
    assert tasks_done(lesson()) == 0
    assert tasks_done(lesson(rate="0.5", roll="rolls")) == 1


def test_a_dead_relu_stays_where_it_is() -> None:
    assert tasks_done(lesson(terrain="hinge", ball="-1_-4")) == 1


def test_the_page_says_what_a_slice_leaves_out() -> None:
    said = [each.value for each in lesson(terrain="tutorial", slice="random").caption]
    (share,) = re.findall(r"leaves out ([\d.]+)%", " ".join(said))
    assert 50 < float(share) <= 100
    whole = [each.value for each in lesson().caption]
    assert any("nothing is left out" in each for each in whole)
    assert tasks_done(lesson(terrain="tutorial")) == 0
    assert tasks_done(lesson(terrain="tutorial", slice="main")) >= 1


def test_a_click_places_the_ball() -> None:
    page = lesson()
    page.session_state["surface_pick"] = "at59.0"
    page.run()
    assert bold(page) == pytest.approx(by_hand(-5, 5), abs=2e-4)


def test_nonsense_in_the_link_is_one_sentence_and_a_sane_page() -> None:
    page = lesson(ball="x_1e9", terrain="<b>", slice="exec", rate="nan", at="-1", look="?")
    assert 1 <= len(page.warning) <= 3
    assert len(bold(page)) == 3


def test_too_large_steps_are_said() -> None:
    page = lesson(rate="20", steps="300", roll="rolls")
    assert any("diverged" in each.value for each in page.warning)


def test_a_right_prediction_is_praised() -> None:
    assert any("Yes." in each.value for each in lesson(bottoms="one").success)


def shown_of(surface: Iterator[Surface], seconds: float, patch: pytest.MonkeyPatch) -> list[float]:
    """The shares that the bar shows while each part of a surface takes so many seconds."""
    ticks, shares = count(step=seconds), list[float]()
    bar = Mock(progress=lambda share, _said: shares.append(share))
    patch.setattr(surface_lesson, "monotonic", lambda: next(ticks))
    patch.setattr(st, "progress", lambda _share: bar)
    assert surface_lesson.whole(surface).share == 1
    assert bar.empty.called == bool(shares)
    return shares


def test_only_a_surface_that_takes_long_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    experiment = TERRAINS["xor"]
    run = train(experiment)
    land, over = Landscape(experiment, run.module()), SLICES["main"](run, Cut("main"))
    monkeypatch.setattr(Landscape, "chunk", 36)
    assert shown_of(land.surface_gradually(over, 12), 0.01, monkeypatch) == []
    shares = shown_of(land.surface_gradually(over, 12), 0.3, monkeypatch)
    assert shares == [0.5, 0.75, 1.0]
