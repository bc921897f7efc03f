"""A teacher's link in a real browser: shared, made, answered, counted; and a lesson in a course
page of another site.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Error, FrameLocator, Locator, Page, expect

from nnlab.answers import read_codes
from tests.browser.app import IDLE, Server, open_page, wait_until_idle, widget

EPOCH_0 = re.compile(r"epoch\s*0(?!\d)")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def course(tmp_path: Path, server: Server) -> Iterator[str]:
    """A page of another site, with a lesson in a frame."""
    framed = f"{server.url}/playground?embed=true&tour=off&e=lr-0.1+v2"
    frame = f'<iframe src="{framed}" title="nnlab" width="1100" height="800"></iframe>'
    text = f'<!doctype html><html lang="en"><title>course</title><h1>Course</h1>{frame}</html>'
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()


def stage(place: Page | FrameLocator) -> Locator:
    return place.locator(".nnlab-stage")


def press(place: Page | FrameLocator, name: str) -> None:
    stage(place).get_by_role("button", name=name, exact=True).click()


def shared_text(page: Page, key: str) -> str:
    return widget(page, key).locator("textarea").input_value()


def share_and_ask(page: Page) -> None:
    """From a view over Share to the teacher's page."""
    widget(page, "share").get_by_role("button").click()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    assert "playground?" in shared_text(page, "share_link")
    assert "e=lr-0.1+v2" in shared_text(page, "share_link")
    widget(page, "share_link").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    page.get_by_role("link", name="Ask my class about this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do I give this to my class?")


def make_link(page: Page) -> str:
    """A question with three answers, the data hidden, the learning rate locked, a prediction."""
    for key, text in (("question", "Where does it end?"), ("options", "near 0\nat a half\n<b>")):
        with changed_link(page):
            widget(page, f"teacher_{key}").locator("textarea").fill(text)
            page.keyboard.press("Control+Enter")
    for key, group in (("hidden", "the data"), ("locked", "the learning rate")):
        with changed_link(page):
            pick(page, f"teacher_{key}_playground", group)
    with changed_link(page):
        widget(page, "teacher_first").locator("label").click()
    return shared_text(page, "teacher_out")


def pick(page: Page, key: str, name: str) -> None:
    """Pick from a list that closes by itself where the page is drawn anew meanwhile: open it again,
    as a hand would."""
    option = page.get_by_role("option", name=name, exact=True)
    for _attempt in range(10):
        widget(page, key).locator("input").click()
        with suppress(Error):
            option.click(timeout=5_000)
            break
        page.keyboard.press("Escape")
    page.keyboard.press("Escape")


@contextmanager
def changed_link(page: Page) -> Iterator[None]:
    """Wait until the teacher's link is another."""
    link = widget(page, "teacher_out").locator("textarea")
    before = link.input_value() if link.count() else ""
    yield
    expect(link).not_to_have_value(before)
    wait_until_idle(page)


def look_elsewhere(page: Page) -> None:
    page.get_by_role("link", name="Next: What did my class answer?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What did my class answer?")
    page.go_back()


def test_from_a_view_to_a_class_s_answers(page: Page, server: Server) -> None:
    open_page(page, server, "playground", e="lr-0.1 v2", tour="off")
    share_and_ask(page)
    link = make_link(page)
    look_elsewhere(page)
    expect(widget(page, "teacher_out").locator("textarea")).to_have_value(link)

    page.goto(link)
    expect(page.get_by_text("Where does it end?")).to_be_visible()
    expect(stage(page)).to_be_visible()
    expect(widget(page, "play_data")).to_be_hidden()
    stage(page).get_by_role("button", name="Epoch", exact=True).click(force=True)
    wait_until_idle(page)
    expect(stage(page)).to_contain_text(EPOCH_0)
    page.get_by_text("<b>", exact=True).click()
    widget(page, "task_name").locator("input").fill("Ada")
    page.get_by_role("button", name="Record my answer").click()
    code = widget(page, "task_code").locator("textarea")
    expect(code).to_have_value(re.compile("^NNLAB1-.*-END$"))
    (answer,) = read_codes(code.input_value()).answers
    assert (answer.said, answer.name) == ("<b>", "Ada")
    assert answer.view.startswith("playground?e=lr-0.1+v2")
    press(page, "Epoch")
    expect(stage(page)).not_to_contain_text(EPOCH_0)
    rate = widget(page, "play_rate_sliders").locator("input[type=range]")
    at = rate.input_value()
    rate.focus()
    page.keyboard.press("ArrowRight")
    wait_until_idle(page)
    assert rate.input_value() == at
    expect(rate).to_have_attribute("aria-disabled", "true")

    pasted = code.input_value()
    open_page(page, server, "class")
    widget(page, "class_codes").locator("textarea").fill(f"Ada: {pasted} :-)")
    page.keyboard.press("Control+Enter")
    chart = widget(page, "class_counts").locator(".nnlab-view")
    expect(chart).to_be_visible()
    expect(page.get_by_role("img", name="near 0: 0, at a half: 0, <b>: 1")).to_be_attached()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_a_lesson_works_in_a_course_page_of_another_site(page: Page, course: str) -> None:
    page.goto(course)
    frame = page.frame_locator("iframe")
    frame.locator(IDLE).wait_for(timeout=60_000)
    expect(stage(frame)).to_contain_text(EPOCH_0)
    press(frame, "Play")
    expect(stage(frame)).not_to_contain_text(EPOCH_0)
    press(frame, "Pause")
    expect(stage(frame).get_by_role("button", name="Play", exact=True)).to_be_visible()
    rate = frame.locator(".st-key-play_rate_sliders input[type=range]")
    rate.focus()
    rate.press("ArrowRight")
    framed = page.frames[1]
    framed.wait_for_url(re.compile(r"lr-0\.1[1-9]|at\d+\.lr-0\.1[1-9]"))
    assert "embed=true" in framed.url
