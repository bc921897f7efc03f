"""A learner walks through the lesson on one neuron: drags, types, makes gates, points, reloads."""

from __future__ import annotations

import re

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, wait_until_idle, widget
from tests.browser.conftest import DESKTOP, PHONE

DONE = "Done."
PATIENCE = 30_000


def picture(page: Page, key: str) -> Locator:
    return widget(page, key).locator(".nnlab-view")


def expect_drawn(page: Page, key: str) -> None:
    expect(picture(page, key)).not_to_have_attribute("data-drawn", "0", timeout=PATIENCE)


def row(page: Page, group: str, place: int = 0) -> Locator:
    return widget(page, f"neuron_{group}_sliders").locator(".row").nth(place)


def type_exact(page: Page, group: str, value: str, place: int = 0) -> None:
    entry = row(page, group, place).locator("input[type=number]")
    entry.focus()
    entry.fill(value)
    entry.press("Enter")


def expect_output(page: Page, weights: dict[int, float], seed: int = 7) -> None:
    """Pictures and numbers say what the tutorial's own lines give with these weights put in."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn((1, 5), generator=generator)
    drawn = torch.randn((1, 5), generator=generator)
    bias = torch.randn((1, 1), generator=generator)
    for place, value in weights.items():
        drawn[0, place] = value
    z = torch.mm(features, drawn.view(5, 1)) + bias
    y = f"{(1 / (1 + torch.exp(-z))).item():.4f}"
    label = re.compile(re.escape(y))
    for key in ("neuron_diagram", "neuron_curve"):
        expect(picture(page, key)).to_have_attribute("aria-label", label, timeout=PATIENCE)
    expect(page.get_by_text(re.compile(rf"y = Sigmoid\(z\) +{re.escape(y)}"))).to_be_visible()


@pytest.fixture
def neuron(page: Page, server: Server) -> Page:
    open_page(page, server, "neuron")
    expect_drawn(page, "neuron_diagram")
    return page


def choose(page: Page, text: str) -> None:
    page.get_by_role("radio", name=text).click()


def gate(page: Page, server: Server, aim: str) -> Page:
    open_page(page, server, "neuron", neuron_aim=aim)
    expect_drawn(page, "neuron_plane")
    return page


def test_it_shows_what_the_tutorials_lines_give(neuron: Page) -> None:
    expect_output(neuron, {})


def test_an_exact_weight_changes_everything_and_survives_a_reload(neuron: Page) -> None:
    type_exact(neuron, "seed_weights", "2.5", place=1)
    expect_output(neuron, {1: 2.5})
    neuron.wait_for_url(re.compile("neuron_seed_weights=_2.5"))
    neuron.reload()
    expect_output(neuron, {1: 2.5})


def test_dragging_moves_the_picture_before_letting_go(neuron: Page) -> None:
    slider = row(neuron, "seed_weights", 4).locator("input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    before = picture(neuron, "neuron_diagram").get_attribute("aria-label")
    middle = box["y"] + box["height"] / 2
    neuron.mouse.move(box["x"] + box["width"] * 0.33, middle)
    neuron.mouse.down()
    neuron.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=8)
    expect(picture(neuron, "neuron_diagram")).not_to_have_attribute("aria-label", before or "")
    neuron.mouse.up()
    wait_until_idle(neuron)
    value = row(neuron, "seed_weights", 4).locator("input[type=range]").input_value()
    expect_output(neuron, {4: float(value)})


def test_the_keyboard_moves_a_weight(neuron: Page) -> None:
    type_exact(neuron, "seed_weights", "1")
    expect_output(neuron, {0: 1.0})
    row(neuron, "seed_weights").locator("input[type=range]").press("ArrowRight")
    expect_output(neuron, {0: 1.01})


def test_new_random_numbers_are_the_next_seeds(neuron: Page) -> None:
    type_exact(neuron, "seed_weights", "3")
    expect_output(neuron, {0: 3.0})
    neuron.get_by_role("button", name="New random numbers").click()
    expect_output(neuron, {}, seed=8)
    wait_until_idle(neuron)
    assert "neuron_seed=8" in neuron.url
    assert "neuron_seed_weights" not in neuron.url


def test_pointing_at_a_slider_lights_its_product_up_everywhere(neuron: Page) -> None:
    row(neuron, "seed_weights", 2).hover()
    for key in ("neuron_diagram", "neuron_sum"):
        expect(picture(neuron, key).locator(".nnlab-lit .ring")).to_have_count(1)


def test_the_prediction_is_answered(neuron: Page) -> None:
    choose(neuron, "It rises")
    expect(neuron.get_by_text("Not quite.")).to_be_visible()
    choose(neuron, "It depends on the feature")
    expect(neuron.get_by_text("Yes. The weight is multiplied by its feature")).to_be_visible()


@pytest.mark.thorough
def test_an_and_becomes_an_or_by_the_bias_alone(page: Page, server: Server) -> None:
    gate(page, server, "AND")
    expect(page.get_by_text("Make it an AND")).to_be_visible()
    type_exact(page, "gate_weights", "1", place=1)
    type_exact(page, "gate_bias", "-1.5")
    expect(page.get_by_text(DONE)).to_be_visible(timeout=PATIENCE)
    choose(page, "Make an OR")
    expect(page.get_by_text("Right now 2 of 4")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(DONE)).to_have_count(0)
    type_exact(page, "gate_bias", "-0.5")
    expect(page.get_by_text(DONE)).to_be_visible(timeout=PATIENCE)


def test_xor_can_not_be_done_and_is_explained_after_trying(page: Page, server: Server) -> None:
    gate(page, server, "XOR")
    why = page.get_by_text("3 of 4 is the best")
    for bias in ("-0.5", "-1.5", "1.5"):
        type_exact(page, "gate_bias", bias)
        wait_until_idle(page)
    expect(page.get_by_text("Best so far: 3 of 4")).to_be_visible(timeout=PATIENCE)
    expect(why).to_have_count(0)
    type_exact(page, "gate_weights", "1", place=1)
    for bias in ("-0.5", "-1.5"):
        wait_until_idle(page)
        type_exact(page, "gate_bias", bias)
    expect(why).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(why).to_be_visible(timeout=PATIENCE)


@pytest.mark.thorough
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("aim", ["seed", "XOR"])
def test_it_fits_any_screen(page: Page, server: Server, aim: str, errors: list[str]) -> None:
    open_page(page, server, "neuron", neuron_aim=aim, neuron_n="8")
    expect_drawn(page, "neuron_diagram")
    assert page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".every((each) => each.scrollWidth <= each.clientWidth)"
    )
    assert errors == []


@pytest.mark.thorough
def test_a_seed_that_is_typed_or_in_the_link_holds_through_what_comes_after(neuron: Page) -> None:
    seed = widget(neuron, "neuron_seed").locator("input")
    seed.fill("9")
    seed.press("Enter")
    expect_output(neuron, {}, seed=9)
    neuron.wait_for_url(re.compile("neuron_seed=9"))
    neuron.reload()
    expect_output(neuron, {}, seed=9)
    choose(neuron, "It rises")
    expect(neuron.get_by_text("Not quite.")).to_be_visible()
    expect_output(neuron, {}, seed=9)
