"""A choice between a few named things. The link and the code know each by a short English name,
the reader by a text in the reader's language. (Streamlit's own binding would put the text into
the link, which another language could not read.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, overload

import streamlit as st

from nnlab.language import current
from nnlab.ui import link

_SPOKEN = "nnlab.spoken"

# All options are in sight: a row of them breaks where it would otherwise scroll.
LOOKS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "pills": partial(st.pills, wrap=True),
        "segments": partial(st.segmented_control, wrap=True),
        "list": st.selectbox,
        "radio": st.radio,
    }
)


@overload
def choose(
    label: str, options: Mapping[str, str], key: str, *, look: str = ..., **settings: Any
) -> str | None: ...


@overload
def choose(
    label: str,
    options: Mapping[str, str],
    key: str,
    default: str,
    look: str = ...,
    **settings: Any,
) -> str: ...


def choose(
    label: str,
    options: Mapping[str, str],
    key: str,
    default: str | None = None,
    look: str = "pills",
    **settings: Any,
) -> str | None:
    """Let the learner choose one of `options` (name -> text); None where nothing is chosen yet.

    `look` is one of LOOKS; `settings` go to that widget.
    """
    kept = link.read(key)
    chosen = kept if kept in options else default
    let_show(key, chosen)
    LOOKS[look](
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=_keep,
        args=(key, default),
        **settings,
    )
    return chosen


def let_show(key: str, value: Any) -> None:
    """Let a widget show this value where it has another one, or has it in another language: what a
    browser keeps of a list is the text that was chosen."""
    spoken = st.session_state.setdefault(_SPOKEN, {})
    if st.session_state.get(key) != value or spoken.get(key, current()) != current():
        st.session_state[key] = value
    spoken[key] = current()


def _keep(key: str, default: str | None) -> None:
    chosen = st.session_state[key]
    if chosen is not None:
        link.write(key, "" if chosen == default else chosen)
