"""Streamlit's own words are looked for as Streamlit has them, and none stays English."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import streamlit

from nnlab.language import LANGUAGES, use
from nnlab.ui.words import WORDS, streamlit_words

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
PUT_TOGETHER = re.compile(r"Press .*Enter to .*|.*\{count\}.*|.*main page\.")
"""What Streamlit makes of several pieces."""


@cache
def said() -> str:
    """All that Streamlit's scripts can say."""
    return "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))


def pieces(word: str) -> list[str]:
    """What stands in the scripts: the text beside what Streamlit fills in, or its single words."""
    apart = r"\W+" if PUT_TOGETHER.fullmatch(word) else r"\{\w+\}"
    return [piece.strip() for piece in re.split(apart, word) if piece.strip()]


@pytest.mark.parametrize("word", WORDS)
def test_it_is_what_streamlit_says(word: str) -> None:
    assert [piece for piece in pieces(word) if piece not in said()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_its_own_in_another_language(language: str) -> None:
    use(language)
    assert set(streamlit_words()) == (set() if language == "en" else set(WORDS))


def test_no_word_is_said_twice() -> None:
    assert len(set(WORDS)) == len(WORDS)
