"""A learner walks through the lesson on tensors: makes, types, clicks, steps, drags, reloads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, widget
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import OVERLAPS, settle

PARTS = ("make", "index", "combine", "share", "misfit", "move")
A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
B = torch.tensor([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]])

_TEXTS = """
view => {
    const trace = view.querySelector(".js-plotly-plot").data.at(-1)
    return Object.fromEntries(
        trace.customdata.map((id, i) => [id, trace.text[i].replace(/<.?b>/g, "")]))
}
"""
_PLACE = """
(view, id) => {
    const plot = view.querySelector(".js-plotly-plot")
    const { xaxis, yaxis } = plot._fullLayout
    const trace = plot._fullData.at(-1)
    const at = trace.customdata.indexOf(id)
    const box = plot.getBoundingClientRect()
    return [box.left + xaxis._offset + xaxis.d2p(trace.x[at]),
            box.top + yaxis._offset + yaxis.d2p(trace.y[at])]
}
"""


def parameters(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def picture(page: Page, key: str) -> Locator:
    return widget(page, key).locator(".nnlab-view")


def open_part(page: Page, server: Server, part: str = "make", **link: str) -> None:
    """Open a part of the lesson and wait until its picture is drawn."""
    open_page(page, server, "tensor", tensor_part=part, **link)
    expect(page.locator(".nnlab-view").first).not_to_have_attribute("data-drawn", "0")
    settle(page)


def cells(page: Page, key: str) -> dict[str, str]:
    """What the cells of a picture show, by id."""
    expect(picture(page, key)).not_to_have_attribute("data-drawn", "0")
    settle(page)
    texts: dict[str, str] = picture(page, key).evaluate(_TEXTS)
    return texts


def click_cell(page: Page, key: str, part: str) -> None:
    expect(picture(page, key)).not_to_have_attribute("data-drawn", "0")
    x, y = picture(page, key).evaluate(_PLACE, part)
    page.mouse.move(x - 4, y - 2)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def type_exactly(page: Page, label: str, value: str) -> None:
    box = page.get_by_label(f"{label}: exact value")
    box.fill(value)
    box.press("Enter")


@pytest.mark.thorough
def test_a_prediction_is_judged_and_a_stack_of_sheets_is_made(page: Page, server: Server) -> None:
    open_part(page, server)
    page.get_by_role("radio", name="234", exact=True).click()
    expect(page.get_by_text("Not quite.")).to_be_visible()
    page.get_by_role("radio", name="24", exact=True).click()
    expect(page.get_by_text("Yes.")).to_be_visible()
    page.get_by_role("radio", name="3: a stack of sheets").click()
    type_exactly(page, "dimension 2", "2")
    expect(page.get_by_text("Its sizes multiply to 12.")).to_be_visible()
    t = torch.randn((2, 3, 2), generator=torch.Generator().manual_seed(7))
    shown = [float(text) for text in cells(page, "tensor_whole").values()]
    assert shown == pytest.approx(t.flatten().tolist(), abs=1e-4)
    expect(page.get_by_text("torch.Size([2, 3, 2]) 12 torch.float32 cpu")).to_be_visible()


def test_an_index_of_ones_own_is_picked_and_kept_in_the_link(page: Page, server: Server) -> None:
    open_part(page, server, "index")
    box = widget(page, "tensor_index2").get_by_role("combobox")
    box.fill("t[..., -2:]")
    box.press("Enter")
    expect(page.get_by_text("A slice may count from the end.")).to_be_visible()
    expected = torch.arange(6).reshape(2, 3)[..., -2:]
    for _visit in range(2):
        shown = cells(page, "tensor_picked")
        part = [int(text) for one, text in shown.items() if one.startswith("t.part")]
        assert part == expected.flatten().tolist()
        page.reload()
        page.locator("h1").first.wait_for()


@pytest.mark.thorough
def test_a_product_fills_by_button_by_click_and_by_keyboard_and_shows_its_inputs(
    page: Page, server: Server
) -> None:
    c = torch.mm(A, B)
    open_part(page, server, "combine")
    assert cells(page, "tensor_combined")["t.c.0.0"] == f"{c[0, 0]:g}"
    widget(page, "tensor_next").get_by_role("button").click()
    expect(page.get_by_text("c[0, 1] = 1 * 20 + 2 * 40 + 3 * 60 = 280").first).to_be_visible()
    click_cell(page, "tensor_combined", "t.c.1.1")
    expect(page.get_by_text("c[1, 1] = 4 * 20 + 5 * 40 + 6 * 60 = 640").first).to_be_visible()
    expect(page.get_by_text("Every cell of c is filled.")).to_be_visible()
    shown = cells(page, "tensor_combined")
    filled = [float(shown[f"t.c.{i}.{j}"]) for i in range(2) for j in range(2)]
    assert filled == c.flatten().tolist()
    page.get_by_role("slider", name="cell of c").press("ArrowLeft")
    expect(page.get_by_text("c[1, 0] = 4 * 10 + 5 * 30 + 6 * 50 = 490").first).to_be_visible()
    page.wait_for_function("location.search.includes('tensor_cell4=3')")
    page.reload()
    expect(page.get_by_text("c[1, 0] = 4 * 10 + 5 * 30 + 6 * 50 = 490").first).to_be_visible()
    expect(picture(page, "tensor_combined")).not_to_have_attribute("data-drawn", "0")
    page.mouse.move(*picture(page, "tensor_combined").evaluate(_PLACE, "t.c.0.1"))
    # The cell that is pointed at, a row of a and a column of b.
    expect(picture(page, "tensor_combined").locator(".nnlab-lit .ring")).to_have_count(1 + 3 + 3)


def test_writing_through_the_view_changes_the_array_and_not_the_copy(
    page: Page, server: Server
) -> None:
    open_part(page, server, "share")
    widget(page, "tensor_holder").get_by_text("the same memory in another shape").click()
    widget(page, "tensor_place").get_by_role("radio", name="3", exact=True).click()
    type_exactly(page, "number", "7.5")
    expect(page.get_by_text("Whoever shares the memory can write into it.")).to_be_visible()
    shown = cells(page, "tensor_shared_view")
    assert {shown[f"t.{one}.3"] for one in ("array", "tensor", "back")} == {"7.5"}
    assert {shown[f"t.{one}.3"] for one in ("copy", "clone")} == {"4"}


def test_a_wrong_shape_is_refused_then_mended(page: Page, server: Server) -> None:
    with pytest.raises(RuntimeError) as refused:
        torch.mm(A, A)
    open_part(page, server, "misfit")
    expect(page.get_by_text(f"RuntimeError: {refused.value}").first).to_be_visible()
    expect(page.get_by_text("A row of a has 3 numbers and a column of b has 2")).to_be_visible()
    widget(page, "tensor_second_mm").get_by_role("radio", name="(3, 2)").click()
    expect(page.get_by_text("PyTorch computes it.")).to_be_visible()
    shown = cells(page, "tensor_attempted")
    assert shown["t.c.1.1"] == f"{torch.mm(A, B)[1, 1]:g}"


def test_a_dtype_cuts_and_another_device_is_not_met(page: Page, server: Server) -> None:
    open_part(page, server, "move")
    page.get_by_role("radio", name="int64").click()
    expect(page.get_by_text("[[2, -1, 0], [0, 300, 16777217]]")).to_be_visible()
    assert cells(page, "tensor_converted")["t.moved.0.0"] == "2"
    page.get_by_role("radio", name="meta").click()
    expect(page.get_by_text("Tensor on device meta is not on the expected")).to_be_visible()


def test_dragging_the_slider_moves_the_picture_before_it_is_let_go(
    page: Page, server: Server
) -> None:
    open_part(page, server, "share")
    box = page.get_by_role("slider", name="number").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.6, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=6)
    page.wait_for_function(
        f"({_TEXTS})(document.querySelector('.st-key-tensor_shared_view .nnlab-view'))"
        "['t.array.1'] > 6"
    )
    shown = cells(page, "tensor_shared_view")
    assert shown["t.tensor.1"] == shown["t.array.1"] != shown["t.copy.1"]
    assert "tensor_value" not in parameters(page)
    page.mouse.up()
    page.wait_for_function("location.search.includes('tensor_value')")


@pytest.mark.thorough
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_part(page: Page, server: Server, part: str) -> None:
    open_part(page, server, part)
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


@pytest.mark.thorough
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_overlaps_or_scrolls_sideways_in_any_part(
    page: Page, server: Server, part: str, errors: list[str]
) -> None:
    open_part(page, server, part, tensor_ndim="3")
    wide = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(wide) <= 0
    assert page.evaluate(OVERLAPS) == []
    assert errors == []
    assert server.complaints() == []
