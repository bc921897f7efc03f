"""What a browser sends is believed only where the widget can read it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates

from nnlab.ui import incoming


def whole(value: int | None) -> int:
    return 7 if value is None else 100 // value


@pytest.fixture
def states() -> WStates:
    """A widget for whole numbers, which can't read 0."""
    incoming.check_all()
    states = WStates()
    states.set_widget_metadata(WidgetMetadata("$$ID-1-n", whole, str, value_type="int_value"))
    return states


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"int_value": 50}, 2),
        ({"int_value": 0}, 7),
        ({}, 7),
        ({"double_value": 50.0}, 7),
        ({"string_value": "50"}, 7),
        ({"json_value": "50"}, 7),
        ({"json_value": "{"}, 7),
    ],
)
def test_a_value_that_does_not_fit_is_as_none(
    states: WStates, said: dict[str, Any], read: int
) -> None:
    states.set_widget_from_proto(WidgetState(id="$$ID-1-n", **said))
    assert states["$$ID-1-n"] == read
    assert states["$$ID-1-n"] == read


def test_a_whole_number_fits_where_any_number_does(states: WStates) -> None:
    states.set_widget_metadata(WidgetMetadata("$$ID-3-x", whole, str, value_type="double_value"))
    states.set_widget_from_proto(WidgetState(id="$$ID-3-x", int_value=50))
    assert states["$$ID-3-x"] == 2


def test_what_nobody_asked_for_is_not_there(states: WStates) -> None:
    states.set_widget_from_proto(WidgetState(id="$$ID-2-m", int_value=1))
    with pytest.raises(KeyError):
        states["$$ID-2-m"]


def heard(monkeypatch: pytest.MonkeyPatch, message: BackMsg) -> list[BackMsg]:
    """What reaches a session of this message."""
    found: list[BackMsg] = []
    with monkeypatch.context() as patch:
        patch.setattr(AppSession, "handle_backmsg", lambda _session, each: found.append(each))
        incoming._check_requests()
        AppSession.handle_backmsg(object(), message)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("kind", sorted(incoming.REFUSED))
def test_no_visitor_empties_what_all_share(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    assert heard(monkeypatch, BackMsg(**{kind: True})) == []  # type: ignore[arg-type]
    assert len(heard(monkeypatch, BackMsg(stop_script=True))) == 1


def test_strange_names_do_not_come_among_the_sessions_own(monkeypatch: pytest.MonkeyPatch) -> None:
    message = BackMsg()
    for name in ("nnlab.player", "$$ID-1-n", "play_new_class"):
        message.rerun_script.widget_states.widgets.add(id=name, int_value=1)
    (left,) = heard(monkeypatch, message)
    assert [each.id for each in left.rerun_script.widget_states.widgets] == ["$$ID-1-n"]
