"""A registry is a list of things that a learner can choose from by PyTorch's own name: each entry
knows how to make the thing, which options it has, and its formula. A choice is a name with
options, small enough for a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from nnlab.limits import OneOf, Rule

T = TypeVar("T")
EntryT = TypeVar("EntryT", bound="Entry[Any]")


@dataclass(frozen=True)
class Option:
    """A setting of an entry: what it is when nothing is said, and what it may be."""

    default: Any
    rule: Rule


@dataclass(frozen=True)
class Entry(Generic[T]):
    """One thing to choose: `make(*inputs, **settings)` makes it; `formula` is LaTeX."""

    make: Callable[..., T]
    formula: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A registry's entry by name, with the options that differ from their defaults.

    >>> str(Choice("LeakyReLU", (("negative_slope", 0.2),)))
    'LeakyReLU(negative_slope=0.2)'
    """

    name: str
    options: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.options)
        return f"{self.name}({inside})" if inside else self.name

    def to_json(self) -> Any:
        return {"name": self.name, **dict(self.options)} if self.options else self.name


class Registry(Mapping[str, EntryT]):
    """Entries by name. As a rule it accepts a Choice, a name, or a dict of name and options."""

    def __init__(self, entries: Mapping[str, EntryT]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> EntryT:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def settings(self, choice: Choice) -> dict[str, Any]:
        """Every option of the chosen entry, given or default."""
        options = self[choice.name].options
        return {name: option.default for name, option in options.items()} | dict(choice.options)

    def make(self, choice: Choice, *inputs: Any) -> Any:
        """Make the chosen thing: `entry.make(*inputs, **settings)`."""
        return self[choice.name].make(*inputs, **self.settings(choice))

    def accept(self, field: str, value: Any) -> Choice:
        """Return the canonical Choice. Raises ExperimentError for unknown names and options."""
        name, options = _parts(value)
        OneOf(tuple(self)).accept(field, name)
        known = self[name].options
        given = {}
        for key, setting in options.items():
            OneOf(tuple(known)).accept(f"{field}.{name}", key)
            given[key] = known[key].rule.accept(f"{field}.{name}.{key}", setting)
        changed = {key: given[key] for key in sorted(given) if given[key] != known[key].default}
        return Choice(name, tuple(changed.items()))

    def allowed(self) -> str:
        return OneOf(tuple(self)).allowed()


def _parts(value: Any) -> tuple[Any, dict[str, Any]]:
    if isinstance(value, Choice):
        return value.name, dict(value.options)
    if isinstance(value, Mapping):
        return value.get("name"), {str(key): value[key] for key in value if key != "name"}
    return value, {}
