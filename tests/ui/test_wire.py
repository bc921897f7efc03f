"""A browser that is sent only what changed shows the same page as one that is sent everything."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed

from nnlab.ui.wire import END_S, PATIENCE_S, Wire

FRAGMENT = "f"
PAGE = (0,)
PART = (0, 0)

Shown = dict[tuple[int, ...], str]

# What a part shows: a text, or a block (a tuple) of such things.
part = st.recursive(
    st.sampled_from(["a", "b", "c"]), lambda inner: st.lists(inner, max_size=3).map(tuple)
)
parts = st.lists(part, max_size=4).map(tuple)


def delta(path: Sequence[int], text: str | None) -> ForwardMsg:
    """An element with a text, or a block without one."""
    message = ForwardMsg()
    message.metadata.delta_path[:] = path
    message.delta.fragment_id = FRAGMENT
    if text is None:
        message.delta.add_block.SetInParent()
    else:
        message.delta.new_element.text.body = text
    populate_hash_if_needed(message)
    return message


def deltas(path: tuple[int, ...], content: str | tuple) -> list[ForwardMsg]:
    if isinstance(content, str):
        return [delta(path, content)]
    inside = [deltas((*path, place), each) for place, each in enumerate(content)]
    return [delta(path, None), *(message for some in inside for message in some)]


def run(content: tuple, fragments: Sequence[str]) -> list[ForwardMsg]:
    """The messages of one run of a part, as Streamlit makes them."""
    begin, end = ForwardMsg(), ForwardMsg()
    begin.new_session.name = "streamlit_app.py"
    begin.metadata.run.fragment_ids.extend(fragments)
    kinds = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    end.script_finished = kinds[bool(fragments)]
    return [begin, *deltas(PART, content), end]


class Browser:
    """What Streamlit's frontend does with the messages of a run."""

    def __init__(self) -> None:
        self.shown: Shown = {}

    def follow(self, messages: Sequence[ForwardMsg]) -> None:
        for message in messages:
            if message.WhichOneof("type") == "delta":
                self._put(tuple(message.metadata.delta_path), message)

    def _put(self, path: tuple[int, ...], message: ForwardMsg) -> None:
        parent = path[:-1]
        assert parent in {PAGE, ()} or self.shown.get(parent) == "block", "no place for it"
        block = message.delta.HasField("add_block")
        assert not (block and message.delta.fragment_id), "its other children would be removed"
        if not block:
            inside = [place for place in self.shown if place[: len(path)] == path]
            for place in inside:
                del self.shown[place]
        self.shown[path] = "block" if block else message.delta.new_element.text.body

    def texts(self) -> Shown:
        return {path: text for path, text in self.shown.items() if text not in {"", "block"}}


def expected(content: tuple) -> Shown:
    return {
        tuple(message.metadata.delta_path): message.delta.new_element.text.body
        for message in deltas(PART, content)
        if message.delta.HasField("new_element")
    }


@given(parts, st.lists(parts, max_size=5))
def test_the_page_is_the_same(first: tuple, later: list[tuple]) -> None:
    wire, browser = Wire(), Browser()
    browser.follow(wire.thin(run(first, ())))
    for content in later:
        browser.follow(wire.thin(run(content, [FRAGMENT])))
        assert browser.texts() == expected(content)


@given(parts)
def test_a_part_that_has_not_changed_is_not_sent(content: tuple) -> None:
    wire = Wire()
    wire.thin(run(content, ()))
    sent = wire.thin(run(content, [FRAGMENT]))
    assert [message.WhichOneof("type") for message in sent] == ["new_session", "script_finished"]


@given(parts)
def test_a_run_of_the_whole_page_is_sent_whole(content: tuple) -> None:
    wire = Wire()
    wire.thin(run(content, ()))
    assert len(wire.thin(run(content, ()))) == len(run(content, ()))


def test_what_acts_when_it_arrives_is_sent_each_time() -> None:
    wire = Wire()
    effect = delta((*PART, 0), "now")
    effect.delta.new_element.has_one_shot_effect = True
    messages = [*run(("a",), [FRAGMENT])[:2], effect]
    wire.thin(messages)
    assert effect in wire.thin(messages)


def test_what_was_never_flushed_is_sent_later() -> None:
    """Streamlit drops messages that a newer run overtakes: only what was flushed is there."""
    wire, browser = Wire(), Browser()
    browser.follow(wire.thin(run(("a",), ())))
    run(("b",), [FRAGMENT])
    browser.follow(wire.thin(run(("b",), [FRAGMENT])))
    assert browser.texts() == expected(("b",))


@given(parts)
def test_a_part_is_sent_when_it_has_ended_or_takes_long(content: tuple) -> None:
    wire = Wire()
    begin, *middle, end = run(content, [FRAGMENT])
    assert wire.begins(begin, 1.0)
    assert not any(wire.begins(message, 1.0) for message in middle)
    assert wire.waits(1.0 + PATIENCE_S / 2)
    assert not wire.waits(1.0 + PATIENCE_S)
    wire.begins(end, 1.0)
    assert not wire.waits(1.0)


@given(parts)
def test_that_a_part_has_begun_is_said_at_once(content: tuple) -> None:
    wire = Wire()
    begin, *middle, end = run(content, [FRAGMENT])
    wire.begins(begin, 1.0)
    assert wire.goes(1.0)
    assert wire.thin([begin]) == [begin]
    for message in middle:
        wire.begins(message, 1.0)
        assert not wire.goes(1.0)
    wire.begins(end, 1.0)
    assert wire.goes(1.0)


def status(*, runs: bool) -> ForwardMsg:
    message = ForwardMsg()
    message.session_status_changed.script_is_running = runs
    return message


def told(messages: Sequence[ForwardMsg]) -> list[bool]:
    """What a browser is told of whether the script runs."""
    statuses = [each for each in messages if each.WhichOneof("type") == "session_status_changed"]
    return [each.session_status_changed.script_is_running for each in statuses]


def rested() -> Wire:
    """The wire to a browser that has the page and knows that the script rests."""
    wire = Wire()
    begin, *_, end = run((), ())
    assert told(wire.thin([begin, status(runs=True), end, status(runs=False)])) == [True, False]
    return wire


def test_of_a_part_that_is_done_at_once_nobody_hears_that_it_ran() -> None:
    wire = rested()
    begin, *_, end = run((), [FRAGMENT])
    wire.begins(begin, 1.0)
    assert told([*wire.late(1.0), *wire.thin([begin, status(runs=True)])]) == []
    wire.begins(end, 1.0)
    assert told(wire.thin([end, status(runs=False)])) == []
    assert wire.late(1.0) == []


def test_that_a_part_runs_is_said_once_it_takes_long_and_then_that_it_rests() -> None:
    wire = rested()
    begin, *_, end = run((), [FRAGMENT])
    wire.begins(begin, 1.0)
    wire.thin([begin, status(runs=True)])
    assert wire.late(1.0 + PATIENCE_S / 2) == []
    assert told(wire.late(1.0 + PATIENCE_S)) == [True]
    assert wire.late(1.0 + PATIENCE_S) == []
    assert told(wire.thin([end, status(runs=False)])) == [False]


def test_what_a_browser_was_told_before_is_taken_back() -> None:
    """The first of all sessions begins before anybody listens at the wire."""
    assert told(Wire().thin([status(runs=False)])) == [False]


@given(parts)
def test_that_a_part_has_ended_is_said_a_moment_after_what_it_shows(content: tuple) -> None:
    wire = Wire()
    begin, *middle, end = run(content, [FRAGMENT])
    assert wire.in_turn([begin, *middle, end], 1.0) == [begin, *middle]
    assert wire.again(1.0) == [END_S]
    assert wire.in_turn([], 1.0 + END_S / 2) == []
    assert wire.in_turn([], 1.0 + END_S) == [end]
    assert wire.again(1.0 + END_S) == []


def test_that_the_script_rests_is_said_with_the_end() -> None:
    wire = Wire()
    begin, *middle, end = run(("a",), [FRAGMENT])
    rests = status(runs=False)
    assert wire.in_turn([begin, *middle, end, rests], 1.0) == [begin, *middle]
    assert wire.in_turn([], 1.0 + END_S) == [end, rests]


def test_an_end_alone_is_not_held_back() -> None:
    *_, end = run((), [FRAGMENT])
    assert Wire().in_turn([end, status(runs=False)], 1.0) == [end, status(runs=False)]


def test_a_part_ends_before_the_next_begins() -> None:
    wire = Wire()
    begin, *middle, end = run(("a",), [FRAGMENT])
    wire.in_turn([begin, *middle, end], 1.0)
    assert wire.in_turn([begin], 1.0) == [end, begin]


def test_the_end_of_the_whole_page_is_not_held_back() -> None:
    messages = run(("a",), ())
    assert Wire().in_turn(messages, 1.0) == messages


def test_parts_that_follow_each_other_without_rest_do_not_wait_for_ever() -> None:
    wire = Wire()
    for tenth in range(12):
        wire.begins(run((), [FRAGMENT])[0], tenth * PATIENCE_S / 10)
    assert wire.waits(PATIENCE_S * 1.2)
    assert not wire.waits(PATIENCE_S * 2)


@given(parts)
def test_a_run_of_the_whole_page_waits_for_nothing(content: tuple) -> None:
    wire = Wire()
    for message in run(content, ()):
        wire.begins(message, 1.0)
        assert not wire.waits(1.0)
