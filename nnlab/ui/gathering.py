"""What a browser reports in one moment is heard in every part of the page that it is for.

Streamlit's browser gathers what widgets report within a few milliseconds and asks for a run of one
part alone, that of the widget that was first. Its server gathers what comes while a run is on its
way, and of one component only what happened last is left. While something plays, its next tick
would take away the run from a choice that is made in that very moment, or take the place of a click
on Pause; and of two quick clicks one would be lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.state.session_state import SessionState

HEARD = "nnlab_heard"
ACT = "act"
"""An event of which none replaces another: two clicks on a plus are two units more."""
MOST_ACTS = 20
"""Acts that may wait for one run: more than a hand makes in the time of one."""
TRIGGERS = frozenset(
    {"trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value"}
)
_LATER = script_requests._coalesce_widget_states


@cache
def hear_all() -> None:
    """From now on, once per process, every session hears all that is gathered in a message, and all
    that is gathered of messages."""
    script_requests._coalesce_widget_states = _coalesced  # type: ignore[assignment]
    handle = AppSession.handle_backmsg

    def heard(session: AppSession, message: BackMsg) -> None:
        others = list(_others(session, message)) if message.HasField("rerun_script") else []
        handle(session, message)
        for other in others:
            handle(session, other)

    AppSession.handle_backmsg = heard  # type: ignore[assignment, method-assign]


def _coalesced(before: WidgetStates | None, after: WidgetStates | None) -> WidgetStates | None:
    """What two messages say that wait for one run, with all that happened in a component."""
    both = _LATER(before, after)
    if not (before and after and both):
        return both
    happened = {each.id: each.json_trigger_value for each in before.widgets}
    for each in both.widgets:
        if each.json_trigger_value and happened.get(each.id):
            each.json_trigger_value = _both(happened[each.id], each.json_trigger_value)
    return both


def _both(before: str, after: str) -> str:
    """Two lists of events as one: all acts, and of what else happened twice, the later. What is no
    list of events has nothing to add."""
    try:
        first, then = json.loads(before), json.loads(after)
    except (ValueError, RecursionError):
        return after
    if not (isinstance(first, list) and isinstance(then, list)):
        return after
    later = set(map(_event, then)) - {ACT}
    return json.dumps(_acts_as_one([*(each for each in first if _event(each) not in later), *then]))


def _acts_as_one(events: list[Any]) -> list[Any]:
    """The same with one event for all acts, whose value lists the newest of them: a component is
    told one value of an event."""
    acts = [each.get("value") for each in events if _event(each) == ACT]
    others = [each for each in events if _event(each) != ACT]
    said = [act for value in acts for act in (value if isinstance(value, list) else [value])]
    return [{"event": ACT, "value": said[-MOST_ACTS:]}, *others] if acts else others


def _event(happened: object) -> str | None:
    name = happened.get("event") if isinstance(happened, dict) else None
    return name if isinstance(name, str) else None


def _others(session: AppSession, message: BackMsg) -> Iterator[BackMsg]:
    """The same message for each other part of the page in which something was set. What happens
    once, such as a click, has been told with the first."""
    asked, before = message.rerun_script, vars(session).get(HEARD, {})
    states = asked.widget_states.widgets
    now = vars(session)[HEARD] = {each.id: each.SerializeToString() for each in states}
    if not asked.fragment_id or asked.page_script_hash != session.page_script_hash:
        return
    news = (each for each in states if _is_news(each, before.get(each.id, now[each.id]), now))
    parts = {part for each in news for part in _parts(session.session_state, each.id)}
    for part in [""] if "" in parts else sorted(parts - {asked.fragment_id}):
        other = BackMsg()
        other.CopyFrom(message)
        other.rerun_script.fragment_id = part
        _leave_out_triggers(other.rerun_script)
        yield other


def _is_news(state: WidgetState, before: bytes, now: Mapping[str, bytes]) -> bool:
    """Whether it is another than in the message before, or happens once."""
    return _is_trigger(state) or before != now[state.id]


def _parts(state: SessionState, widget: str) -> Iterator[str]:
    """The part of the page in which a widget stands, "" where that is the page itself; nothing for
    a widget that is no longer there."""
    metadata = state._new_widget_state.widget_metadata.get(widget)
    if metadata:
        yield metadata.fragment_id or ""


def _is_trigger(state: WidgetState) -> bool:
    return state.WhichOneof("value") in TRIGGERS


def _leave_out_triggers(asked: ClientState) -> None:
    kept = [each for each in asked.widget_states.widgets if not _is_trigger(each)]
    del asked.widget_states.widgets[:]
    asked.widget_states.widgets.extend(kept)
