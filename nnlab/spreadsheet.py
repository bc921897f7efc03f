"""A spreadsheet takes a word that starts like a formula for one: in a table it is written with a
guard before it, which is no part of it."""

from __future__ import annotations

GUARD = "'"
_STARTS = frozenset("=+-@'")


def guarded(word: str) -> str:
    """The word as a spreadsheet takes it for a word."""
    return f"{GUARD}{word}" if word[:1] in _STARTS else word


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell[:1] == GUARD and cell[1:2] in _STARTS else cell
