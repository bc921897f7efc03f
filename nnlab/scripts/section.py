"""A section is one part of a program: what it is called, what a reader is told about it, and its
lines. Put together the sections are a script, one by one they are the cells of a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """`title` stands above the lines as a comment; `text` explains them, as Markdown."""

    title: str
    text: str
    lines: tuple[str, ...]

    @property
    def source(self) -> str:
        return "\n".join(self.lines)


def script_of(sections: Iterable[Section]) -> str:
    """The sections as one program."""
    return "\n".join(f"{_heading(each.title)}{each.source}\n" for each in sections)


def _heading(title: str) -> str:
    return f"# {title}\n" if title else ""


def indented(lines: Iterable[str], depth: int = 1) -> tuple[str, ...]:
    """The lines, so many levels further in."""
    return tuple(f"{'    ' * depth}{line}" for line in lines)


def block(head: str, lines: Iterable[str]) -> tuple[str, ...]:
    """A line that ends with a colon and the lines that belong to it; nothing without any."""
    inner = indented(lines)
    return (head, *inner) if inner else ()
