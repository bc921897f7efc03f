"""A live part is run alone while something in it is moved; once that is decided, the rest follows,
and what goes on by itself is followed by the whole lesson, before it shows anything."""

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
def test_the_lesson_follows_what_was_decided_in_what_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch, *, alone: bool, settled: bool
) -> None:
    monkeypatch.setattr(live, "alone", lambda: alone)
    monkeypatch.setattr(link, "settled", lambda: settled)
    monkeypatch.setattr(live, "session_lock", nullcontext)
    monkeypatch.setattr("streamlit.rerun", follow)
    shown: list[int] = []
    try:
        live._shown_again(lambda: shown.append(1))
        followed = False
    except FollowedError:
        followed = True
    assert followed == (alone and settled)
    assert shown == [1] * (not followed)


def test_the_rest_follows_a_part_only_where_something_was_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decided: list[bool] = []
    told: list[int] = []
    monkeypatch.setattr(live, "alone", lambda: True)
    monkeypatch.setattr(live, "session_lock", nullcontext)
    monkeypatch.setattr(link, "tidy", lambda: None)
    monkeypatch.setattr("streamlit.rerun", follow)
    monkeypatch.setattr(link, "settled", lambda: decided[-1])
    parts = iter(range(9))
    known = live._Known[int]()
    for each in (False, False, True, False):
        decided.append(each)
        live._shown(lambda: next(parts), told.append, known)
    assert told == [0, 0, 2, 2]
