"""Own data on the playground, without a browser: files, the table, new points."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.data import PointEdit
from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.table import read_table, write_table
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import START

PAGE = Path(__file__).parents[2] / "pages" / "5_playground.py"
FLOWERS = "width;height;kind\n" + "\n".join(
    f"{i / 10:.1f};{i % 7};{('rose', 'tulip', 'daisy')[i % 3]}" for i in range(30)
)


def opened(part: str = "file", **parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in {"tour": "off", "own": part, **parameters}.items():
        page.query_params[key] = value
    page.session_state["play_own"] = True
    page.run()
    assert not page.exception
    return page


def player(page: AppTest) -> Player:
    found: Any = page.session_state["nnlab.player"].player
    assert isinstance(found, Player)
    return found


def uploaded(content: str | bytes) -> AppTest:
    page = opened()
    sent = content.encode() if isinstance(content, str) else content
    page.file_uploader(key="play_file").set_value(("own.csv", sent, "text/csv")).run()
    assert not page.exception
    return page


def widget(widgets: Any, start: str) -> Any:
    (found,) = [each for each in widgets if str(each.key).startswith(start)]
    return found


def test_a_file_becomes_the_data_with_outputs_and_a_loss_that_fit() -> None:
    page = uploaded(FLOWERS)
    assert "30 rows with 2 features, 9 of them held out." in [each.value for each in page.caption]
    page.button(key="play_use").click().run()
    assert not page.exception
    now = player(page).experiment
    assert now.data.names.features == ("width", "height")
    assert now.data.names.classes == ("daisy", "rose", "tulip")
    assert now.network.outputs == 3
    assert now.training.loss.name == "CrossEntropyLoss"
    player(page).undo()
    assert player(page).experiment == START


def test_the_number_of_a_row_can_be_predicted_too() -> None:
    page = uploaded(FLOWERS)
    widget(page.selectbox, "play_target").select("width").run()
    page.button(key="play_use").click().run()
    now = player(page).experiment
    assert now.data.classes == 0
    assert now.training.loss.name == "MSELoss"
    assert now.data.names.features[0] == "height"
    assert now.data.n_features == 4


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "not a text file"),
        (b"one\n1\n2\n", "only one column"),
        (b"a,b\n1,2\n3\n", "Line 3 has 1 fields"),
        (b"a,b\n1,2\n1,3\n", "one value"),
    ],
)
def test_a_refusal_is_one_sentence_and_nothing_is_lost(content: bytes, part: str) -> None:
    page = uploaded(content)
    (error,) = page.error
    assert as_text(part) in error.value
    assert player(page).experiment == START
    assert "play_use" not in [each.key for each in page.button]


def test_markup_in_a_file_is_shown_as_text() -> None:
    name = ":red[**x**] [y](http://z) $a$"
    page = uploaded(f"{name},<b>y</b>,k\n1,1,*a*\n2,1,*b*\n3,1,*a*\n")
    (error,) = page.error
    assert as_text("<b>y</b>") in error.value
    widget(page.multiselect, "play_columns").set_value([name]).run()
    page.button(key="play_use").click().run()
    assert not page.exception
    data = player(page).experiment.data
    assert data.names.features == (name,)
    assert data.names.classes == ("*a*", "*b*")
    shown = [each.value for each in (*page.markdown, *page.caption, *page.error, *page.warning)]
    assert not any(name in text or "<b>" in text for text in shown)


def test_as_text_leaves_no_sign_of_markdown_alone() -> None:
    assert as_text("a *b* :red[c]") == r"a \*b\* \:red\[c\]"


def test_what_is_downloaded_gives_the_same_rows_when_it_is_uploaded() -> None:
    page = uploaded(FLOWERS)
    page.button(key="play_use").click().run()
    first = player(page).experiment
    again = uploaded(write_table(first))
    again.button(key="play_use").click().run()
    assert player(again).experiment.data.source == first.data.source
    assert read_table(write_table(first).encode()) is not None


def test_the_table_shows_the_rows_and_large_data_have_none() -> None:
    page = opened("table")
    (table,) = page.dataframe if len(page.dataframe) else page.get("arrow_data_frame")
    assert table is not None
    digits = opened(
        "table",
        e='{"data":{"source":"digits"},"network":{"layers":[{"units":10}]},'
        '"training":{"loss":"CrossEntropyLoss"}}',
    )
    assert any("at most 1000 rows" in each.value for each in digits.info)


def test_the_last_point_that_was_added_can_be_removed() -> None:
    page = opened()
    assert page.button(key="play_remove").disabled
    held = player(page)
    for number in (200, 201):
        now = held.now()
        edits = (*now.data.edits, PointEdit(number, (0.5, 0.5, 1.0)))
        held.become(_with(now, edits))
    page.run()
    page.button(key="play_remove").click().run()
    assert player(page).experiment.data.n_rows == 201
    page.button(key="play_remove").click().run()
    assert player(page).experiment.data.n_rows == 200
    assert page.button(key="play_remove").disabled


def _with(now: Any, edits: tuple[PointEdit, ...]) -> Any:
    return replace(now, data=replace(now.data, edits=edits))


def test_a_class_for_new_points_that_is_no_longer_there_is_forgotten() -> None:
    page = opened(preset="momentum")
    player(page).become(PRESETS["arms"].experiment)
    page.run()
    page.selectbox(key="play_new_class").select(2).run()
    assert page.session_state["play_new_class"] == 2
    player(page).undo()
    page.run()
    assert not page.exception
    assert page.session_state["play_new_class"] == 0
