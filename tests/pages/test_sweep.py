"""The lesson on sweeps, without a browser."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.permalink import from_text
from nnlab.sweep import outcome_of
from nnlab.training import train
from nnlab.ui.lessons import sweep as sweep_lesson
from nnlab.ui.lessons.sweep import CHANGES, differences, start
from nnlab.ui.playground.session import START
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "11_sweep.py"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer seeds, and a look that waits until everything is there."""
    monkeypatch.setattr(sweep_lesson, "LOOK_S", 300.0)


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=300)
    for key, value in {"seeds": "1", **parameters}.items():
        page.query_params[f"sweep_{key}"] = value
    page.run()
    assert not page.exception
    return page


def test_the_script_prints_the_numbers_on_the_page() -> None:
    page = lesson(seeds="10", cell="c1.3")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(programs(page)[-1], {})  # noqa: S102
    printed = sorted(re.findall(r"[\d.]+$", out.getvalue(), re.MULTILINE), key=float)
    assert len(printed) == 10
    said = next(each.value for each in page.markdown if "ends between" in each.value)
    assert re.findall(r"\*\*([\d.]+)\*\*", said)[2:] == [printed[0], printed[-1]]


def test_the_link_opens_the_picked_run() -> None:
    page = lesson(cell="c0.5")
    (target,) = re.findall(r"e=([^&]*)&at=200\)", " ".join(each.value for each in page.markdown))
    experiment = from_text(unquote(target), START)
    assert experiment.sizes == (2, 1, 1)
    assert experiment.training.learning_rate == 0.3


def test_tasks_notice_when_they_are_done() -> None:
    assert not any("Done." in each.value for each in lesson(cell="c0.0").success)
    assert any("Done." in each.value for each in lesson(cell="c4.6").success)


def test_the_cell_that_is_open_at_first_answers_no_task() -> None:
    page = lesson(data="moons", seeds="1")
    assert not any("Done." in each.value for each in page.success)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_change_on_the_same_rows_and_first_weights(name: str) -> None:
    one = start("circle")
    other = CHANGES[name][1](one)
    assert len(differences(one, other)) == 1
    mine, yours = outcome_of(train(one)), outcome_of(train(other))
    assert mine.losses[0].tolist() == pytest.approx(yours.losses[0].tolist())
    assert name.isalnum()


def test_anything_may_stand_in_the_link() -> None:
    lesson(cell="c99.99", change="nothing", data="pigs")
