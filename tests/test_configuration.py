"""The facts that decide the server's life are in .streamlit/config.toml, and Streamlit reads them
as they are meant. Each fact is asked of Streamlit itself, with the file that it came from, so that
a line taken away is missed even where it says what is the default today.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnlab.bounds import MOST_BYTES

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".streamlit" / "config.toml"

FACTS = {
    "runner.postScriptGC": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.showSidebarNavigation": False,
    "client.toolbarMode": "viewer",
    "server.enableStaticServing": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": MOST_BYTES // 1_000_000,
    "server.maxMessageSize": 20,
    "global.disableWidgetStateDuplicationWarning": True,
    "browser.gatherUsageStats": False,
    "theme.baseRadius": "0.5rem",
    "theme.linkUnderline": True,
}
COLOURS = (
    "primaryColor",
    "backgroundColor",
    "secondaryBackgroundColor",
    "textColor",
    "linkColor",
    "borderColor",
    "codeTextColor",
    "codeBackgroundColor",
)
THEMES = ("light", "dark")
# WCAG 2.2 level AA: text 4.5:1, what is not text 3:1.
TEXT, SHAPE = 4.5, 3.0

_ASK = """
import json
from streamlit import config
config.get_config_options()
print(json.dumps({
    name: {"value": config.get_option(name), "source": config.get_where_defined(name)}
    for name in config.get_config_options()
}, default=str))
"""

Options = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def options() -> Options:
    """Every option of a Streamlit started in the repository's root: its value and its source."""
    run = subprocess.run(
        [sys.executable, "-c", _ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(run.stdout))


def ours(options: Options, name: str) -> Any:
    """The value of an option, which must come from this repository's own file."""
    assert Path(options[name]["source"]) == FILE, f"{name} is not set in {FILE.name}"
    return options[name]["value"]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb": WCAG 2.2, https://www.w3.org/TR/WCAG22/"""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21: WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("name", "value"), FACTS.items())
def test_a_fact_holds(options: Options, name: str, value: object) -> None:
    assert ours(options, name) == value


def test_the_largest_file_is_a_whole_number_of_megabytes() -> None:
    assert MOST_BYTES % 1_000_000 == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_theme_names_its_colours(options: Options, theme: str, colour: str) -> None:
    assert ours(options, f"theme.{theme}.{colour}").startswith("#")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("paper", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("ink", ["textColor", "linkColor", "primaryColor", "codeTextColor"])
def test_text_can_be_read(options: Options, theme: str, paper: str, ink: str) -> None:
    inks = (ours(options, f"theme.{theme}.{name}") for name in (ink, paper))
    assert contrast(*inks) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_white_ticks_show_on_the_primary_colour(options: Options, theme: str) -> None:
    assert contrast("#ffffff", ours(options, f"theme.{theme}.primaryColor")) >= SHAPE


@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_of_data_show_and_differ(options: Options, theme: str) -> None:
    colours = ours(options, f"theme.{theme}.chartCategoricalColors")
    paper = ours(options, f"theme.{theme}.backgroundColor")
    assert len(set(colours)) == len(colours) >= 7
    assert all(contrast(colour, paper) >= SHAPE for colour in colours)


@pytest.mark.parametrize("name", ["theme.font", "theme.codeFont"])
def test_fonts_are_the_systems_own_and_know_chinese(options: Options, name: str) -> None:
    families = ours(options, name)
    assert "Noto Sans" in families
    assert "http" not in families


def test_nothing_of_the_look_comes_from_outside() -> None:
    assert "://" not in FILE.read_text(encoding="utf-8")
    sheets = (ROOT / "static").glob("*.css")
    assert not any("//" in sheet.read_text(encoding="utf-8") for sheet in sheets)
