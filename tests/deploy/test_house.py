"""Replicas behind nginx, as visitors, browsers and operators meet them. When a replica is killed in
the middle of a lesson, its visitor's page comes back by itself on the other one, with the same
experiment: sessions hold nothing of it that the link doesn't."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from benchmarks.visitor import Visitor
from nnlab.ui.contents import SECTIONS
from tests.browser.app import (
    Server,
    note_a_run,
    open_page,
    wait_for_the_noted_run,
    wait_until_idle,
)
from tests.browser.test_playground import expect_said, press, said, stage, step, type_exact
from tests.deploy.house import SESSIONS, House, Replica, figure, get, wait_for
from tests.loop import run

APP = "[data-testid=stApp]"
STATE = "data-test-connection-state"
SECRET = "a-text-of-a-visitor"  # noqa: S105


def test_every_answer_has_the_headers_also_through_nginx(house: House) -> None:
    for path in ("/", "/playground", "/app/static/stage.js", "/_stcore/health", "/nowhere.png"):
        _status, headers, _text = get(f"{house.url}{path}")
        assert headers["x-content-type-options"] == "nosniff", path
        assert "script-src 'self' blob:" in headers["content-security-policy"], path
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "same-origin", path
        assert "camera=()" in headers["permissions-policy"], path


def test_figures_are_not_for_visitors(house: House) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/metrics"):
        _status, _headers, text = get(f"{house.url}{path}")
        assert "nnlab_sessions" not in text
        assert "cache_memory_bytes" not in text
    assert get(f"{house.url}/_stcore/metrics")[0] == 404


def test_scripts_come_compressed(house: House) -> None:
    page = get(house.url)[2]
    script = re.search(r"static/js/index\.[\w-]+\.js", page)
    assert script
    asked = Request(f"{house.url}/{script[0]}", headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urlopen(asked, timeout=20) as answer:  # noqa: S310
        body = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < 0.5 * len(gzip.decompress(body))


def test_a_file_that_is_too_big_stops_at_the_door(house: House) -> None:
    asked = Request(  # noqa: S310
        f"{house.url}/_stcore/upload_file/a/b", data=b"x" * 7_000_000, method="PUT"
    )
    assert get_status(asked) == 413


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\na,b\n1,2\n\r\n--x--\r\n"
)


def test_a_file_finds_the_replica_that_has_its_session(house: House) -> None:
    """Also where nginx would send its visitor to another one by now."""

    async def story() -> None:
        address = house.replicas[0].url.removeprefix("http://")
        async with Visitor(address, "neuron") as visitor:
            await visitor.open()
            for number in range(8):
                name = f"{visitor.session}/{number}"
                assert await asyncio.to_thread(bring, house.url, name) == 204
        assert await asyncio.to_thread(bring, house.url, "nobody/1") == 404

    run(story())


def bring(url: str, name: str) -> int:
    """Bring a file with a cookie of its own, by which nginx chooses the first replica to ask."""
    given = get(f"{url}/_stcore/health")[1]["set-cookie"]
    cookie = re.search(r"_streamlit_xsrf=([^;]+)", given)
    assert cookie
    headers = {
        "Cookie": cookie[0],
        "X-Xsrftoken": cookie[1].strip('"'),
        "Content-Type": "multipart/form-data; boundary=x",
    }
    place = f"{url}/_stcore/upload_file/{name}"
    return get_status(Request(place, MULTIPART, headers, method="PUT"))  # noqa: S310


def get_status(asked: Request) -> int:
    try:
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            status: int = answer.status
            return status
    except OSError as error:
        return getattr(error, "code", 0)


def wire(url: str, origin: str) -> connect:
    return connect(
        f"{url.replace('http', 'ws')}/_stcore/stream",
        additional_headers={"Origin": origin},
        subprotocols=["streamlit", "token"],  # type: ignore[list-item]
        compression=None,
    )


def test_no_other_site_opens_a_websocket(house: House) -> None:
    async def story() -> int:
        try:
            async with wire(house.url, "https://evil.example"):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert run(story()) == 403


def test_a_full_replica_sends_visitors_to_the_other_and_a_full_house_says_so(house: House) -> None:
    async def story() -> None:
        crowd: list[ClientConnection] = []
        try:
            for replica in house.replicas:
                await fill(replica, crowd)
            before = sum(refused(each) for each in house.replicas)
            status, headers, text = await asyncio.to_thread(get, house.url, Accept="text/html")
            assert status == 503
            assert headers["retry-after"].isdecimal()
            assert "Every place is taken" in text
            assert 'lang="zh-CN"' in text
            assert sum(refused(each) for each in house.replicas) == before + 2
            await leave(crowd[:2])
            assert (await asyncio.to_thread(get, house.url, Accept="text/html"))[0] == 200
        finally:
            await leave(crowd)

    run(story())


async def fill(replica: Replica, crowd: list[ClientConnection]) -> None:
    """Take every place, also those for visitors who come back."""
    while True:
        try:
            crowd.append(await wire(replica.url, replica.url))
        except InvalidStatus as full:
            if full.response.status_code != 503:
                raise
            break
    assert figure(replica, "nnlab_sessions") == SESSIONS + 1


async def leave(crowd: list[ClientConnection]) -> None:
    await asyncio.gather(*(each.close() for each in crowd))
    await asyncio.sleep(0.3)


def refused(replica: Replica) -> float:
    return figure(replica, "nnlab_refusals_total", why="full")


def test_the_operator_sees_what_prometheus_reads(house: House) -> None:
    replica = house.replicas[0]
    visits = figure(replica, "nnlab_visits_total")

    async def visit() -> None:
        async with wire(replica.url, replica.url):
            status, headers, text = await asyncio.to_thread(get, replica.metrics)
            assert status == 200
            assert f"<td>1 / {SESSIONS}</td>" in text
            assert "default-src 'none'" in headers["content-security-policy"]
            assert figure(replica, "nnlab_sessions") == 1

    run(visit())
    assert figure(replica, "nnlab_visits_total") == visits + 1
    assert "现在的访客" in get(replica.metrics, **{"Accept-Language": "zh-CN,zh"})[2]
    assert figure(replica, "process_resident_memory_bytes") > 1e8
    assert get(f"{replica.metrics}/else")[0] == 404


def test_the_logs_are_lines_of_json_without_a_visitors_words(house: House) -> None:
    for url in (house.url, house.replicas[0].url):
        get(f"{url}/playground?e={SECRET}&lang=zh_CN")
        get(f"{url}/{SECRET}.png?x={SECRET}")

    async def noise() -> None:
        async with wire(house.replicas[0].url, house.replicas[0].url) as one:
            await one.send(SECRET.encode())
            await asyncio.sleep(0.3)

    run(noise())
    log = house.replicas[0].log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert any(line["message"] == "nnlab is open" for line in lines)
    assert all(line.keys() >= {"time", "level", "logger", "message"} for line in lines)
    # What uvicorn says before our own log begins.
    assert all(re.match(r"INFO: +\S", line) for line in log.splitlines() if line[:1] != "{")
    assert SECRET not in log
    assert "lang=zh_CN" not in log
    access = (house.replicas[0].log.parent / "access.log").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in access.splitlines()]
    assert {"/playground"} <= {entry["path"] for entry in entries}
    assert "lang=zh_CN" not in access
    assert "127.0.0.1" not in {value for entry in entries for value in map(str, entry.values())}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which nothing may be missing that the policy forbids."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    yield page
    assert not [each for each in said if "Content Security Policy" in each]
    context.close()


@pytest.mark.thorough
def test_no_lesson_needs_what_the_policy_forbids(house: House, page: Page) -> None:
    for lesson in (each for section in SECTIONS.values() for each in section):
        open_page(page, Server(house.url, house.replicas[0].log), lesson.path)
        wait_until_idle(page)


def host_of_the_visitor(house: House) -> Replica:
    alive = [each for each in house.replicas if each.alive]
    (one,) = (each for each in alive if figure(each, "nnlab_sessions") == 1)
    return one


def link(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def edited(page: Page) -> Locator:
    return page.locator("[class*='st-key-play_part_b0-0']").first


def speed(page: Page) -> Locator:
    return stage(page).get_by_role("combobox", name="speed")


def edit_a_bias(page: Page) -> None:
    canvas = stage(page).locator("canvas").first
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(edited(page)).to_be_visible()
    before = said(page)
    type_exact(page, "play_part_b0-0", "5")
    page.wait_for_url(re.compile("b0.0"))
    expect(stage(page).locator(".said")).not_to_have_text(before)


def test_the_other_replica_takes_over_a_paused_and_a_playing_visitor(
    house: House, page: Page
) -> None:
    open_page(page, Server(house.url, house.replicas[0].log), "playground")
    press(page, "10 epochs")
    expect_said(page, "step 100")
    speed(page).select_option("step")
    edit_a_bias(page)
    wait_until_idle(page)
    first = host_of_the_visitor(house)
    killed_while_paused(page, first)
    second = host_of_the_visitor(house)
    assert second is not first
    first.start()
    wait_for(first.url, first.log)
    killed_while_playing(page, second)
    assert host_of_the_visitor(house) is first
    second.start()
    at = step(page)
    press(page, "Epoch")
    expect_said(page, f"step {at + 10}")
    wait_for(second.url, second.log)


def killed_while_paused(page: Page, replica: Replica) -> None:
    before, link_before = said(page), link(page)
    note_a_run(page)
    kill(page, replica)
    wait_for_the_noted_run(page)
    assert said(page) == before
    assert link(page) == link_before
    expect(edited(page)).to_be_visible()
    expect(speed(page)).to_have_value("step")
    speed(page).select_option("epoch")


def killed_while_playing(page: Page, replica: Replica) -> None:
    """The link was a moment behind; what it says is what comes back."""
    press(page, "Play")
    page.wait_for_function(
        "() => +new URLSearchParams(location.search).get('at') > 150", timeout=60_000
    )
    kill(page, replica)
    # The link may be ahead of the numbers too, by what the browser had not drawn.
    played, experiment = max(step(page), int(link(page)["at"][0])), link(page)["e"]
    expect(stage(page).get_by_role("button", name="Play", exact=True)).to_be_visible()
    wait_until_idle(page)
    assert 150 < step(page) <= played
    assert link(page)["e"] == experiment


def kill(page: Page, replica: Replica) -> None:
    replica.kill()
    expect(page.locator(APP)).not_to_have_attribute(STATE, "CONNECTED")
