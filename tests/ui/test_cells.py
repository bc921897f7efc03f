"""What a table on the page tells is taken cell by cell, and only what is a cell of it."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from nnlab.table.sheet import Changes
from nnlab.ui.cells import changes

HONEST = {
    "edited_rows": {"1": {"x": 2.5, "y": None, "_index": 7}},
    "added_rows": [{"x": 1}],
    "deleted_rows": [0],
}


def told(monkeypatch: pytest.MonkeyPatch, said: Any) -> Changes:
    monkeypatch.setattr(st, "session_state", {"table": said})
    return changes("table", ["x", "y"], 2)


def test_honest_changes_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, HONEST)
    assert found == Changes({1: {0: 2.5, 1: None}}, ({0: 1},), (0,))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"edited_rows": 7, "added_rows": {}, "deleted_rows": "x"},
        {"edited_rows": {"2": {"x": 1}, "-1": {"x": 1}, "9" * 5000: {"x": 1}}},
        {"edited_rows": {"x": 7}, "deleted_rows": [None, 10**9, -1, "0", [0]]},
    ],
)
def test_what_is_no_cell_of_the_table_is_left_out(
    monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    assert told(monkeypatch, said) == Changes({}, (), ())


def test_what_is_no_number_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"edited_rows": {"0": {"x": "<b>", "y": True}}, "added_rows": [7, {"x": [1]}]}
    assert told(monkeypatch, said) == Changes({0: {}}, ({}, {}), ())
