"""The pictures of the lessons in the README, taken from the running app: `make screenshots`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.server import serving
from tests.browser.conftest import ARGUMENTS, NAMES, ROOT

FOLDER = ROOT / "docs" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: where, in which theme, how large, saved under which name."""

    name: str
    path: str
    theme: str = "light"
    width: int = 1280
    height: int = 900


SHOTS = (
    Shot("tensor", "tensor?tensor_part=combine&tensor_cell12=8"),
    Shot("neuron", "neuron?neuron_aim=AND&neuron_gate_weights=2_2&neuron_gate_bias=-3"),
    Shot("layers", "layers", theme="dark"),
    Shot("training", "training?training_rate=1&training_epochs=400"),
    Shot("training-zh-phone", "training?lang=zh_CN", width=390, height=844),
)


def take(browser: Browser, url: str, shot: Shot) -> Path:
    """Open, wait until every picture is drawn, and save."""
    context = browser.new_context(
        color_scheme=shot.theme,  # type: ignore[arg-type]
        viewport={"width": shot.width, "height": shot.height},
    )
    page = context.new_page()
    page.goto(f"{url}/{shot.path}")
    page.locator(".nnlab-view:not([data-drawn='0'])").first.wait_for(timeout=60_000)
    page.wait_for_timeout(3000)
    target = FOLDER / f"{shot.name}.png"
    page.screenshot(path=target)
    context.close()
    return target


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, NAMES)))
    with serving() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for shot in SHOTS:
            print(take(browser, served.url, shot).relative_to(ROOT))
        browser.close()


if __name__ == "__main__":
    main()
