"""A knob shows a value that somebody else holds, and gives back what the learner makes of it: one
experiment can stand behind many controls, and a change of it moves them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from nnlab.ui import link, slider
from nnlab.ui.choice import LOOKS, let_show
from nnlab.ui.slider import Scale, live_slider, parse

_TOLD = "nnlab.told"


def slide(label: str, key: str, value: float, scale: Scale, part: str = "") -> float:
    """A live slider at `value`."""
    text = link.take(key)
    if text:
        ((value,), _faults) = parse(text, (scale.accept(value),), scale)
    live_slider(label, key, value, scale, part)
    return value


def select(
    label: str, options: Mapping[str, str], key: str, value: str, look: str = "list", **more: Any
) -> str:
    """A choice between named things (name -> text), `value` chosen."""
    names = list(options)
    chosen = _turned(key, value if value in options else names[0])
    show: Callable[..., Any] = LOOKS[look]
    show(label, names, format_func=options.__getitem__, key=key, **more)
    return chosen if chosen in options else value


def flip(label: str, key: str, value: Any, **more: Any) -> bool:
    """A switch at `value`."""
    turned: bool = _turned(key, value)
    st.toggle(label, key=key, **more)
    return turned


def number(label: str, key: str, value: int, limits: tuple[int, int], **more: Any) -> int:
    """A whole number at `value`, within limits."""
    turned: int = _turned(key, min(max(value, limits[0]), limits[1]))
    st.number_input(label, *limits, key=key, **more)
    return turned


def exact(label: str, key: str, value: float, **more: Any) -> float:
    """A number to be typed, at `value`."""
    turned: float = _turned(key, value)
    st.number_input(label, key=key, format="%g", step=None, **more)
    return turned


def several(
    label: str, options: Mapping[str, str], key: str, values: Sequence[str], **more: Any
) -> list[str]:
    """Any of several named things (name -> text), `values` chosen."""
    turned: list[str] = _turned(key, list(values))
    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=options.__getitem__,
        key=key,
        **more,
    )
    return turned


def _turned(key: str, value: Any) -> Any:
    """What the learner has set since this knob was last shown; else `value`, which it shows now."""
    told = st.session_state.setdefault(_TOLD, {})
    set_to = st.session_state.get(key)
    if key in told and set_to is not None and set_to != told[key]:
        value = set_to
        slider.rest()
    let_show(key, value)
    told[key] = value
    return value
