"""A learner walks through a step forwards and back, changes a weight, and does the tasks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, click_part, open_page, widget

AT = "backward_at"


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"backward_{name}").locator(".nnlab-view")


def exact(page: Page, name: str, value: str) -> None:
    entry = (
        widget(page, f"backward_{name}_sliders".replace(".", "-"))
        .locator("input[type=number]")
        .first
    )
    entry.fill(value)
    entry.press("Enter")


def expect_line(page: Page, line: str) -> None:
    """The code line that is marked as at work."""
    expect(page.get_by_text(re.compile(rf"▶ +{re.escape(line)}")).first).to_be_visible()


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "backward")
    expect(picture(page, "diagram")).not_to_have_attribute("data-drawn", "0")
    return page


def test_buttons_go_to_each_step_and_code_picture_and_numbers_follow(lesson: Page) -> None:
    for step, line, symbol in (
        ("forward", "z1 = x @ W1.T + b1", "z(h1.1)"),
        ("backward", "da2 = mse_derivative(a2, y)", "dL/dy1"),
        ("step", "optimizer.step()", "w(x1→h1.1)"),
    ):
        chosen = widget(lesson, "backward_step").get_by_text(step, exact=True)
        chosen.click()
        expect_line(lesson, line)
        expect(picture(lesson, "diagram")).to_have_attribute(
            "aria-label", re.compile(re.escape(symbol))
        )
        expect(lesson.get_by_text(re.compile(rf"^{re.escape(symbol)} = ")).first).to_be_visible()
        held = widget(lesson, "backward_step").locator(":focus")
        expect(held).to_have_text(step)


def test_keys_walk_forwards_and_back_and_the_place_is_in_the_link(lesson: Page) -> None:
    lesson.keyboard.press("n")
    expect(lesson.get_by_text("operation 2 of")).to_be_visible()
    lesson.keyboard.press("n")
    expect(lesson.get_by_text("operation 3 of")).to_be_visible()
    lesson.keyboard.press("b")
    expect(lesson.get_by_text("operation 2 of")).to_be_visible()
    lesson.wait_for_url(re.compile(f"{AT}=1"))
    lesson.reload()
    expect(lesson.get_by_text("operation 2 of")).to_be_visible()


@pytest.mark.thorough
def test_the_slider_scrubs_through_all_operations(lesson: Page) -> None:
    before = picture(lesson, "diagram").get_attribute("data-drawn")
    slider = widget(lesson, f"{AT}_sliders").locator("input[type=range]")
    slider.focus()
    lesson.keyboard.press("End")
    expect_line(lesson, "optimizer.step()")
    expect(picture(lesson, "diagram")).not_to_have_attribute("data-drawn", before or "")
    lesson.keyboard.press("Home")
    expect_line(lesson, "optimizer.zero_grad()")


def test_a_weight_against_its_gradient_and_a_silent_relu_do_two_tasks(lesson: Page) -> None:
    exact(lesson, "w0.0.0", "0.3")
    expect(lesson.get_by_text("Against the sign of the gradient")).to_be_visible()
    exact(lesson, "x0", "-5")
    expect(lesson.get_by_text("its slope is 0")).to_be_visible()


@pytest.mark.thorough
def test_a_click_on_a_unit_goes_to_where_it_is_computed(page: Page, server: Server) -> None:
    open_page(page, server, "backward", backward_at="2")
    expect(picture(page, "diagram")).not_to_have_attribute("data-drawn", "0")
    click_part(page, "backward_diagram", "u1.0")
    expect_line(page, "a2 = model[3](z2)")
