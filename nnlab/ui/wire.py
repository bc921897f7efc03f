"""What goes over the wire to a browser: when a part of a page is redrawn alone, only what changed,
and all of it at once.

Streamlit sends every element of a fragment whenever the fragment runs, and a browser takes two or
three milliseconds for each of them, also for one that looks as before. Those are left out here.
It also sends each as soon as it is made: then a browser lays its page out several times, and the
thread that makes the elements waits for the one that sends them. Here they wait for the last one.
Only that a part has begun is said at once: a browser has its work with it while the part goes on.
That the script runs, and that it rests again, is left out where a part is done at once: for either
a browser draws every element of the page anew.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from streamlit.components.v2.bidi_component import serialization
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession

Path = tuple[int, ...]
_WIRE = "nnlab_wire"
PATIENCE_S = 0.1
"""A part that takes longer than this is shown as far as it has come."""
END_S = 0.03
"""That a part has ended is said so much later: for it a browser draws every element anew, and what
the part shows would wait for that."""


class Sent(NamedTuple):
    """What stands at a place of the page: the hash of its content, its fragment, its page."""

    content: str
    fragment: str
    page: str


class Wire:
    """The wire to one browser. It knows what stands at each place of the page there."""

    def __init__(self) -> None:
        self._there: dict[Path, Sent] = {}
        self._fragments: frozenset[str] = frozenset()
        self._seen: set[Path] = set()
        self._renewed: set[Path] = set()
        self._until = -math.inf
        self._goes_once = False
        self._knows_of_run = True
        self._untold: ForwardMsg | None = None
        self._held: list[ForwardMsg] = []
        self._held_until = -math.inf

    def begins(self, message: ForwardMsg, now: float) -> bool:
        """Take note of a message that was made at this time, in seconds; whether a part begins to
        run with it."""
        kind = message.WhichOneof("type")
        alone = kind == "new_session" and bool(message.metadata.run.fragment_ids)
        if alone and not self.waits(now):
            self._until = now + PATIENCE_S
            self._goes_once = True
        elif kind == "script_finished" or (kind == "new_session" and not alone):
            self._until = -math.inf
        return alone

    def waits(self, now: float) -> bool:
        """Whether there is more to come that will be sent together."""
        return now < self._until

    def goes(self, now: float) -> bool:
        """Whether what there is goes to the browser now."""
        goes_once, self._goes_once = self._goes_once, False
        return goes_once or not self.waits(now)

    def thin(self, messages: Iterable[ForwardMsg]) -> list[ForwardMsg]:
        """The messages that this browser needs, in their order."""
        return [needed for message in messages for needed in self._needed(message)]

    def late(self, now: float) -> list[ForwardMsg]:
        """That a part runs, as soon as there is no more waiting for it."""
        if self._untold is None or self.waits(now):
            return []
        told, self._untold, self._knows_of_run = self._untold, None, True
        return [told]

    def in_turn(self, messages: list[ForwardMsg], now: float) -> list[ForwardMsg]:
        """What goes now: before these messages the end that was held back, but not yet the end of
        the part that they show."""
        going = messages
        if messages or now >= self._held_until:
            going, self._held = [*self._held, *messages], []
        if shown := _until_end(going):
            going, self._held, self._held_until = going[:shown], going[shown:], now + END_S
        return going

    def again(self, now: float) -> list[float]:
        """In how many seconds there may be more to send, though no more is made."""
        return [PATIENCE_S] * self.waits(now) + [END_S] * bool(self._held)

    def _needed(self, message: ForwardMsg) -> Iterator[ForwardMsg]:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(frozenset(message.metadata.run.fragment_ids))
        elif kind == "script_finished":
            yield from self._vanished(message)
        elif kind == "session_status_changed":
            yield from self._status(message)
            return
        if kind not in {"delta", "ref_hash"} or self._is_news(message):
            yield message

    def _status(self, message: ForwardMsg) -> Iterator[ForwardMsg]:
        """That the script runs, unless it is a part of the page; that it rests, if it is known to
        run."""
        runs, knew = message.session_status_changed.script_is_running, self._knows_of_run
        waits = runs and not knew and bool(self._fragments)
        self._untold = message if waits else None
        self._knows_of_run = runs and not waits
        if knew or self._knows_of_run:
            yield message

    def _begin(self, fragments: frozenset[str]) -> None:
        """A run of the whole page makes the browser forget all that it does not send again."""
        self._fragments = fragments
        self._seen, self._renewed = set(), set()
        if not fragments:
            self._there = {}

    def _is_news(self, message: ForwardMsg) -> bool:
        """What stands in a block that is sent anew has to be sent anew as well."""
        path, sent = tuple(message.metadata.delta_path), _sent(message)
        self._seen.update(path[: end + 1] for end in range(len(path)))
        kept = self._fragments and not any(path[:end] in self._renewed for end in range(len(path)))
        if kept and self._there.get(path) == sent and not _acts(message):
            return False
        if message.delta.WhichOneof("type") != "add_block":
            self._forget(path)
        self._there[path] = sent
        self._renewed.add(path)
        _disown(message)
        return True

    def _vanished(self, finished: ForwardMsg) -> Iterator[ForwardMsg]:
        """Nothing, in place of what the fragments have shown before and did not show this time."""
        if finished.script_finished != ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            return
        for path, sent in sorted(self._there.items()):
            if sent.fragment in self._fragments and path not in self._seen and path in self._there:
                self._forget(path)
                yield _nothing(path, sent)

    def _forget(self, path: Path) -> None:
        """What stood at this place, and in it."""
        inside = [place for place in self._there if place[: len(path)] == path]
        for place in inside:
            del self._there[place]


def _sent(message: ForwardMsg) -> Sent:
    content = message.hash or message.ref_hash
    return Sent(content, message.delta.fragment_id, message.metadata.active_script_hash)


def _until_end(messages: Sequence[ForwardMsg]) -> int:
    """How many messages there are before the end of a part, where they close with it and with what
    is told of the script's rest."""
    last = len(messages)
    while last and messages[last - 1].WhichOneof("type") == "session_status_changed":
        last -= 1
    return last - 1 if last and _ends_part(messages[last - 1]) else len(messages)


def _ends_part(message: ForwardMsg) -> bool:
    ends = message.WhichOneof("type") == "script_finished"
    return ends and message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def _acts(message: ForwardMsg) -> bool:
    """Whether it does something when it arrives, and is no mere sight."""
    delta = message.delta
    return delta.HasField("new_transient") or delta.new_element.has_one_shot_effect


def _disown(message: ForwardMsg) -> None:
    """A block that belongs to a fragment loses all in it that the fragment does not send again."""
    if message.delta.HasField("add_block"):
        message.delta.fragment_id = ""


def _nothing(path: Path, sent: Sent) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path[:] = path
    message.metadata.active_script_hash = sent.page
    message.delta.fragment_id = sent.fragment
    message.delta.new_element.empty.SetInParent()
    return message


@cache
def thin_all() -> None:
    """From now on, once per process, every session's messages go through a wire of its own."""
    enqueue, flush = AppSession._enqueue_forward_msg, AppSession.flush_browser_queue

    def kept(session: AppSession, message: ForwardMsg) -> None:
        now = time.monotonic()
        if _wire(session).begins(message, now) or not _wire(session).waits(now):
            enqueue(session, message)
        else:
            session._browser_queue.enqueue(message)

    def thinned(session: AppSession) -> list[ForwardMsg]:
        now, wire = time.monotonic(), _wire(session)
        messages = wire.thin(flush(session)) if wire.goes(now) else []
        messages = wire.in_turn([*wire.late(now), *messages], now)
        later = session._message_enqueued_callback
        for seconds in wire.again(now):
            asyncio.get_running_loop().call_later(seconds, later or list)
        return messages

    AppSession._enqueue_forward_msg = kept  # type: ignore[assignment, method-assign]
    AppSession.flush_browser_queue = thinned  # type: ignore[assignment, method-assign]


@cache
def send_no_tables() -> None:
    """From now on Streamlit looks for no tables in what our components get: there are none, and to
    look for them it imports pandas, for which the first page would wait."""
    vars(serialization)["is_dataframe_like"] = lambda _: False


def _wire(session: AppSession) -> Wire:
    wire: Wire = vars(session).setdefault(_WIRE, Wire())
    return wire
