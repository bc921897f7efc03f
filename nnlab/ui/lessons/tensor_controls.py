"""The controls of the lesson on tensors. Each shows its widgets and returns what they say as one
frozen value of the core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from nnlab import devices
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.tensors import conversion, index, makers, memory, operations
from nnlab.tensors.cells import Cell, Shape, part
from nnlab.tensors.conversion import Conversion
from nnlab.tensors.makers import MAKERS, Recipe
from nnlab.tensors.memory import HOLDERS, Writing
from nnlab.tensors.operations import OPERATIONS, Combination, Combined
from nnlab.ui import link
from nnlab.ui.choice import choose
from nnlab.ui.slider import Scale, WholeScale, live_slider, live_sliders

#: Where a click on a cell of the result is found.
PICKED = "tensor_cell_picked"

_SIZES: Mapping[int, Shape] = {0: (), 1: (5,), 2: (2, 3), 3: (2, 3, 4)}
_DIMENSIONS = {
    "0": N_("0: one number"),
    "1": N_("1: a row"),
    "2": N_("2: rows and columns"),
    "3": N_("3: a stack of sheets"),
}
_FILLS = {"counted": N_("counted, easy to follow"), "randn": N_("randn, as in a network")}
_OPERATIONS = {
    "mm": N_("torch.mm: rows times columns"),
    "add": N_("a + b: cell by cell"),
    "sub": N_("a - b: cell by cell"),
    "mul": N_("a * b: cell by cell"),
    "div": N_("a / b: cell by cell"),
    "exp": N_("torch.exp: cell by cell"),
    "broadcasting": N_("broadcasting: b is used again and again"),
    "view": N_("view: the same numbers in a new shape"),
    "transpose": N_("transpose: two dimensions trade places"),
    "reshape": N_("reshape of a transposed: the numbers in a new order"),
    "sum": N_("sum: a dimension is added up"),
}
_REFUSED = {
    "mm": N_("torch.mm"),
    "broadcasting": N_("a + b"),
    "view": N_("view"),
    "transposed_view": N_("view after t()"),
    "transpose": N_("transpose"),
    "sum": N_("sum"),
}
_ANY_NUMBER = Scale(-10.0, 10.0, 0.1)
_LAST_SEED = 2**31 - 1


def choose_recipe() -> Recipe:
    """How the tensor is made."""
    maker = _pick(_("Made by"), _as_code(MAKERS), "tensor_maker", "randn")
    entry = MAKERS[maker]
    st.caption(_(entry.explanation))
    chosen = {reading: _READERS[reading]() for reading in sorted(entry.reads, reverse=True)}
    return Recipe(maker, **chosen)


def choose_index() -> tuple[Recipe, str]:
    """The tensor to pick from, and the index as it is written."""
    titles = {key: _(title) for key, title in list(_DIMENSIONS.items())[1:]}
    count = int(_pick(_("How many dimensions"), titles, "tensor_index_ndim", "2"))
    fills = {"arange": _("counted from 0"), "randn": _("by chance")}
    maker = _pick(_("Numbers"), fills, "tensor_index_numbers", "arange")
    written = st.selectbox(
        _("Pick one, or type your own"),
        index.EXAMPLES[count],
        accept_new_options=True,
        key=f"tensor_index{count}",
        bind="query-params",
    )
    return Recipe(maker, _SIZES[count], seed=7), written


def choose_combination() -> Combination:
    """An operation, with shapes that fit."""
    titles = {key: _(title) for key, title in _OPERATIONS.items()}
    operation = _pick(_("Operation"), titles, "tensor_operation", "mm", look="list")
    entry = OPERATIONS[operation]
    fits = {" ".join(map(str, fit)): fit for fit in entry.fits}
    label = _("Shape of a, then {second}").format(second=_(entry.second))
    key = f"tensor_shapes_{operation}"
    shapes = _pick(label, {text: text for text in fits}, key, next(iter(fits)), look="list")
    fills = {key: _(title) for key, title in _FILLS.items()}
    return Combination(
        operation, *fits[shapes], _pick(_("Numbers"), fills, "tensor_fill", "counted"), seed=7
    )


def choose_cell(found: Combined) -> Cell:
    """By clicking a cell of the result, by the slider, or by the button."""
    places = {part("c", cell): place for place, cell in enumerate(found.cells, start=1)}
    count = len(places)
    key = f"tensor_cell{count}"
    picked = st.session_state.pop(PICKED, None)
    if picked in places:
        link.write(key, str(places[picked]))
    if count == 1:
        return found.cells[0]
    place = int(live_slider(_("cell of c"), key, 1, WholeScale(1, count)))
    st.button(
        _("Next cell"),
        icon=":material/skip_next:",
        key="tensor_next",
        on_click=link.write,
        args=(key, str(place % count + 1)),
    )
    return found.cells[place - 1]


def choose_writing() -> Writing:
    """A number and the name through which it is written."""
    holders = {key: f"`{key}`: " + _(holder.explanation) for key, holder in HOLDERS.items()}
    holder = _pick(_("Write through"), holders, "tensor_holder", "array", look="radio")
    places = {str(place): str(place) for place in range(len(memory.START))}
    place = int(_pick(_("at place"), places, "tensor_place", "1"))
    value = live_slider(_("number"), "tensor_value", memory.START[place], _ANY_NUMBER)
    return Writing(holder, place, value)


def choose_shapes() -> Combination:
    """An operation with any shapes, also those that do not fit."""
    titles = {key: _(title) for key, title in _REFUSED.items()}
    operation = _pick(_("Operation"), titles, "tensor_refused", "mm")
    firsts, seconds = operations.choices(operation)
    first = _pick_shape(_("shape of a"), firsts, f"tensor_first_{operation}")
    label = _(OPERATIONS[operation].second)
    second = _pick_shape(label, seconds, f"tensor_second_{operation}")
    return Combination(operation, first, second)


def choose_conversion() -> Conversion:
    """Where a tensor goes, and as what dtype."""
    dtype = _pick(_("dtype"), _as_code(conversion.DTYPES), "tensor_dtype", "float32")
    st.caption(_(conversion.DTYPES[dtype]))
    present = (*devices.available(), conversion.WITHOUT_NUMBERS)
    device = _pick(_("device"), _as_code(present), "tensor_device", "cpu")
    value = live_slider(_("number"), "tensor_number", Conversion().value, _ANY_NUMBER)
    return Conversion(value, dtype, device)


def _choose_shape() -> Shape:
    titles = {key: _(title) for key, title in _DIMENSIONS.items()}
    count = int(_pick(_("How many dimensions"), titles, "tensor_ndim", "2"))
    labels = [_("dimension {number}").format(number=axis) for axis in range(count)]
    if not labels:
        return ()
    scale = WholeScale(1, makers.LARGEST_SIZE)
    sizes = live_sliders(labels, f"tensor_shape{count}", _SIZES[count], scale)
    return tuple(map(int, sizes))


def _choose_seed() -> int:
    return st.number_input(
        _("seed number"), 0, _LAST_SEED, 7, key="tensor_seed", bind="query-params", width=160
    )


def _type_numbers() -> str:
    return st.text_input(
        _("A list of numbers, or of lists"),
        Recipe().numbers,
        max_chars=200,
        key="tensor_list",
        bind="query-params",
    )


_READERS: Mapping[str, Callable[[], Any]] = {
    "shape": _choose_shape,
    "seed": _choose_seed,
    "numbers": _type_numbers,
}


def _pick(
    label: str, options: Mapping[str, str], key: str, default: str, look: str = "pills"
) -> str:
    return choose(label, options, key, default, look) or default


def _pick_shape(label: str, shapes: Sequence[Shape], key: str) -> Shape:
    by_text = {str(shape): shape for shape in shapes}
    return by_text[_pick(label, {text: text for text in by_text}, key, str(shapes[0]))]


def _as_code(names: Iterable[str]) -> dict[str, str]:
    return {name: f"`{name}`" for name in names}
