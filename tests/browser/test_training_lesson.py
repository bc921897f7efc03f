"""A learner trains the tutorial's network, goes back in time, walks through a step, breaks it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.training import train
from tests.browser.app import Server, open_page, widget


def picture(page: Page, name: str) -> Locator:
    return widget(page, f"training_{name}").locator(".nnlab-view")


def exact(page: Page, name: str, value: str) -> None:
    entry = widget(page, f"training_{name}_sliders").locator("input[type=number]")
    entry.fill(value)
    entry.press("Enter")


def last_loss(hidden: int = 5, **training: float) -> str:
    network = Network((Layer(hidden, Choice("ReLU")), Layer(1, Choice("Sigmoid"))))
    experiment = Experiment(Data(), network, Training(**training))  # type: ignore[arg-type]
    run = train(experiment, engine="reference")
    return f"{run.losses[-1]:.6f}"


def expect_loss(page: Page, loss: str) -> None:
    expect(picture(page, "curve")).to_have_attribute("aria-label", re.compile(re.escape(loss)))
    expect(page.get_by_text(loss)).to_be_visible()


@pytest.fixture
def lesson(page: Page, server: Server) -> Page:
    open_page(page, server, "training")
    expect(picture(page, "diagram")).not_to_have_attribute("data-drawn", "0")
    return page


def test_the_tutorials_network_is_trained_and_its_loss_can_be_read(lesson: Page) -> None:
    expect_loss(lesson, last_loss())
    expect(lesson.get_by_text("epoch:  49  loss:  ")).to_be_visible()


def test_controls_train_anew_and_a_reload_brings_the_same_view_back(lesson: Page) -> None:
    exact(lesson, "rate", "0.5")
    expect_loss(lesson, last_loss(learning_rate=0.5))
    exact(lesson, "hidden", "8")
    expect_loss(lesson, last_loss(8, learning_rate=0.5))
    lesson.wait_for_url(re.compile("training_hidden=8"))
    lesson.reload()
    expect_loss(lesson, last_loss(8, learning_rate=0.5))


def test_going_back_moves_the_curve_the_diagram_and_the_log(lesson: Page) -> None:
    before = picture(lesson, "diagram").get_attribute("data-drawn")
    exact(lesson, "at", "10")
    expect(picture(lesson, "diagram")).to_have_attribute("aria-label", re.compile("step 10"))
    expect(picture(lesson, "diagram")).not_to_have_attribute("data-drawn", before or "")
    expect(lesson.get_by_text("epoch:  10  loss:  ")).to_be_visible()
    expect(lesson.get_by_text("epoch:  11  loss:  ")).to_have_count(0)


@pytest.mark.thorough
def test_the_five_parts_are_walked_through_by_button(lesson: Page) -> None:
    exact(lesson, "at", "3")
    for sentence in (
        "through the network",
        "squared distances",
        "Nothing has moved",
        "moves every",
    ):
        lesson.get_by_role("button", name="Next part").click()
        expect(lesson.get_by_text(re.compile(sentence))).to_be_visible()


def test_a_loss_that_diverges_is_said_and_keeps_a_curve(lesson: Page) -> None:
    widget(lesson, "training_end").get_by_text("Identity").click()
    exact(lesson, "rate", "50")
    expect(lesson.get_by_text("The loss diverged:")).to_be_visible()
    assert picture(lesson, "curve").locator(".scatterlayer .trace").count() >= 2


def test_long_training_shows_progress_and_stops_when_something_is_touched(lesson: Page) -> None:
    exact(lesson, "batch", "1")
    exact(lesson, "epochs", "1000")
    expect(lesson.get_by_role("progressbar")).to_be_visible()
    exact(lesson, "epochs", "20")
    expect_loss(lesson, last_loss(epochs=20, batch_size=1))
