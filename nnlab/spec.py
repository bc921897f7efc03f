"""A spec is a frozen value whose fields keep their rules and that can be written as JSON: the parts
of an experiment are specs, and so is the experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Self

from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, OneOf, Rule
from nnlab.registry import Choice


def ruled(rule: Rule, default: Any = MISSING) -> Any:
    """A dataclass field that keeps a rule."""
    if default is MISSING:
        return field(metadata={"rule": rule})
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True)
class Spec:
    """A frozen value whose fields keep their rules. Raises ExperimentError on making."""

    path: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            rule = self._rule(each)
            name = f"{self.path}.{each.name}".lstrip(".")
            object.__setattr__(self, each.name, rule.accept(name, getattr(self, each.name)))

    def _rule(self, each: Field[Any]) -> Rule:
        """The rule of a field; a spec may take another that follows from its other fields."""
        rule: Rule = each.metadata["rule"]
        return rule

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a dict as `to_json` writes it. Raises ExperimentError, also on unknown keys."""
        if not isinstance(data, Mapping):
            raise ExperimentError(cls.path or "experiment", data, Because(a_dict_of(cls)))
        names = tuple(each.name for each in fields(cls))
        for key in data:
            OneOf(names).accept(cls.path or "experiment", key)
        for each in fields(cls):
            if each.default is MISSING and each.name not in data:
                raise ExperimentError(f"{cls.path}.{each.name}", None, each.metadata["rule"])
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """Every field as plain JSON values."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True)
class Of:
    """The rule of a field that holds another spec."""

    spec: type[Spec]

    def accept(self, field: str, value: Any) -> Spec:
        return value if isinstance(value, self.spec) else self.spec.from_json(value)

    def allowed(self) -> str:
        return a_dict_of(self.spec)


def a_dict_of(spec: type[Spec]) -> str:
    """Say in the reader's language which fields the JSON of a spec has."""
    return _("JSON with the fields {names}").format(
        names=", ".join(each.name for each in fields(spec))
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Spec | Choice):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
