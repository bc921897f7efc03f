"""What is changed again and again on the way, as a slider does it that is dragged, is written as a
table of steps and values instead of as many conditions."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnlab.experiment import Experiment

FEWEST = 3
"""Changes that are worth a table."""
WIDTH = 88
_VALUE = re.compile(r" = (-?[\d.]+(?:e[+-]?\d+)?)$", re.ASCII)


@dataclass(frozen=True)
class Table:
    """Values by step under a name, and the lines that set one, with {} in its place."""

    name: str
    pattern: tuple[str, ...]
    values: Mapping[int, str]

    def made(self) -> Iterator[str]:
        """The lines that make the table."""
        yield f"{self.name} = {{"
        pairs = " ".join(f"{step}:\0{value}," for step, value in self.values.items())
        wrapped = textwrap.wrap(pairs, WIDTH, break_long_words=False, break_on_hyphens=False)
        yield from (f"    {line}".replace("\0", " ") for line in wrapped)
        yield "}"

    def lines(self, counter: str) -> Iterator[str]:
        """The lines that set what stands in the table for this step."""
        for line in self.pattern:
            yield line.replace("{}", f"{self.name}[{counter}]")


def tables(changes: Mapping[int, tuple[str, ...]], experiment: Experiment) -> tuple[Table, ...]:
    """The tables for the changes, given as lines by step, that differ in one number only."""
    groups: dict[tuple[str, tuple[str, ...]], dict[int, str]] = {}
    for step, lines in changes.items():
        fields = {each.field for each in experiment.changes_at[step]}
        found = [match for line in lines if (match := _VALUE.search(line))]
        if len(fields) == len(found) == 1:
            name = "new_" + fields.pop().replace(".", "_")
            pattern = tuple(_VALUE.sub(" = {}", line) for line in lines)
            groups.setdefault((name, pattern), {})[step] = found[0][1]
    return tuple(
        Table(name, pattern, values)
        for (name, pattern), values in groups.items()
        if len(values) >= FEWEST
    )
