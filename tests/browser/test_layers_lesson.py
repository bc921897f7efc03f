"""A learner walks through the lesson on layers: points, clicks, drags, types, undoes, reloads."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, click_part, open_page, wait_until_idle, widget
from tests.browser.conftest import DESKTOP, PHONE

BIGGEST = {
    "layers_inputs": "10",
    "layers_hidden": "6",
    "layers_outputs": "10",
    **{f"layers_units{place}": "32" for place in range(1, 7)},
}


def parameters(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def picture(page: Page, key: str) -> Locator:
    return widget(page, key).locator(".nnlab-view")


def output(edits: dict[str, float]) -> float:
    """The tutorial's own lines with seed 7, and the edits."""
    generator = torch.Generator().manual_seed(7)
    features = torch.randn((1, 3), generator=generator)
    W1 = torch.randn(3, 2, generator=generator)
    W2 = torch.randn(2, 1, generator=generator)
    B1 = torch.randn((1, 2), generator=generator)
    B2 = torch.randn((1, 1), generator=generator)
    matrices = {"w0": W1, "w1": W2, "b0": B1.T, "b1": B2.T}
    for part, value in edits.items():
        name, *place = part.split(".")
        index = tuple(int(number) for number in reversed(place))
        matrices[name][index if len(index) == 2 else (index[0], 0)] = value
    h = 1 / (1 + torch.exp(-(torch.mm(features, W1) + B1)))
    return (1 / (1 + torch.exp(-(torch.mm(h, W2) + B2)))).item()


def shown_output(page: Page) -> Locator:
    return picture(page, "layers_diagram")


def expect_output(page: Page, edits: dict[str, float]) -> None:
    expected = f"Output: {output(edits):.4g}."
    expect(shown_output(page)).to_have_attribute("aria-label", re.compile(re.escape(expected)))


@pytest.fixture
def layers(page: Page, server: Server) -> Page:
    open_page(page, server, "layers")
    expect(picture(page, "layers_diagram")).not_to_have_attribute("data-drawn", "0")
    expect(picture(page, "layers_matrix")).not_to_have_attribute("data-drawn", "0")
    return page


def exact(page: Page, part: str) -> Locator:
    """The number entry beside the slider of a part."""
    return widget(page, f"layers_{part}_sliders".replace(".", "-")).locator(
        "input[type=number], input[type=text]"
    )


def type_exact(page: Page, part: str, value: str) -> None:
    exact(page, part).click()
    page.keyboard.press("Control+A")
    page.keyboard.type(value)
    page.keyboard.press("Enter")


def test_it_shows_what_the_tutorials_lines_print(layers: Page) -> None:
    expect_output(layers, {})


def test_clicking_an_edge_and_typing_changes_the_network(layers: Page) -> None:
    click_part(layers, "layers_diagram", "w0.1.2")
    expect(layers.get_by_text("W1[2, 1]").first).to_be_visible()
    type_exact(layers, "w0.1.2", "2.5")
    expect_output(layers, {"w0.1.2": 2.5})
    assert parameters(layers)["layers_edits"] == "w0.1.2:2.5"


@pytest.mark.thorough
def test_a_cell_of_the_matrix_is_the_same_part(layers: Page) -> None:
    click_part(layers, "layers_matrix", "w0.1.1")
    expect(layers.get_by_text("W1[1, 1]").first).to_be_visible()


@pytest.mark.thorough
def test_clicking_a_unit_offers_its_bias(layers: Page) -> None:
    click_part(layers, "layers_diagram", "u1.0")
    type_exact(layers, "b1.0", "-2")
    expect_output(layers, {"b1.0": -2.0})


def test_dragging_moves_the_picture_before_letting_go(layers: Page) -> None:
    slider = widget(layers, "layers_w0-0-0_sliders").locator("input[type=range]")
    box = slider.bounding_box()
    assert box
    start = picture(layers, "layers_diagram").get_attribute("aria-label")
    layers.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    layers.mouse.down()
    layers.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=8)
    expect(picture(layers, "layers_diagram")).not_to_have_attribute("aria-label", start or "")
    assert "layers_edits" not in parameters(layers)
    layers.mouse.up()
    layers.wait_for_url(re.compile("layers_edits=w0.0.0"))
    wait_until_idle(layers)
    value = float(parameters(layers)["layers_edits"].split(":")[1])
    expect_output(layers, {"w0.0.0": value})


def test_edits_survive_a_reload_and_can_be_undone(layers: Page) -> None:
    type_exact(layers, "w0.0.0", "3")
    expect_output(layers, {"w0.0.0": 3.0})
    click_part(layers, "layers_diagram", "u0.1")
    type_exact(layers, "b0.1", "1.5")
    both = {"w0.0.0": 3.0, "b0.1": 1.5}
    expect_output(layers, both)
    layers.reload()
    expect_output(layers, both)
    layers.get_by_role("button", name="Undo the last edit").click()
    expect_output(layers, {"w0.0.0": 3.0})
    layers.get_by_role("button", name="Undo all edits").click()
    expect_output(layers, {})
    wait_until_idle(layers)
    assert "layers_edits" not in parameters(layers)


def test_a_number_typed_into_the_table_moves_the_slider_too(layers: Page) -> None:
    table = widget(layers, "layers_table0_3_2").locator("canvas").first
    wait_until_idle(layers)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    row = box["height"] / 5
    layers.mouse.dblclick(box["x"] + box["width"] * 0.5, box["y"] + row * 1.5)
    layers.locator("#portal input").wait_for()
    # Streamlit's grid forgets what was typed when Enter follows faster than it draws: type as
    # a person does.
    layers.keyboard.press("Control+A")
    layers.keyboard.type("4.25", delay=50)
    layers.wait_for_timeout(100)
    layers.keyboard.press("Enter")
    expect_output(layers, {"w0.0.0": 4.25})
    expect(exact(layers, "w0.0.0")).to_have_value("4.25")
    type_exact(layers, "w0.0.0", "-1")
    expect_output(layers, {"w0.0.0": -1.0})


def test_pointing_in_one_picture_lights_up_the_other(layers: Page) -> None:
    rings = picture(layers, "layers_matrix").locator(".nnlab-lit .ring")
    expect(rings).to_have_count(0)
    click_part(layers, "layers_diagram", "w0.1.2")
    expect(rings).to_have_count(1)


def test_an_or_and_an_and_are_begun_with_and_make_an_xor(layers: Page) -> None:
    layers.get_by_role("button", name="Start with two hidden units").click()
    expect(exact(layers, "w1.0.0")).to_have_value("1")
    wait_until_idle(layers)
    assert parameters(layers)["layers_inputs"] == "2"
    assert parameters(layers)["layers_x"] == "1_0"
    for part, value in {"w1.0.0": "10", "w1.0.1": "-10", "b1.0": "-5"}.items():
        click_part(layers, "layers_matrix", part)
        expect(exact(layers, part)).to_be_visible()
        type_exact(layers, part, value)
        wait_until_idle(layers)
    expect(layers.get_by_text("The output says: OR, but not AND.")).to_be_visible()


@pytest.mark.thorough
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shape", [{}, BIGGEST], ids=["tutorial", "biggest"])
def test_it_fits_any_screen(
    page: Page, server: Server, shape: dict[str, str], errors: list[str]
) -> None:
    open_page(page, server, "layers", **shape)
    expect(picture(page, "layers_diagram")).not_to_have_attribute("data-drawn", "0")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert errors == []
