"""Markup in a learner's words reaches no figure."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures.field import Field, Group, field
from nnlab.figures.markup import as_text

NAMES = ("<b>bold</b>", '<a href="https://example.org">&lt;%{x}', "plain")


@given(st.text())
def test_a_reader_of_entities_reads_the_same_text_and_no_tag(text: str) -> None:
    shown = as_text(text)
    assert not re.search(r"[<>]|%\{", shown)
    assert unescape(shown) == unescape(unescape(shown)) or "&" in text
    assert unescape(as_text("<a> & %{y}")) == "<a> & %{y}"


def test_the_plane_shows_names_as_text() -> None:
    group = Group([0.0], [0.0], [0], NAMES[0], 0, False)
    figure = field(Field((-1.0, -1.0), (1.0, 1.0), NAMES[:2]), [group])
    written = figure.to_json()
    assert "<b>" not in unescape(written.replace("&lt;", "").replace("&gt;", ""))
    assert "<a" not in written
    assert unescape(figure.layout.yaxis.title.text) == NAMES[1]
