"""A learner walks over a loss: places the ball by hand or by a click, lets it roll, sees slices."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, widget


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"surface_{name}").locator(".nnlab-view")


def exact(page: Page, name: str, value: str, place: int = 0) -> None:
    entry = widget(page, f"surface_{name}_sliders").locator("input[type=number]").nth(place)
    entry.fill(value)
    entry.press("Enter")


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "surface")
    expect(picture(page, "contours")).not_to_have_attribute("data-drawn", "0")
    return page


@pytest.mark.thorough
def test_the_ball_goes_where_it_is_told_and_the_link_remembers(lesson: Page) -> None:
    exact(lesson, "ball", "1", 0)
    lesson.wait_for_url(re.compile("surface_ball=1"))
    expect(lesson.get_by_text("w = 1.0000, b = 3.0000")).to_be_visible()
    lesson.reload()
    expect(lesson.get_by_text("w = 1.0000, b = 3.0000")).to_be_visible()


def test_a_click_on_the_ground_places_the_ball(lesson: Page) -> None:
    ground = picture(lesson, "contours").locator(".nsewdrag").first
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    lesson.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.85)
    lesson.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.85)
    lesson.wait_for_url(re.compile("surface_ball="))
    said = lesson.get_by_text("The ball lies at")
    expect(said).not_to_contain_text("w = -3.0000, b = 3.0000")
    text = said.inner_text()
    found = re.search(r"w = (-?[\d.]+), b = (-?[\d.]+)", text)
    assert found
    assert abs(float(found[1]) - 2.5) < 0.6
    assert abs(float(found[2]) + 3.5) < 0.6


def test_a_ball_that_rolls_with_fitting_steps_solves_the_task(lesson: Page) -> None:
    widget(lesson, "surface_roll").get_by_text("Let it roll").click()
    lesson.wait_for_url(re.compile("surface_roll=rolls"))
    exact(lesson, "rate", "0.5")
    expect(lesson.get_by_text("Done.")).to_be_visible()


def test_a_network_is_seen_in_slices_that_say_what_they_leave_out(
    page: Page, server: Server
) -> None:
    open_page(page, server, "surface", surface_terrain="xor", surface_slice="main")
    expect(picture(page, "contours")).not_to_have_attribute("data-drawn", "0")
    expect(page.get_by_text("A slice of 9 dimensions")).to_be_visible()
    expect(page.get_by_text("Done.")).to_be_visible()


@pytest.mark.thorough
def test_it_can_be_seen_from_the_side(lesson: Page) -> None:
    widget(lesson, "surface_look").get_by_text("From the side").click()
    expect(picture(lesson, "relief")).not_to_have_attribute("data-drawn", "0")
