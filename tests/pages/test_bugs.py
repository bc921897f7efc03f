"""The lesson on zero_grad and the bug zoo, without a browser: verdicts come from running."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.accumulation import accumulation
from nnlab.arithmetic import number
from nnlab.bugs.bug import changes, listing
from nnlab.bugs.zoo import BUGS
from nnlab.experiment import Experiment, Training
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "7_bugs.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"bugs_{key}"] = value
    page.run()
    assert not page.exception
    return page


def right(name: str) -> str:
    """The diagnosis whose remedy is the mended program."""
    diagnoses = BUGS[name].diagnoses
    return next(key for key, each in diagnoses.items() if each.remedy is BUGS[name].mended)


def praised(page: AppTest) -> str:
    return " ".join(each.value for each in page.success)


@pytest.mark.parametrize("at", [0, 3, 11])
def test_the_arithmetic_is_that_of_the_training(at: int) -> None:
    page = lesson(at=str(at))
    shown = next(each.value for each in page.markdown if "without zero_grad" in each.value)
    found = accumulation(Experiment(training=Training(learning_rate=0.01, epochs=12)), "b1.0")
    sums = re.findall(r"\n +\.? += (\S+)", shown)
    assert sums == [number(found.piled[at].item()), number(found.cleared[at].item())]


@pytest.mark.parametrize("name", BUGS)
def test_the_right_diagnosis_mends_the_curve_and_shows_the_changed_lines(name: str) -> None:
    page = lesson(bug=name, **{f"tried_{name}": right(name)})
    assert BUGS[name].title in praised(page)
    assert changes(BUGS[name].broken, BUGS[name].mended) in [each.value for each in page.code]
    assert not page.warning


def test_a_wrong_diagnosis_is_run_and_refuted() -> None:
    page = lesson(bug="swing", tried_swing="short")
    assert "still there" in page.warning[0].value
    assert BUGS["swing"].title not in praised(page)


def test_the_remedy_is_run_by_a_click() -> None:
    page = lesson(bug="floor3", said_floor3="twice")
    assert BUGS["floor3"].title not in praised(page)
    page.button(key="bugs_mend").click().run()
    assert BUGS["floor3"].title in praised(page)


def test_without_a_diagnosis_nothing_can_be_mended() -> None:
    assert lesson().button(key="bugs_mend").disabled


def test_five_mended_bugs_do_the_task() -> None:
    tried = {f"tried_{name}": right(name) for name in list(BUGS)[:5]}
    assert "Mended so far: 5" in praised(lesson(**tried))
    assert "Mended so far" not in praised(lesson())


def test_a_pile_that_points_uphill_does_the_other_task() -> None:
    assert "uphill" not in praised(lesson())
    assert all("uphill" in praised(lesson(rate="0.2", at=at)) for at in ("6", "8"))


def test_the_code_that_is_shown_has_no_name_that_tells() -> None:
    for name in BUGS:
        shown = programs(lesson(bug=name))
        assert listing(BUGS[name].broken) in shown
        assert all(BUGS[name].broken.__name__ not in each for each in shown)


def test_a_right_prediction_is_praised_and_a_wrong_one_is_not() -> None:
    assert "Yes." in praised(lesson(guess="sum"))
    assert any("Not quite." in each.value for each in lesson(guess="once").info)


def test_nonsense_in_the_link_is_a_sane_page() -> None:
    page = lesson(bug="<b>", tried_swing="exec", at="-4", rate="x", part="w9")
    assert len(page.warning) <= 3
    assert "zero_grad" in page.title[0].value
