"""What a learner has changed in a table on the page, as Streamlit's table tells it. Anything can
come from a browser: what is no number in a cell of this table is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from nnlab.table.sheet import Changes


def changes(key: str, columns: Sequence[str], rows: int) -> Changes:
    """The changes of the table with this key, which has these columns and so many rows."""
    said = st.session_state[key]
    edited = {str(place): row for place, row in _mapping(said.get("edited_rows")).items()}
    return Changes(
        {
            place: _cells(edited[str(place)], columns)
            for place in range(rows)
            if str(place) in edited
        },
        tuple(_cells(row, columns) for row in _list(said.get("added_rows"))),
        tuple(place for place in range(rows) if place in _list(said.get("deleted_rows"))),
    )


def _cells(row: Any, columns: Sequence[str]) -> dict[int, float | None]:
    """Cells by the place of their column."""
    cells = _mapping(row)
    return {
        place: cells[name]
        for place, name in enumerate(columns)
        if name in cells and _is_cell(cells[name])
    }


def _is_cell(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _mapping(said: Any) -> Mapping[Any, Any]:
    return said if isinstance(said, Mapping) else {}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []
