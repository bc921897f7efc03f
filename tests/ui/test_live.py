"""A live part is run alone while something in it is moved; once that is decided, the whole lesson
follows, before the part shows anything."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from nnlab.ui import link, live


class FollowedError(Exception):
    """What Streamlit raises in place of the rest of a run."""


def follow() -> None:
    raise FollowedError


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("settled", [False, True])
def test_the_lesson_follows_what_was_decided_in_a_part(
    monkeypatch: pytest.MonkeyPatch, *, alone: bool, settled: bool
) -> None:
    monkeypatch.setattr(live, "alone", lambda: alone)
    monkeypatch.setattr(link, "settled", lambda: settled)
    monkeypatch.setattr(live, "session_lock", nullcontext)
    monkeypatch.setattr("streamlit.rerun", follow)
    shown: list[int] = []
    try:
        live._shown(lambda: shown.append(1))
        followed = False
    except FollowedError:
        followed = True
    assert followed == (alone and settled)
    assert shown == [1] * (not followed)
