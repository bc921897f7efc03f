"""What comes in from a browser, in a message or in a link: each widget's value is believed only
where it has the widget's own type and the widget can read it. Anything else is as if nothing had
been set.

Streamlit reads what arrives with the readers of its widgets, which trust the page that they sent:
a forged value would end the run with an error, and fill the log with it.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates
from streamlit.web.server.starlette import starlette_websocket

REFUSED = frozenset({"clear_cache", "set_run_on_save", "load_git_info"})
"""What no visitor may ask for: to empty what all share, and what is an author's business."""


@cache
def check_all() -> None:
    """From now on, once per process, every session's values are checked as they are read."""
    _check_requests()
    _check_values()
    _check_links()
    logging.getLogger(starlette_websocket.__name__).addFilter(_in_a_line)
    logging.getLogger("uvicorn.error").addFilter(_in_a_line)


def _check_requests() -> None:
    handle = AppSession.handle_backmsg

    def checked(session: AppSession, message: BackMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "rerun_script":
            _leave_out_strangers(message.rerun_script.widget_states)
        if kind not in REFUSED:
            handle(session, message)

    AppSession.handle_backmsg = checked  # type: ignore[assignment, method-assign]


def _leave_out_strangers(states: WidgetStates) -> None:
    """Other names than Streamlit gives to its widgets would stand among the session's own."""
    own = [each for each in states.widgets if each.id.startswith("$$")]
    if len(own) < len(states.widgets):
        del states.widgets[:]
        states.widgets.extend(own)


def _check_values() -> None:
    read = WStates.__getitem__

    def checked(states: WStates, key: str) -> Any:
        came, widget = states.states.get(key), states.widget_metadata.get(key)
        if not isinstance(came, Serialized) or widget is None:
            return read(states, key)
        try:
            if _fits(came.value.WhichOneof("value"), widget.value_type):
                return read(states, key)
        except Exception:  # noqa: BLE001, S110 - whatever a widget's reader stumbles over
            pass
        untouched = widget.deserializer(None)
        states.set_from_value(key, untouched)
        return untouched

    WStates.__getitem__ = checked  # type: ignore[method-assign]


def _fits(came: str | None, wanted: str) -> bool:
    """A number input asks for a double, and browsers send its whole numbers as integers."""
    return came in {None, wanted} or (came, wanted) == ("int_value", "double_value")


def _check_links() -> None:
    read = SessionState._seed_widget_from_url

    def checked(state: SessionState, widget: Any, key: str, *said: Any) -> bool:
        try:
            return read(state, widget, key, *said)
        except Exception:  # noqa: BLE001 - as above
            state._clear_url_param(key)
            return False

    SessionState._seed_widget_from_url = checked  # type: ignore[assignment, method-assign]


_TEXT = {(KeyError, "'bytes'")}
"""What the server raises where text comes in place of bytes."""


def _in_a_line(record: logging.LogRecord) -> bool:
    """A message that can't be read costs its sender the connection, and the log a line: not the
    traceback of who read it."""
    error = record.exc_info[1] if record.exc_info else None
    if type(error).__name__ == "DecodeError" or (type(error), str(error)) in _TEXT:
        record.exc_info, record.exc_text = None, None
        record.msg, record.args = "A message that can't be read: its connection was closed.", ()
    return True
