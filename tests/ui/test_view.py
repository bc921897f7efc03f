"""What the view sends to the browser, and what it takes from there."""

# ruff: noqa: PLC0415 (a script under test brings its own imports)
from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from nnlab.ui.plotly_js import STATIC, plotly_script


def page() -> None:
    import plotly.graph_objects as go
    import streamlit as st

    from nnlab.ui.view import view

    figure = go.Figure(
        [{"x": [1.0], "y": [2.0], "customdata": ["u0.0"], "uid": "dot"}], {"height": 123}
    )
    view(figure, "seen", "One dot.", pick="part")
    view(figure, "small", "The same dot.", height=77)
    st.text(repr(st.session_state.get("part")))


def sent(app: AppTest, place: int) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(app.get("bidi_component")[place].proto.json)
    return data


def test_the_figure_arrives_whole_with_its_words() -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    data = sent(app, 0)
    assert data["alt"] == "One dot."
    assert data["height"] == 123
    assert go.Figure(json.loads(data["figure"])).data[0].customdata == ("u0.0",)


def test_traces_keep_the_names_by_which_frames_find_them() -> None:
    data = json.loads(sent(AppTest.from_function(page).run(), 0)["figure"])
    assert data["data"][0]["uid"] == "dot"


def test_a_height_overrides_the_figure_s() -> None:
    assert sent(AppTest.from_function(page).run(), 1)["height"] == 77


def test_only_a_view_with_a_pick_asks_for_clicks() -> None:
    app = AppTest.from_function(page).run()
    assert (sent(app, 0)["pickable"], sent(app, 1)["pickable"]) == (True, False)


def test_the_script_it_names_is_there() -> None:
    AppTest.from_function(page).run()
    assert (STATIC / plotly_script()).stat().st_size > 1_000_000


def clicked(picked: object) -> None:
    import streamlit as st

    from nnlab.ui import view

    st.session_state["seen"] = {"picked": picked}
    view._keep_pick("seen", "part")
    st.text(repr(st.session_state.get("part")))


@pytest.mark.parametrize(
    ("picked", "kept"),
    [
        ("w0.1.2", "'w0.1.2'"),
        ("cell-3:4", "'cell-3:4'"),
        (None, "None"),
        (7, "None"),
        ({"id": "w0"}, "None"),
        ("<script>", "None"),
        ("u0.0\n", "None"),
        ("u" * 33, "None"),
    ],
)
def test_only_the_id_of_a_part_is_kept(picked: object, kept: str) -> None:
    app = AppTest.from_function(clicked, args=(picked,)).run()
    assert not app.exception
    assert app.text[0].value == kept
