"""The live slider: it reports while it is dragged, takes exact numbers, and keeps its values in the
link. A group of sliders is one component, so that many cost no more than one.

In the link and in reports a group is one text: its numbers with "_" between them, an empty entry
for a value at its default. "0.5__1.2" sets the first and the third.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import streamlit as st

from nnlab.language import gettext as _
from nnlab.table.columns import printable
from nnlab.ui import link
from nnlab.ui.component import component

SEPARATOR = "_"
_MOVING = "nnlab.moving"
_LONGEST_NUMBER = 32

_mount = component("slider", isolated=True)


@dataclass(frozen=True)
class Scale:
    """Every value from `minimum` to `maximum`; the slider moves by `step`."""

    minimum: float
    maximum: float
    step: float
    kind: ClassVar[str] = "linear"

    def accept(self, value: float) -> float:
        """Return the nearest value on this scale."""
        return float(min(max(value, self.minimum), self.maximum))


@dataclass(frozen=True)
class LogScale(Scale):
    """As Scale, but equal ways on the slider multiply: `step` is in powers of ten."""

    step: float = 0.1
    kind: ClassVar[str] = "log"


@dataclass(frozen=True)
class WholeScale(Scale):
    """Whole numbers only."""

    step: float = 1
    kind: ClassVar[str] = "whole"

    def accept(self, value: float) -> float:
        """Return the nearest whole number on this scale."""
        return super().accept(round(value))


def live_slider(label: str, key: str, default: float, scale: Scale, part: str = "") -> float:
    """One slider; see live_sliders."""
    (value,) = live_sliders((label,), key, (default,), scale, (part,))
    return value


def live_sliders(
    labels: Sequence[str],
    key: str,
    defaults: Sequence[float],
    scale: Scale,
    parts: Sequence[str] = (),
) -> tuple[float, ...]:
    """Show a slider for each label and return their values, each within `scale`.

    `parts` are the ids of what the sliders set: pointing at a slider lights its part up in the
    views, and the other way round.
    """
    defaults = tuple(scale.accept(default) for default in defaults)
    text = link.read(key)
    values, faults = parse(text, defaults, scale)
    if faults:
        st.warning(_complaint(key, faults, scale), icon=":material/link_off:")
    _mount(
        key=f"{key}_sliders",
        data={
            "rows": [
                {"label": label, "part": part, "default": default, "value": value}
                for label, part, default, value in zip(
                    labels, parts or [""] * len(labels), defaults, values, strict=True
                )
            ],
            "scale": asdict(scale) | {"kind": scale.kind},
            "answered": _answered(key),
            "exact": _("{label}: exact value"),
            "allowed": _("Use a number from {low} to {high}.").format(**_ends(scale)),
        },
        on_report_change=lambda: _take(key, defaults, scale),
    )
    return values


def parse(
    text: str, defaults: Sequence[float], scale: Scale
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Read a group's values, and the entries that are no numbers on the scale.

    A faulty or missing entry is the default; entries beyond the last slider are left alone.
    """
    entries = text.replace(",", SEPARATOR).split(SEPARATOR, len(defaults))[: len(defaults)]
    read = {place: _number(entry, scale) for place, entry in enumerate(entries) if entry}
    faults = tuple(entries[place] for place, value in read.items() if value is None)
    values = (
        default if (value := read.get(place)) is None else value
        for place, default in enumerate(defaults)
    )
    return tuple(values), faults


def form(values: Sequence[float], defaults: Sequence[float]) -> str:
    """Write a group's values so that `parse` reads them back; empty when all are at default."""
    pairs = zip(values, defaults, strict=True)
    entries = ["" if value == default else short(value) for value, default in pairs]
    return SEPARATOR.join(entries).rstrip(SEPARATOR)


def short(value: float) -> str:
    """Write a number in full, a whole one without its point."""
    return repr(float(value)).removesuffix(".0")


def _number(entry: str, scale: Scale) -> float | None:
    try:
        value = float(entry) if len(entry) <= _LONGEST_NUMBER else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and scale.accept(value) == value else None


def _take(key: str, defaults: Sequence[float], scale: Scale) -> None:
    """Anything can come from a browser: what is kept is what `parse` makes of it."""
    report = report_of(key)
    values, _faults = parse(str(report.get("text", "")), defaults, scale)
    final = report.get("final") is True
    st.session_state[_MOVING] = not final
    keep = link.write if final else link.hold
    keep(key, form(values, defaults))


def moving() -> bool:
    """Whether the slider that reported last has not been let go of yet."""
    return bool(st.session_state.get(_MOVING))


def rest() -> None:
    """Say that something else was turned: whatever slider it was, it is let go of."""
    st.session_state[_MOVING] = False


def _answered(key: str) -> int:
    number = report_of(key).get("number")
    return number if isinstance(number, int) else 0


def report_of(key: str) -> dict[str, Any]:
    """What the group has reported last; nothing where that is no report."""
    report = st.session_state.get(f"{key}_sliders", {}).get("report")
    return report if isinstance(report, dict) else {}


def _complaint(key: str, faults: Sequence[str], scale: Scale) -> str:
    lines = (printable(fault[:_LONGEST_NUMBER]).replace("`", "") for fault in faults)
    shown = ", ".join(f"`{line or '?'}`" for line in lines)
    return _(
        "The link's part `{key}` holds {faults}, which is not a number from {low} to {high}. "
        "The starting value is used instead; move its slider to mend the link."
    ).format(key=key, faults=shown, **_ends(scale))


def _ends(scale: Scale) -> dict[str, str]:
    return {"low": short(scale.minimum), "high": short(scale.maximum)}
