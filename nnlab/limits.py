"""What a value may be. Every field of an experiment has one of these rules, and a value that
breaks its rule raises the one error type, whose message says which field, what was given and
what is allowed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nnlab.language import gettext as _

_LONGEST_SHOWN = 40


class Rule(Protocol):
    """What a field accepts: a Python value or its JSON form."""

    def accept(self, field: str, value: Any) -> Any:
        """Return the value in its one canonical form, or raise ExperimentError."""

    def allowed(self) -> str:
        """Say in the reader's language what is allowed."""


class ExperimentError(ValueError):
    """A value that an experiment can't hold. `str()` is one sentence in the reader's language.

    >>> from nnlab import Training
    >>> Training(shuffle=1)
    Traceback (most recent call last):
    nnlab.limits.ExperimentError: training.shuffle is 1, but it must be true or false.
    """

    def __init__(self, field: str, value: object, rule: Rule) -> None:
        super().__init__(field, value, rule)
        self.field, self.value, self.rule = field, value, rule

    def __str__(self) -> str:
        return _("{field} is {value}, but it must be {allowed}.").format(
            field=self.field, value=_shown(self.value), allowed=self.rule.allowed()
        )


@dataclass(frozen=True)
class Number:
    """A finite number from `low` to `high`."""

    low: float
    high: float

    def accept(self, field: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ExperimentError(field, value, self)
        if not self.low <= value <= self.high:
            raise ExperimentError(field, value, self)
        return float(value)

    def allowed(self) -> str:
        return _("a number from {low} to {high}").format(low=f"{self.low:g}", high=f"{self.high:g}")


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def accept(self, field: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ExperimentError(field, value, self)
        if not self.low <= value <= self.high:
            raise ExperimentError(field, value, self)
        return value

    def allowed(self) -> str:
        return _("a whole number from {low} to {high}").format(low=self.low, high=self.high)


@dataclass(frozen=True)
class Flag:
    """True or False."""

    def accept(self, field: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ExperimentError(field, value, self)
        return value

    def allowed(self) -> str:
        return _("true or false")


@dataclass(frozen=True)
class Maybe:
    """None, or what the inner rule accepts."""

    rule: Rule

    def accept(self, field: str, value: Any) -> Any:
        return None if value is None else self.rule.accept(field, value)

    def allowed(self) -> str:
        return _("{allowed}, or left out").format(allowed=self.rule.allowed())


@dataclass(frozen=True)
class Many:
    """A list of `least` to `most` values that each keep the inner rule."""

    rule: Rule
    least: int
    most: int

    def accept(self, field: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise ExperimentError(field, value, self)
        if not self.least <= len(value) <= self.most:
            raise ExperimentError(
                _("the length of {field}").format(field=field), len(value), self._length()
            )
        return tuple(self.rule.accept(f"{field}[{i}]", item) for i, item in enumerate(value))

    def _length(self) -> Whole:
        return Whole(self.least, self.most)

    def allowed(self) -> str:
        return _("a list of {least} to {most} values, each {allowed}").format(
            least=self.least, most=self.most, allowed=self.rule.allowed()
        )


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ExperimentError(field, value, self)
        return value

    def allowed(self) -> str:
        return _("one of {words}").format(words=", ".join(self.words))


@dataclass(frozen=True)
class Text:
    """A text of one line of `least` to `most` characters."""

    most: int
    least: int = 1

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise ExperimentError(field, value, self)
        if not self.least <= len(value) <= self.most:
            raise ExperimentError(field, value, self)
        return value

    def allowed(self) -> str:
        return _("a line of {least} to {most} characters").format(least=self.least, most=self.most)


@dataclass(frozen=True)
class Prose:
    """Whatever somebody writes, of `least` to `most` characters: any script, sign or line break."""

    most: int
    least: int = 0

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or not self.least <= len(value) <= self.most:
            raise ExperimentError(field, value, self)
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a character that takes two can be in no file
            raise ExperimentError(field, value, self) from None
        return value

    def allowed(self) -> str:
        return _("a text of {least} to {most} characters").format(least=self.least, most=self.most)


@dataclass(frozen=True)
class Pattern:
    """A word of a given form, explained by examples."""

    form: str
    examples: tuple[str, ...]

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.form, value, re.ASCII):
            raise ExperimentError(field, value, self)
        return value

    def allowed(self) -> str:
        return _("a name such as {examples}").format(examples=", ".join(self.examples))


@dataclass(frozen=True)
class Either:
    """What any of a few rules accepts."""

    rules: tuple[Rule, ...]

    def accept(self, field: str, value: Any) -> Any:
        for rule in self.rules:
            with contextlib.suppress(ExperimentError):
                return rule.accept(field, value)
        raise ExperimentError(field, value, self)

    def allowed(self) -> str:
        *most, last = (rule.allowed() for rule in self.rules)
        return _("{allowed}, or {last}").format(allowed=", ".join(most), last=last)


@dataclass(frozen=True)
class Because:
    """A rule over several fields, stated as a sentence: nothing is accepted, it only explains."""

    sentence: str

    def accept(self, field: str, value: Any) -> Any:
        raise ExperimentError(field, value, self)

    def allowed(self) -> str:
        return self.sentence


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        text = type(value).__name__
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
