"""Whatever stands in the parameters of a page's link, the page is sane: its title, no traceback,
and nothing that was typed becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))

GARBAGE = (
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 400,
    "٣",
    "none",
    "<b>![x](http://evil/x.png)</b> $x$",
    "[[[[",
    '{"seed":{"a":[' * 50,
    "__import__('os')",
    "_" * 5000,
    "~eNpz",
    "\u202e\u0000\ud7ff🤖",
    "../../etc/passwd",
    "w0.0.0:1e400,w99.99.99:x",
)
"""What hands and hostile minds put into a link. More is a line here."""

ROUNDS = 3
"""In each, every parameter of a page has another piece of garbage."""


def parameters_of(page: AppTest, bound: set[str]) -> list[str]:
    """Every parameter that the page reads, by hand or by its widgets."""
    known = page.session_state["nnlab.link"].read if "nnlab.link" in page.session_state else set()
    return sorted(known | bound)


def opened(path: Path, parameters: Mapping[str, str]) -> AppTest:
    """The page, after it was opened by a link; home leads to all others, which only the front door
    knows."""
    script = ROOT / "streamlit_app.py" if path.stem == "0_home" else path
    page = AppTest.from_file(str(script), default_timeout=60)
    page.query_params.update(parameters)
    page.run()
    assert not page.exception, parameters
    return page


def marked_up(page: AppTest) -> str:
    """What is said as Markdown, without what stands in it as code."""
    said = (*page.markdown, *page.caption, *page.warning, *page.info, *page.error)
    return re.sub(r"`[^`]*`", "", "\n".join(each.value for each in said))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_any_parameter_gives_a_sane_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound: set[str] = set()
    bind = QueryParams.bind_widget

    def noting(self: QueryParams, param_key: str, *more: Any, **rest: Any) -> None:
        bound.add(param_key)
        bind(self, param_key, *more, **rest)

    monkeypatch.setattr(QueryParams, "bind_widget", noting)
    page = opened(path, {})
    title, names = page.title[0].value, parameters_of(page, bound)
    for number in range(ROUNDS):
        pieces = (GARBAGE[(7 * number + place) % len(GARBAGE)] for place in range(len(names)))
        page = opened(path, dict(zip(names, pieces, strict=True)))
        assert page.title[0].value == title
        assert "<b>![x]" not in marked_up(page)
