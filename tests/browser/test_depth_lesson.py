"""A learner finds out what Xavier and Kaiming are for, and revives dead units."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, widget


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"depth_{name}").locator(".nnlab-view")


def choose_initialiser(page: Page, aim: str, name: str) -> None:
    widget(page, f"depth_init_{aim}").locator("[data-baseweb=select], input").first.click()
    page.get_by_role("option", name=name, exact=True).click()


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "depth")
    expect(picture(page, "sizes")).not_to_have_attribute("data-drawn", "0")
    return page


@pytest.mark.thorough
def test_xavier_keeps_the_signal_that_the_default_loses(lesson: Page) -> None:
    expect(lesson.get_by_text("Done.")).to_have_count(0)
    choose_initialiser(lesson, "Identity", "xavier_normal")
    expect(lesson.get_by_text("Done.")).to_be_visible()


def test_kaiming_keeps_it_with_relu(lesson: Page) -> None:
    widget(lesson, "depth_aim").get_by_text("Keep it with ReLU").click()
    choose_initialiser(lesson, "ReLU", "kaiming_uniform")
    expect(lesson.get_by_text("Done.")).to_be_visible()


def test_dead_units_are_counted_and_revived(lesson: Page) -> None:
    widget(lesson, "depth_aim").get_by_text("Revive dead units").click()
    expect(lesson.get_by_text("More than half of these units")).to_be_visible()
    choose_initialiser(lesson, "dead", "kaiming_normal")
    expect(lesson.get_by_text("Done.")).to_be_visible()


@pytest.mark.thorough
def test_while_it_learns_there_is_a_loss_curve(lesson: Page) -> None:
    widget(lesson, "depth_look").get_by_text("while it learns").click()
    expect(picture(lesson, "curve")).not_to_have_attribute("data-drawn", "0")
