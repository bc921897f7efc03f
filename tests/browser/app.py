"""The running app as a visitor meets it: opened, waited for, its widgets found by key, its log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
SETTLED = f"{IDLE}[data-test-connection-state=CONNECTED]"

# What a healthy server may say: its greeting and the addresses it listens on.
_GREETING = re.compile(
    r"\s*(You can now view your Streamlit app.*|(\w+ )?URL: .*|.* Uvicorn server started on .*)?"
)


@dataclass(frozen=True)
class Server:
    """The app's server: where it listens and where it writes its log."""

    url: str
    log: Path

    def complaints(self) -> list[str]:
        """Return the lines of the log beyond the greeting: warnings, errors, tracebacks."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not _GREETING.fullmatch(line)]


def open_page(page: Page, server: Server, path: str = "", **parameters: str) -> None:
    """Open a page of the app, such as "neuron", with link parameters, and wait until it is idle."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    page.goto(f"{server.url}/{path}{query}")
    page.locator(IDLE).wait_for(timeout=60_000)
    page.locator("h1").first.wait_for()


def wait_until_idle(page: Page) -> None:
    """Wait until the server has run what the visitor asked for and the page shows it.

    A click reaches the server a moment after it is made, so look for what should have changed
    first; this is for what should not.
    """
    page.wait_for_timeout(150)
    expect(page.locator(SETTLED)).to_be_visible(timeout=30_000)


def note_a_run(page: Page) -> None:
    """Have the browser note when the page runs next. It looks idle until another server has taken
    it up, and a click before that reaches nobody."""
    page.evaluate(
        """() => {
            window.hasRun = false
            const app = document.querySelector("[data-testid=stApp]")
            const note = () => { window.hasRun ||= app.dataset.testScriptState === "running" }
            new MutationObserver(note).observe(app, { attributes: true })
        }"""
    )


def wait_for_the_noted_run(page: Page) -> None:
    """Wait until the page has run since."""
    page.wait_for_function("() => window.hasRun", timeout=60_000)
    wait_until_idle(page)


def widget(page: Page, key: str) -> Locator:
    """Return the widget with this key."""
    return page.locator(f".st-key-{key}")


def click_part(page: Page, view: str, part: str) -> None:
    """Click where the picture has the part, as Plotly lays it out."""
    picture = widget(page, view).locator(".nnlab-view")
    picture.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    picture.scroll_into_view_if_needed()
    x, y = picture.evaluate(
        """(view, part) => {
            const plot = view.querySelector(".js-plotly-plot")
            const box = plot.getBoundingClientRect()
            const { xaxis, yaxis } = plot._fullLayout
            for (const trace of plot._fullData) {
                const flat = (trace.customdata ?? []).flat()
                const at = flat.indexOf(part)
                if (at < 0) continue
                const wide = Array.isArray(trace.customdata[0]) ? trace.customdata[0].length : 0
                const x = wide ? trace.x[at % wide] : trace.x[at]
                const y = wide ? trace.y[Math.floor(at / wide)] : trace.y[at]
                return [
                    box.left + xaxis._offset + xaxis.d2p(x),
                    box.top + yaxis._offset + yaxis.d2p(y),
                ]
            }
        }""",
        part,
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
