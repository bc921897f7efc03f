"""One weight or bias of a network, chosen by a click or from lists, and changed by a slider or in
a table. All changes are edits in one parameter of the link, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from nnlab import edits as hand
from nnlab.edits import Edits
from nnlab.figures.drawing import Diagram, layer_names, names
from nnlab.language import gettext as _
from nnlab.ui import link
from nnlab.ui.cells import changes
from nnlab.ui.choice import choose
from nnlab.ui.slider import Scale, live_sliders, parse, report_of, short

SCALE = Scale(-10.0, 10.0, 0.01)
BIAS, FIRST = "b", "0"
_HELD = "held"
"""The edits of a slider that has not been let go of yet."""
_PART = re.compile(r"[wbu](\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class Part:
    """A weight of unit `unit` of linear layer `layer` from `source`, or its bias ("b")."""

    layer: int
    unit: int
    source: str

    @property
    def id(self) -> str:
        """As in diagram, matrix and interventions: w0.1.2 or b0.1."""
        if self.source == BIAS:
            return f"b{self.layer}.{self.unit}"
        return f"w{self.layer}.{self.unit}.{self.source}"


def choose_part(page: str, sizes: Sequence[int]) -> Part:
    """Three lists: layer, unit, and which of its numbers. A click in a picture sets all three."""
    _take_pick(page)
    with st.container(horizontal=True):
        layers = dict(enumerate(layer_names(len(sizes) - 1)))
        layer = _choose(_("layer"), layers, f"{page}_layer", 155)
        inputs, units = names(sizes)[layer : layer + 2]
        unit = _choose(_("unit"), dict(enumerate(units)), f"{page}_unit", 95)
        numbers = {
            **{
                str(place): _("weight of {input}").format(input=x) for place, x in enumerate(inputs)
            },
            BIAS: _("bias"),
        }
        source = choose(_("number"), numbers, f"{page}_source", FIRST, "list", width=155)
    return Part(layer, unit, source or BIAS)


def read_edits(page: str, sizes: Sequence[int]) -> dict[str, float]:
    """The edits in the link, as far as they are edits of this network."""
    text = link.read(f"{page}_edits")
    if hand.has_faults(text):
        st.warning(
            _(
                "The link holds changes of weights that can't be read. They are left out, and the "
                "numbers start as they were drawn."
            ),
            icon=":material/link_off:",
        )
    edits = hand.from_text(text, sizes)
    return {part: SCALE.accept(value) for part, value in edits.items()}


def change_part(page: str, part: Part, drawn: float, edits: Edits) -> dict[str, float]:
    """A slider for the part, which starts at the number `drawn`; returns the edits with its value.

    The slider's own text and the edits say the same, unless the slider has just been moved.
    """
    key = f"{page}_{part.id}"
    told = st.session_state.setdefault(f"{page}_told", {})
    text = link.read(key)
    if text != told.get(key, ""):
        ((value,), _faults) = parse(text, (SCALE.accept(drawn),), SCALE)
        edits = hand.edit(edits, part.id, value) if text else hand.without(edits, part.id)
        told[_HELD] = hand.to_text(edits)
    _settle(page, key, told)
    told[key] = short(edits[part.id]) if part.id in edits else ""
    link.forget(key)
    link.hold(key, told[key])
    live_sliders((_label(part),), key, (drawn,), SCALE, (part.id,))
    return dict(edits)


def undo_buttons(page: str, edits: Edits, sizes: Sequence[int]) -> None:
    """Take back the latest edit, or all."""
    with st.container(horizontal=True):
        for name, text, icon, after in (
            ("undo", _("Undo the last edit"), ":material/undo:", hand.undo(edits)),
            ("reset", _("Undo all edits"), ":material/restart_alt:", {}),
        ):
            st.button(
                text,
                icon=icon,
                key=f"{page}_{name}",
                disabled=not edits,
                on_click=link.write,
                args=(f"{page}_edits", hand.to_text(after)),
            )


def edit_table(page: str, drawing: Diagram, layer: int, edits: Edits) -> None:
    """A layer's weights and biases as a table whose cells can be typed into."""
    drawn = drawing.layers[layer]
    inputs, units = names(drawing.sizes)[layer : layer + 2]
    columns: dict[str, list[str] | list[float]] = {_("row"): [*inputs, "B"]}
    for place, unit in enumerate(units):
        column = [*drawn.weight[place], drawn.bias[place]]
        columns[unit] = [
            edits.get(_cell(layer, row, place, len(inputs)), value)
            for row, value in enumerate(column)
        ]
    key = f"{page}_table{layer}_{len(inputs)}_{len(units)}"
    number = st.column_config.NumberColumn(
        min_value=SCALE.minimum, max_value=SCALE.maximum, format="%.4f", required=True
    )
    st.data_editor(
        columns,
        hide_index=True,
        disabled=[_("row")],
        column_config=dict.fromkeys(units, number),
        key=key,
        alt=_("The weights and biases of {layer}").format(layer=drawn.name),
        on_change=_take_table,
        args=(page, key, layer, drawing.sizes),
    )


def show_part(page: str, part: Part) -> None:
    """Choose a part as if by the lists."""
    for name, place in (("layer", part.layer), ("unit", part.unit), ("source", part.source)):
        link.write(f"{page}_{name}", "" if str(place) == FIRST else str(place))


def _take_pick(page: str) -> None:
    found = _PART.fullmatch(st.session_state.pop(f"{page}_pick", None) or "")
    if found:
        layer, unit, source = found.groups()
        show_part(page, Part(int(layer), int(unit), source or BIAS))


def _choose(label: str, options: dict[int, str], key: str, width: int) -> int:
    names = {str(place): text for place, text in options.items()}
    return int(choose(label, names, key, FIRST, "list", width=width) or 0)


def _label(part: Part) -> str:
    """The part as the PyTorch lines write it."""
    if part.source == BIAS:
        return f"B{part.layer + 1}[0, {part.unit}]"
    return f"W{part.layer + 1}[{part.source}, {part.unit}]"


def _settle(page: str, key: str, told: dict[str, str]) -> None:
    """Edits go into the link when the slider is let go of; while it is dragged, into memory."""
    if _HELD not in told:
        return
    if report_of(key).get("final") is False:
        link.hold(f"{page}_edits", told[_HELD])
    else:
        link.write(f"{page}_edits", told.pop(_HELD))


def _cell(layer: int, row: int, unit: int, inputs: int) -> str:
    return f"b{layer}.{unit}" if row == inputs else f"w{layer}.{unit}.{row}"


def _take_table(page: str, key: str, layer: int, sizes: Sequence[int]) -> None:
    """Anything can come from a browser: what is no edit of this network is left out later."""
    edits = hand.from_text(link.read(f"{page}_edits"), sizes)
    units = names(sizes)[layer + 1]
    for row, cells in changes(key, units, sizes[layer] + 1).cells.items():
        for unit, value in cells.items():
            if value is not None:
                part = _cell(layer, row, unit, sizes[layer])
                edits = hand.edit(edits, part, SCALE.accept(value))
    link.write(f"{page}_edits", hand.to_text(edits))
