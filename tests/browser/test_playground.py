"""A learner plays: lets it learn, goes back, changes things on the way, adds points, shares the
link."""

from __future__ import annotations

import re
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from nnlab.measures import losses_on
from nnlab.permalink import from_text, to_text
from nnlab.rows import rows_of
from nnlab.training import train
from nnlab.ui.playground.session import START
from tests.browser.app import Server, open_page, wait_until_idle, widget
from tests.browser.conftest import PHONE

SAID = "document.querySelector('.nnlab-stage .said').innerText.replace(/\\s+/g, ' ')"
LOSS = re.compile(r"training loss ([\d.]+|nan)")


@pytest.fixture
def playground(page: Page, server: Server) -> Page:
    open_page(page, server, "playground")
    expect(stage(page)).to_have_attribute("data-frame", re.compile(r"\d+"))
    image = widget(page, "play_field").locator(".imagelayer image")
    expect(image).to_have_attribute("href", re.compile("image/png"))
    wait_until_idle(page)
    return page


def stage(page: Page) -> Locator:
    return page.locator(".nnlab-stage")


def said(page: Page) -> str:
    return " ".join(stage(page).locator(".said").inner_text().split())


def loss(page: Page) -> float:
    found = LOSS.search(said(page))
    assert found, said(page)
    return float(found[1])


def step(page: Page) -> int:
    found = re.search(r"step (\d+)", said(page))
    assert found
    return int(found[1])


def press(page: Page, name: str) -> None:
    stage(page).get_by_role("button", name=name, exact=True).click()


def expect_said(page: Page, text: str) -> None:
    expect(stage(page).locator(".said")).to_contain_text(text)


def plane(page: Page) -> str:
    """The picture behind the points, as the browser has it."""
    image = widget(page, "play_field").locator(".imagelayer image")
    return image.get_attribute("href") or ""


def type_exact(page: Page, key: str, value: str) -> None:
    box = page.locator(f"[class*='st-key-{key}'] input[type=number]").first
    box.fill(value)
    box.press("Enter")


@pytest.mark.parametrize(("viewport", "seen"), [({"width": 1280, "height": 720}, 1), (PHONE, 0.1)])
def test_a_newcomer_sees_play_network_and_picture_without_scrolling(
    playground: Page, seen: float
) -> None:
    """On a phone the picture only begins on the first screen."""
    expect(widget(playground, "play_tour")).to_be_visible()
    expect(stage(playground).get_by_role("button", name="Play", exact=True)).to_be_in_viewport(
        ratio=1
    )
    expect(stage(playground).locator("canvas").first).to_be_in_viewport(ratio=1)
    expect(widget(playground, "play_field")).to_be_in_viewport(ratio=seen)


def test_playing_learns_and_pausing_stops(playground: Page) -> None:
    before, picture = loss(playground), plane(playground)
    press(playground, "Play")
    playground.wait_for_function(
        "() => +document.querySelector('.nnlab-stage').dataset.frame > 12", timeout=60_000
    )
    press(playground, "Pause")
    expect(stage(playground).get_by_role("button", name="Play", exact=True)).to_be_enabled()
    wait_until_idle(playground)
    assert plane(playground) != picture
    assert step(playground) > 0
    assert loss(playground) != before
    at = step(playground)
    playground.wait_for_timeout(500)
    assert step(playground) == at


def test_a_drag_of_the_learning_rate_while_it_plays_is_one_change(
    page: Page, server: Server
) -> None:
    """The run goes on under the hand, and undo takes back all that the drag has set. However far a
    busy machine has come between two moves, that is little of the whole run."""
    open_page(page, server, "playground", tour="off", ahead="600")
    press(page, "Play")
    page.wait_for_function("() => +document.querySelector('.nnlab-stage').dataset.frame > 8")
    slider = page.locator("[class*='st-key-play_rate'] input[type=range]").first
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.74, y)
    page.mouse.down()
    for way in (0.7, 0.66, 0.62, 0.58):
        before = step(page)
        page.mouse.move(box["x"] + box["width"] * way, y)
        page.wait_for_function(f"() => +/step (\\d+)/.exec({SAID})[1] > {before + 20}")
    page.mouse.up()
    press(page, "Pause")
    press(page, "600 epochs")
    marks = stage(page).locator(".marks i")
    expect(marks).to_have_count(1)
    expect(marks).to_have_attribute("title", re.compile(r"lr = 0\.0\d+ \(×\d\)"))
    expect(widget(page, "play_curve").get_by_text(re.compile(r"lr = 0\.0"))).to_be_visible()
    press(page, "Undo")
    expect(marks).to_have_count(0)
    expect(page.locator("[class*='st-key-play_rate'] input[type=number]").first).to_have_value(
        "0.3"
    )


def test_the_slider_of_a_weight_follows_what_is_learned_but_never_fights_the_hand(
    page: Page, server: Server
) -> None:
    open_page(page, server, "playground", tour="off", part="b0.0")
    slider = page.locator("[class*='st-key-play_part_b0-0']").first
    number, bar = slider.locator("input[type=number]"), slider.locator("input[type=range]")
    before = number.input_value()
    press(page, "Play")
    expect(number).not_to_have_value(before)
    box = bar.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] / 2)
    page.mouse.down()
    held, frame = number.input_value(), "+document.querySelector('.nnlab-stage').dataset.frame"
    page.wait_for_function(f"since => {frame} > since + 5", arg=page.evaluate(frame))
    assert number.input_value() == held
    page.mouse.up()
    expect(number).not_to_have_value(held)


AT_A_TICK = """key => {
    const post = globalThis.nnlabPost
    const turn = () => document.querySelector(`.st-key-${key} input`).click()
    let turned = false
    globalThis.nnlabPost = (send) => post(() => {
        send()
        if (!turned) turn()
        turned = true
    })
}"""
"""Turn a switch in the very moment in which the stage asks for its next frame."""


def test_what_is_turned_in_the_moment_of_a_tick_is_not_lost(page: Page, server: Server) -> None:
    open_page(page, server, "playground", mode="full", play_third="training", tour="off")
    expect(widget(page, "play_shuffle").locator("input")).to_be_checked()
    press(page, "Play")
    expect(stage(page).get_by_role("button", name="Pause", exact=True)).to_be_enabled()
    page.evaluate(AT_A_TICK, "play_shuffle")
    page.wait_for_url(re.compile("shuffle-no"))


def test_the_plane_keeps_its_picture_in_another_window(playground: Page) -> None:
    image = widget(playground, "play_field").locator(".imagelayer image")
    before = image.get_attribute("width")
    playground.set_viewport_size({"width": 1100, "height": 900})
    expect(image).not_to_have_attribute("width", str(before))
    expect(image).to_have_attribute("href", re.compile("image/png"))


def test_a_view_that_comes_late_gets_the_frame_again(playground: Page) -> None:
    image = widget(playground, "play_field").locator(".imagelayer image")
    image.evaluate("image => image.setAttribute('href', '')")
    playground.evaluate("document.dispatchEvent(new CustomEvent('nnlab:waiting'))")
    expect(image).to_have_attribute("href", re.compile("image/png"))


def test_the_numbers_are_those_of_plain_training(playground: Page) -> None:
    for _ in range(2):
        press(playground, "10 epochs")
        wait_until_idle(playground)
    expect_said(playground, "epoch 20")
    run = train(START)
    samples = rows_of(START).samples()
    expected = float(losses_on(run, samples, [run.moment(step(playground))]))
    assert loss(playground) == pytest.approx(expected, abs=2e-4)


def test_going_back_and_changing_something_branches_off(playground: Page) -> None:
    press(playground, "10 epochs")
    expect_said(playground, "epoch 10")
    range_input = stage(playground).locator("input[type=range]")
    range_input.focus()
    for _ in range(30):
        playground.keyboard.press("ArrowLeft")
    expect_said(playground, "step 70")
    playground.wait_for_url(re.compile("at=70"))
    wait_until_idle(playground)
    type_exact(playground, "play_rate", "0.05")
    playground.wait_for_url(re.compile("at70.lr"))
    expect_said(playground, "step 70")
    expect(widget(playground, "play_curve").get_by_text("lr = 0.05")).to_be_visible()
    press(playground, "Undo")
    playground.wait_for_url(lambda url: "at70.lr" not in url)
    press(playground, "Redo")
    playground.wait_for_url(re.compile("at70.lr"))


def test_a_weight_is_read_and_changed(playground: Page) -> None:
    press(playground, "Epoch")
    expect_said(playground, "epoch 1")
    canvas = stage(playground).locator("canvas").first
    canvas.focus()
    playground.keyboard.press("ArrowRight")
    playground.keyboard.press("ArrowRight")
    playground.keyboard.press("Enter")
    expect(playground.locator("[class*='st-key-play_part_b0-0']").first).to_be_visible()
    before = loss(playground)
    type_exact(playground, "play_part_b0-0", "5")
    playground.wait_for_url(re.compile("b0.0"))
    wait_until_idle(playground)
    assert loss(playground) != before


@pytest.mark.thorough
def test_reset_is_the_very_same_start(playground: Page) -> None:
    first, picture = said(playground), plane(playground)
    press(playground, "10 epochs")
    expect_said(playground, "epoch 10")
    press(playground, "Reset")
    expect_said(playground, "epoch 0")
    wait_until_idle(playground)
    assert said(playground) == first
    assert plane(playground) == picture
    press(playground, "New start")
    playground.wait_for_url(re.compile("seed"))
    wait_until_idle(playground)
    assert said(playground) != first


def test_a_click_adds_a_point(playground: Page) -> None:
    field = widget(playground, "play_field").locator(".nsewdrag")
    box = field.bounding_box()
    assert box
    playground.mouse.click(box["x"] + box["width"] * 0.93, box["y"] + box["height"] * 0.06)
    playground.wait_for_url(re.compile("row200"))
    expect(widget(playground, "play_field").locator(".nnlab-view")).to_be_visible()


def test_units_come_and_go_in_place_and_the_others_keep_their_weights(playground: Page) -> None:
    press(playground, "Epoch")
    expect_said(playground, "epoch 1")
    learned = loss(playground)
    network = stage(playground).locator("canvas").first
    press(playground, "Hidden layer 1: one unit more")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 5 - 2 - 1"))
    expect(playground.get_by_text("The other units keep their weights.")).to_be_visible()
    names = "() => document.querySelectorAll('.nnlab-stage .heads > div').length"
    assert playground.evaluate(names) == 4
    press(playground, "Hidden layer 1: one unit less")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 4 - 2 - 1"))
    expect_said(playground, f"training loss {learned}")
    press(playground, "Undo")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 5 - 2 - 1"))


@pytest.mark.thorough
def test_layers_come_and_go_in_place_and_the_others_keep_their_weights(playground: Page) -> None:
    press(playground, "Epoch")
    expect_said(playground, "epoch 1")
    learned = loss(playground)
    network = stage(playground).locator("canvas").first
    more = stage(playground).get_by_role("button", name="Add a layer after: Hidden layer 1")
    more.focus()
    playground.keyboard.press("Enter")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 4 - 4 - 2 - 1"))
    expect(playground.get_by_text("The other layers keep their weights.")).to_be_visible()
    expect(more).to_be_focused()
    press(playground, "Remove: Hidden layer 2")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 4 - 2 - 1"))
    expect_said(playground, f"training loss {learned}")
    press(playground, "Undo")
    expect(network).to_have_attribute("aria-label", re.compile("2 - 4 - 4 - 2 - 1"))


def test_as_many_epochs_at_once_as_one_likes(playground: Page) -> None:
    count = stage(playground).get_by_label("how many epochs")
    count.fill("3")
    count.press("Enter")
    press(playground, "3 epochs")
    expect_said(playground, "epoch 3")
    playground.wait_for_url(re.compile("ahead=3"))


def test_the_link_opens_the_same_picture(playground: Page, server: Server) -> None:
    press(playground, "10 epochs")
    expect_said(playground, "epoch 10")
    playground.wait_for_url(re.compile("at=100"))
    wait_until_idle(playground)
    here, picture = said(playground), plane(playground)
    link = urlparse(playground.url)
    playground.goto(f"{server.url}{link.path}?{link.query}")
    expect_said(playground, "epoch 10")
    wait_until_idle(playground)
    assert said(playground) == here
    assert plane(playground) == picture


def test_a_broken_link_is_told_in_a_sentence(page: Page, server: Server) -> None:
    text = to_text(START, START) or "~abc"
    open_page(page, server, "playground", e=text)
    expect(page.get_by_text("a part of it is missing or was changed")).to_be_visible()
    expect(stage(page)).to_be_visible()
    assert from_text("", START) == START


def test_divergence_is_told_and_can_be_rewound(page: Page, server: Server) -> None:
    wild = (
        '{"data":{"source":"plane"},"network":{"layers":[{"units":4,"activation":"ReLU"},'
        '{"units":1}]},"training":{"loss":"MSELoss","learning_rate":10.0}}'
    )
    open_page(page, server, "playground", e=wild)
    press(page, "10 epochs")
    expect(page.get_by_text("The loss diverged")).to_be_visible()
    expect(stage(page).get_by_role("button", name="Play", exact=True)).to_be_disabled()
    press(page, "Reset")
    expect_said(page, "epoch 0")
    expect(page.get_by_text("The loss diverged")).to_have_count(0)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["iris", "digits", "curve", "spirals"])
def test_every_kind_of_data_plays(page: Page, server: Server, name: str) -> None:
    kinds = {"curve": "MSELoss"}
    outputs = {"iris": 3, "digits": 10, "curve": 1, "spirals": 3}[name]
    link = (
        f'{{"data":{{"source":"{name}"}},"network":{{"layers":[{{"units":6,"activation":"Tanh"}},'
        f'{{"units":{outputs}}}]}},"training":{{"loss":"{kinds.get(name, "CrossEntropyLoss")}"}}}}'
    )
    open_page(page, server, "playground", e=link)
    press(page, "Epoch")
    expect_said(page, "epoch 1")
    expect(widget(page, "play_field").locator(".nnlab-view")).not_to_have_attribute(
        "data-drawn", "0"
    )
