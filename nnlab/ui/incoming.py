"""What comes in from a browser: each widget's value is believed only where it has the widget's own
type and the widget can read it. Anything else is as if nothing had been set.

Streamlit reads what arrives with the readers of its widgets, which trust the page that they sent:
a forged value would end the run with an error, and fill the log with it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from streamlit.runtime.state.session_state import Serialized, WStates


@cache
def check_all() -> None:
    """From now on, once per process, every session's values are checked as they are read."""
    read = WStates.__getitem__

    def checked(states: WStates, key: str) -> Any:
        came, widget = states.states.get(key), states.widget_metadata.get(key)
        if not isinstance(came, Serialized) or widget is None:
            return read(states, key)
        try:
            if came.value.WhichOneof("value") in {None, widget.value_type}:
                return read(states, key)
        except Exception:  # noqa: BLE001, S110 - whatever a widget's reader stumbles over
            pass
        untouched = widget.deserializer(None)
        states.set_from_value(key, untouched)
        return untouched

    WStates.__getitem__ = checked  # type: ignore[method-assign]
