"""How large things may be at most, wherever nnlab runs; a house may allow less (nnlab.toml)."""

from __future__ import annotations

MOST_PARAMETERS = 1_000_000
MOST_STEPS = 10_000_000
MOST_ROW_NUMBER = 200_000
MOST_CELLS = 10_000
"""Networks of a sweep."""
MOST_BYTES = 5_000_000
"""Of a file: a million parameters take four bytes each."""
