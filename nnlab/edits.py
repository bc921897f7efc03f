"""Edits are weights and biases that the learner has set by hand, in the order in which they were
set. As text they are short enough for a link: "w0.1.2:0.5,b0.1:-1"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnlab import parts
from nnlab.experiment import Intervention
from nnlab.limits import ExperimentError

Edits = Mapping[str, float]
MOST_EDITS = 500


def edit(edits: Edits, part: str, value: float) -> dict[str, float]:
    """The edits after one more; setting a part again makes it the latest."""
    return {**without(edits, part), part: value}


def without(edits: Edits, part: str) -> dict[str, float]:
    """The edits except that of `part`, which is again as it was drawn."""
    return {key: value for key, value in edits.items() if key != part}


def undo(edits: Edits) -> dict[str, float]:
    """The edits without the latest."""
    return dict(list(edits.items())[:-1])


def to_text(edits: Edits) -> str:
    """Write edits for a link."""
    return ",".join(f"{part}:{value:.12g}" for part, value in edits.items())


def from_text(text: str, sizes: Sequence[int]) -> dict[str, float]:
    """Read edits of a network of these sizes, inputs first; what is no edit of it is left out."""
    edits: dict[str, float] = {}
    for part, value in filter(None, map(_read, _items(text))):
        if parts.exists(part, sizes):
            edits = edit(edits, part, value)
    return edits


def has_faults(text: str) -> bool:
    """Whether something in the text is no edit of any network."""
    return any(_read(item) is None for item in _items(text))


def interventions(edits: Edits) -> tuple[Intervention, ...]:
    """The edits as interventions before the first step."""
    return tuple(Intervention(step=0, field=part, value=value) for part, value in edits.items())


def _items(text: str) -> list[str]:
    return text.split(",")[:MOST_EDITS] if text else []


def _read(item: str) -> tuple[str, float] | None:
    part, _colon, number = item.partition(":")
    try:
        value = float(number)
        found = Intervention(step=0, field=part, value=value)
    except (ValueError, ExperimentError):
        return None
    return (found.field, value) if parts.is_part(found.field) else None
