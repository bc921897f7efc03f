"""Nothing that is reported together with something else is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from nnlab.ui import gathering

SELECT, TICK, PAGEWIDE = "$$ID-1-select", "$$ID-2-tick", "$$ID-3-language"
PARTS = {SELECT: "controls", TICK: "stage", PAGEWIDE: None}


def _state() -> SessionState:
    state = SessionState()
    for name, part in PARTS.items():
        widget: Any = WidgetMetadata(name, str, str, value_type="string_value", fragment_id=part)
        state._new_widget_state.set_widget_metadata(widget)
    return state


@dataclass
class Session:
    """As much of a session as listens."""

    page_script_hash: str = "page"
    session_state: SessionState = field(default_factory=_state)


@dataclass
class Listening:
    """What a session is asked to run, by the part, and what stands in the message."""

    session: Session
    asked: list[tuple[str, list[str]]]

    def say(self, part: str, page: str = "page", **values: str) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.fragment_id, rerun.page_script_hash = part, page
        for name, value in values.items():
            rerun.widget_states.widgets.add(
                id={"choice": SELECT}.get(name, PAGEWIDE)
            ).string_value = value
        rerun.widget_states.widgets.add(id=TICK).json_trigger_value = "1"
        AppSession.handle_backmsg(self.session, message)  # type: ignore[arg-type]


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Listening:
    asked: list[tuple[str, list[str]]] = []

    def handle(_session: Any, message: BackMsg) -> None:
        rerun = message.rerun_script
        asked.append((rerun.fragment_id, [each.id for each in rerun.widget_states.widgets]))

    monkeypatch.setattr(AppSession, "handle_backmsg", handle)
    monkeypatch.setattr(
        script_requests, "_coalesce_widget_states", script_requests._coalesce_widget_states
    )
    gathering.hear_all.__wrapped__()
    return Listening(Session(), asked)


def test_a_choice_made_at_a_tick_is_heard_where_it_stands(listening: Listening) -> None:
    listening.say("stage", choice="SGD")
    listening.say("stage", choice="Adam")
    assert listening.asked[1:] == [("stage", [SELECT, TICK]), ("controls", [SELECT])]


def test_a_tick_at_a_choice_is_heard_too(listening: Listening) -> None:
    listening.say("stage", choice="SGD")
    listening.say("controls", choice="Adam")
    assert [part for part, _names in listening.asked[1:]] == ["controls", "stage"]


def test_what_is_as_before_or_new_on_the_page_asks_for_nothing(listening: Listening) -> None:
    for _time in range(3):
        listening.say("stage", choice="SGD", language="en")
    assert [part for part, _names in listening.asked] == ["stage"] * 3


def test_what_stands_in_no_part_asks_for_the_whole_page(listening: Listening) -> None:
    listening.say("stage", choice="SGD", language="en")
    listening.say("stage", choice="Adam", language="zh")
    assert [part for part, _names in listening.asked[1:]] == ["stage", ""]


def test_a_late_message_of_another_page_brings_nobody_back_to_it(listening: Listening) -> None:
    listening.say("stage", choice="SGD")
    listening.say("stage", page="other", choice="Adam")
    assert len(listening.asked) == 2


def test_the_whole_page_is_asked_for_once(listening: Listening) -> None:
    listening.say("", choice="SGD")
    listening.say("", choice="Adam")
    assert [part for part, _names in listening.asked] == ["", ""]


def waiting(*said: str) -> str:
    """What a run is told of one component, when all of this was said before it began."""
    requests = ScriptRequests()
    for each in said:
        states = WidgetStates()
        states.widgets.add(id=TICK).json_trigger_value = each
        requests.request_rerun(RerunData(widget_states=states, fragment_id="stage"))
    told = requests.on_scriptrunner_ready()
    assert told.type is ScriptRequestType.RERUN
    assert told.rerun_data.widget_states is not None
    (state,) = told.rerun_data.widget_states.widgets
    return state.json_trigger_value


def happens(**events: object) -> str:
    return json.dumps([{"event": name, "value": value} for name, value in events.items()])


@pytest.mark.usefixtures("listening")
def test_a_click_that_waits_with_a_tick_is_heard_and_so_is_the_tick() -> None:
    told = json.loads(waiting(happens(tick=1), happens(act="pause"), happens(tick=2)))
    assert told == [{"event": "act", "value": ["pause"]}, {"event": "tick", "value": 2}]


@pytest.mark.usefixtures("listening")
def test_all_that_is_clicked_while_a_run_is_waited_for_is_done_in_its_order() -> None:
    told = json.loads(waiting(*(happens(act=each) for each in ("one more", "undo", "one more"))))
    assert told == [{"event": "act", "value": ["one more", "undo", "one more"]}]


@pytest.mark.usefixtures("listening")
def test_only_so_many_acts_wait_and_they_are_the_newest() -> None:
    (told,) = json.loads(waiting(*(happens(act=each) for each in range(100))))
    assert told["value"] == list(range(100))[-gathering.MOST_ACTS :]


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize(
    "forged", ["no JSON", "[" * 50_000 + "]" * 50_000, "7", "{}", '[7, {"event": []}]']
)
def test_what_is_no_list_of_events_leaves_the_others_alone(forged: str) -> None:
    assert "pause" in waiting(forged, happens(act="pause"))
    assert waiting(happens(act="pause"), forged)
