"""An assignment is what a teacher asks of a class with one link: a question about a view, which
controls are hidden or locked there, and whether the answer comes before the run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from nnlab.codec import decode, encode
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, Flag, Many, Pattern, Prose, Whole
from nnlab.spec import Spec, ruled

VERSION = 1
MOST_OPTIONS = 8
MOST_GROUPS = 40
_NAME = r"[a-z][a-z0-9_]{0,30}"
_GROUPS = Many(Pattern(_NAME, ("data", "rate")), 0, MOST_GROUPS)


@dataclass(frozen=True)
class Assignment(Spec):
    """A question about a lesson. Without options the answer is free; `hidden` and `locked` name
    groups of controls, which guides a class but keeps nobody out who edits the link.

    Raises ExperimentError for a value that isn't allowed, for a single option, and for two that are
    the same.
    """

    path: ClassVar[str] = "assignment"
    lesson: str = ruled(Pattern(_NAME, ("playground", "neuron")))
    question: str = ruled(Prose(500, least=1))
    options: tuple[str, ...] = ruled(Many(Prose(120, least=1), 0, MOST_OPTIONS), ())
    hidden: tuple[str, ...] = ruled(_GROUPS, ())
    locked: tuple[str, ...] = ruled(_GROUPS, ())
    answer_first: bool = ruled(Flag(), False)

    def __post_init__(self) -> None:
        super().__post_init__()
        for misfit in _misfits(self):
            raise misfit

    def to_text(self) -> str:
        """This assignment for a link."""
        given = {
            each.name: value
            for each, value in zip(fields(self), self.to_json().values(), strict=True)
            if getattr(self, each.name) != each.default
        }
        return encode(_compact({"version": VERSION, **given}))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote. Raises ExperimentError, also where a part is missing."""
        decoded = decode(text)
        return cls.from_json(_versioned(decoded.text if decoded.whole else "", text))


def _compact(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _versioned(plain: str, text: str) -> dict[str, Any]:
    try:
        data = json.loads(plain)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        sentence = _("a whole link as its teacher made it: a part of it is missing or was changed")
        raise ExperimentError(_("the assignment"), text, Because(sentence))
    Whole(1, VERSION).accept(_("the version of the link"), data.pop("version", VERSION))
    return data


def _misfits(assignment: Assignment) -> Iterator[ExperimentError]:
    options = assignment.options
    if len(options) == 1:
        sentence = _("two or more to choose from, or none for a free answer")
        yield ExperimentError("assignment.options", options[0], Because(sentence))
    if len(set(options)) < len(options):
        sentence = _("a list in which no answer stands twice")
        yield ExperimentError("assignment.options", options, Because(sentence))
