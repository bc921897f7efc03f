"""What a learner's own file says is shown as it stands: nothing in it is markup."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")


def as_text(text: str) -> str:
    """Markdown that shows exactly this text."""
    return _SIGNS.sub(r"\\\1", text)


def as_lines(text: str) -> str:
    """Markdown that shows exactly the lines of this text."""
    return "  \n".join(as_text(line.strip()) or "\\" for line in text.strip().splitlines())
