"""While a slider is dragged only what has changed goes to the browser."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.app import Server, open_page, wait_until_idle, widget


def test_a_drag_sends_no_heading_and_no_block(page: Page, server: Server) -> None:
    heard: Counter[str] = Counter()
    page.on("websocket", lambda socket: listen(socket, heard))
    open_page(page, server, "layers")
    wait_until_idle(page)
    assert heard["heading"] > 0 < heard["block"]
    heard.clear()
    page.mouse.move(*middle(page, 0.5))
    page.mouse.down()
    page.mouse.move(*middle(page, 0.8), steps=8)
    page.wait_for_timeout(1000)
    assert heard["bidi_component"] > 0
    assert heard["heading"] == heard["block"] == 0
    page.mouse.up()


def listen(socket: WebSocket, heard: Counter[str]) -> None:
    """Count what comes by its kind."""

    def take(frame: str | bytes) -> None:
        delta = ForwardMsg.FromString(frame if isinstance(frame, bytes) else b"").delta
        heard[delta.new_element.WhichOneof("type") or "other"] += 1
        heard["block"] += delta.HasField("add_block")

    socket.on("framereceived", take)


def middle(page: Page, share: float) -> tuple[float, float]:
    """So far along the lesson's first slider."""
    slider = widget(page, "layers_w0-0-0_sliders").locator("input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2
