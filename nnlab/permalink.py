"""A permalink is an experiment as a short text for a link: only what differs from a starting
experiment is said. A long one is compressed."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError

LONGEST = 6000
"""Characters; browsers and proxies cut off what is much longer."""
_PLAIN = 240
"""Characters up to which a text is left readable."""
_PACKED = "~"
_MOST_BYTES = 2_000_000


def to_text(experiment: Experiment, start: Experiment) -> str:
    """The experiment as text; empty when it is the starting one."""
    difference = _difference(start.to_json(), experiment.to_json())
    if not difference:
        return ""
    text = json.dumps(difference, separators=(",", ":"))
    return text if len(text) <= _PLAIN else _packed(text)


def from_text(text: str, start: Experiment) -> Experiment:
    """Read what `to_text` wrote. Raises ExperimentError for anything else."""
    if not text:
        return start
    try:
        plain = _unpacked(text) if text.startswith(_PACKED) else text
        difference = json.loads(plain)
    except (ValueError, RecursionError, zlib.error, binascii.Error):
        raise _unreadable(text) from None
    if not isinstance(difference, dict):
        raise _unreadable(text)
    return Experiment.from_json(_applied(start.to_json(), difference))


def fits(text: str) -> bool:
    """Whether a link can carry the text."""
    return len(text) <= LONGEST


def _unreadable(text: str) -> ExperimentError:
    sentence = _("a whole link as this page makes it: a part of it is missing or was changed")
    return ExperimentError(_("the link"), text, Because(sentence))


def _packed(text: str) -> str:
    return _PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> str:
    packed = base64.urlsafe_b64decode(text[len(_PACKED) :] + "=" * (-(len(text) - 1) % 4))
    stream = zlib.decompressobj()
    plain = stream.decompress(packed, _MOST_BYTES)
    if not stream.eof:
        raise ValueError
    return plain.decode()


def _difference(start: Any, end: Any) -> Any:
    """What to lay over `start`, key by key, to get `end`."""
    return {
        key: _difference(start[key], value) if _both_nested(start.get(key), value) else value
        for key, value in end.items()
        if start.get(key) != value
    }


def _both_nested(one: Any, other: Any) -> bool:
    """Choices are taken whole: their options belong to their name."""
    nested = isinstance(one, dict) and isinstance(other, dict)
    return nested and "name" not in one


def _applied(start: dict[str, Any], difference: dict[str, Any]) -> dict[str, Any]:
    result = dict(start)
    for key, value in difference.items():
        old = start.get(key)
        result[key] = _applied(old, value) if old and _both_nested(old, value) else value
    return result
