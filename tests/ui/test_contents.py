"""The table of contents names every page once, in the order of their files."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from nnlab.ui.contents import HOME, SECTIONS

PAGES = Path(__file__).parents[2] / "pages"


def test_every_page_is_listed_once_and_in_order() -> None:
    entries = [HOME, *chain(*SECTIONS.values())]
    there = sorted(PAGES.glob("*.py"), key=lambda path: int(path.stem.partition("_")[0]))
    assert [entry.file for entry in entries] == [path.name for path in there]
    assert [int(entry.number) for entry in entries] == list(range(len(entries)))
    assert all(entry.about for entry in entries[1:])
