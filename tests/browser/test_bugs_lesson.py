"""A learner sees gradients pile up, then mends a bug after a wrong guess."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from nnlab.bugs.zoo import BUGS
from tests.browser.app import Server, open_page, wait_until_idle, widget


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"bugs_{name}").locator(".nnlab-view")


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "bugs")
    expect(picture(page, "pile")).not_to_have_attribute("data-drawn", "0")
    return page


def test_gradients_pile_up_step_by_step(lesson: Page) -> None:
    entry = widget(lesson, "bugs_at_sliders").locator("input[type=number]")
    entry.fill("7")
    entry.press("Enter")
    expect(picture(lesson, "pile")).to_have_attribute("aria-label", re.compile("step 7"))
    lesson.wait_for_url(re.compile("bugs_at=7"))


def test_a_wrong_remedy_is_run_and_refuted_and_the_right_one_mends(lesson: Page) -> None:
    lesson.get_by_text(BUGS["swing"].diagnoses["short"].text).click()
    widget(lesson, "bugs_mend").get_by_role("button").click()
    expect(lesson.get_by_text("The symptom is still there")).to_be_visible()
    drawn = picture(lesson, "curves").get_attribute("data-drawn")
    lesson.get_by_text(BUGS["swing"].diagnoses["forgotten"].text).click()
    widget(lesson, "bugs_mend").get_by_role("button").click()
    expect(lesson.get_by_text(BUGS["swing"].title)).to_be_visible()
    expect(picture(lesson, "curves")).not_to_have_attribute("data-drawn", drawn or "")
    expect(lesson.get_by_text("Mended so far: 1")).to_be_visible()
    lesson.reload()
    expect(lesson.get_by_text(BUGS["swing"].title)).to_be_visible()


def test_another_symptom_shows_its_own_program(lesson: Page) -> None:
    box = widget(lesson, "bugs_bug").get_by_role("combobox")
    wait_until_idle(lesson)
    box.click()
    box.fill("Three classes")
    lesson.locator("[role=option]", has_text="Three classes").click()
    expect(lesson.get_by_text("stage.network(2, hidden, 3)").first).to_be_visible()
    lesson.wait_for_url(re.compile("bugs_bug=floor3"))
