"""A learner races seven optimizers, mends one, and reads a ledger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, widget


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"optimizers_{name}").locator(".nnlab-view")


def exact(page: Page, name: str, value: str, place: int = 0) -> None:
    entry = widget(page, f"optimizers_{name}_sliders").locator("input[type=number]").nth(place)
    entry.fill(value)
    entry.press("Enter")


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "optimizers")
    expect(picture(page, "contours")).not_to_have_attribute("data-drawn", "0")
    return page


def test_adams_first_step_is_told_with_what_pytorch_keeps(lesson: Page) -> None:
    table = lesson.get_by_test_id("stTable")
    expect(table.get_by_text("exp_avg_sq 0.00049")).to_be_visible()
    expect(table.get_by_text("parameter -6.7")).to_be_visible()


@pytest.mark.thorough
def test_another_step_has_another_ledger_and_the_link_remembers(lesson: Page) -> None:
    exact(lesson, "at", "2")
    expect(lesson.get_by_text("step 3", exact=True)).to_be_visible()
    lesson.wait_for_url(re.compile("optimizers_at=2"))
    lesson.reload()
    expect(lesson.get_by_text("step 3", exact=True)).to_be_visible()


def test_a_learning_rate_that_fits_the_ravine_solves_the_task(lesson: Page) -> None:
    exact(lesson, "rates_ravine", "0.4")
    expect(lesson.get_by_text("Done.")).to_be_visible()


def test_the_race_moves_to_another_ground_and_to_a_network(lesson: Page) -> None:
    widget(lesson, "optimizers_ground").get_by_text("Rosenbrock").click()
    expect(lesson.get_by_text("Let at least 3 of the 7")).to_be_visible()
    widget(lesson, "optimizers_ground").get_by_text("The tutorial's network").click()
    expect(picture(lesson, "contours")).to_be_hidden()
    expect(lesson.get_by_text("all seven losses below 0.01")).to_be_visible()
    expect(picture(lesson, "heights")).to_have_attribute("aria-label", re.compile("Adagrad"))


def test_a_schedule_is_drawn_before_it_runs_and_brings_a_restless_loss_to_rest(
    page: Page, server: Server
) -> None:
    open_page(page, server, "optimizers", optimizers_schedule="exponential")
    curve = picture(page, "schedule_curve")
    expect(curve).to_have_attribute("aria-label", "The learning rate goes from 0.2 to 0.0162.")
    expect(page.get_by_text("Done.")).to_be_visible()
    exact(page, "exponential_gamma", "1")
    expect(curve).to_have_attribute("aria-label", "The learning rate goes from 0.2 to 0.2.")
    expect(page.get_by_text("Done.")).to_have_count(0)


def test_another_schedule_is_drawn_where_the_first_stood(page: Page, server: Server) -> None:
    open_page(page, server, "optimizers", optimizers_schedule="cosine")
    curve = picture(page, "schedule_curve")
    curve.scroll_into_view_if_needed()
    expect(curve).to_have_attribute("data-drawn", "1")
    exact(page, "cosine_floor", "0.5")
    expect(curve).to_have_attribute("data-drawn", "2")
