"""The six parts of the lesson on tensors. Each has controls, a task, one line that computes, a
picture, numbers and PyTorch lines; only the part that is open is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from nnlab.figures import tensor as pictures
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import ExperimentError
from nnlab.tensors import conversion, index, makers, memory, operations
from nnlab.tensors.cells import Cell, Shape, cells, name
from nnlab.tensors.conversion import Conversion, Converted, convert
from nnlab.tensors.operations import OPERATIONS, attempt, combine
from nnlab.ui import lesson
from nnlab.ui.choice import choose
from nnlab.ui.lessons.tensor_controls import (
    PICKED,
    choose_cell,
    choose_combination,
    choose_conversion,
    choose_index,
    choose_recipe,
    choose_shapes,
    choose_writing,
)
from nnlab.ui.view import view


@dataclass(frozen=True)
class Part:
    """One part of the lesson: its name in the menu and what it shows."""

    title: str
    show: Callable[[], None]


def choose_part() -> str:
    """The name of the part that is open, a key of PARTS."""
    titles = {key: _(part.title) for key, part in PARTS.items()}
    chosen = choose(
        _("Parts of this lesson"),
        titles,
        "tensor_part",
        default="make",
        look="segments",
        required=True,
    )
    return chosen or "make"


def _make() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        recipe = choose_recipe()
    try:
        t = makers.make(recipe)
    except ExperimentError as error:
        st.warning(str(error), icon=":material/edit:")
        return
    except ValueError as error:
        _refused(f"ValueError: {error}", _("All lists on one level must be equally long."))
        return
    with controls:
        lesson.task(
            _("Make a tensor with 3 dimensions that holds 12 numbers."),
            _("Its sizes multiply to 12."),
            done=t.ndim == 3 and t.numel() == 12,
        )
    with sight:
        view(
            pictures.whole(t),
            key="tensor_whole",
            alt=_("A tensor of shape {shape}, each number in a cell.").format(shape=tuple(t.shape)),
        )
        _facts(makers.facts(t))
    _lines(makers.code(recipe), makers.printed(recipe))


def _facts(facts: Mapping[str, str]) -> None:
    rows = "\n".join(f"| `t.{question}` | `{answer}` |" for question, answer in facts.items())
    ask, answer = _("ask"), _("answer")
    st.markdown(f"| {ask} | {answer} |\n|---|---|\n{rows}")


def _index() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        recipe, written = choose_index()
    t = makers.make(recipe)
    try:
        found = index.pick(t, written)
    except ExperimentError as error:
        st.warning(str(error), icon=":material/edit:")
        return
    except (IndexError, ValueError) as error:
        reason = _("t has the shape {shape}: there is nothing at that place.")
        _refused(f"{type(error).__name__}: {error}", reason.format(shape=tuple(t.shape)))
        return
    with controls:
        _last_two(found.cells, tuple(t.shape))
    with sight:
        view(
            pictures.picked(t, found),
            key="tensor_picked",
            alt=_("The cells that {index} picks, marked.").format(index=written),
        )
        st.caption(_MEMORY_OF[found.shares_memory]())
    _lines(index.code(makers.code(recipe), written), makers.printed(recipe) + index.printed(found))


def _last_two(found: tuple[Cell, ...], shape: Shape) -> None:
    wanted = {cell for cell in cells(shape) if cell[-1] >= shape[-1] - 2}
    lesson.task(
        _("Type an index that picks the last two numbers of every row, and nothing else."),
        _("A slice may count from the end."),
        done=set(found) == wanted,
    )


_MEMORY_OF: Mapping[bool, Callable[[], str]] = {
    True: lambda: _("part is a view: it shares memory with t, so writing into one writes both."),
    False: lambda: _("part is a copy: it has memory of its own."),
}


def _combine() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        combination = choose_combination()
        found = combine(combination)
        cell = choose_cell(found)
        last = found.cells[-1]
        lesson.task(
            _("Before each step say the next number of c. Go on to the last cell."),
            _("Every cell of c is filled."),
            done=cell == last and len(found.cells) > 1,
        )
    named, valued = found.work(cell)
    with sight:
        view(
            pictures.combined(found, cell),
            key="tensor_combined",
            alt=_("{line}: {work}").format(line=operations.line(combination), work=valued),
            pick=PICKED,
        )
    lesson.numbers(f"`{named}`\n\n`{name('c', cell)} = {valued}`")
    lesson.formula(OPERATIONS[combination.operation].formula)
    _lines(operations.code(combination), operations.printed(found))


def _share() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        writing = choose_writing()
    seen = memory.write(writing)
    with controls:
        lesson.task(
            _("Change the last number of array without writing to array."),
            _("Whoever shares the memory can write into it."),
            done=writing.holder != "array" and seen.tensors["array"][-1].item() != memory.START[-1],
        )
    with sight:
        view(
            pictures.shared(writing, seen),
            key="tensor_shared_view",
            alt=_("Six holders of numbers; those that share memory change together."),
        )
    together = ", ".join(f"`{one}`" for one in seen.together(writing.holder))
    lesson.numbers(
        _("You wrote {value} through `{holder}`. It is now seen by: {together}.").format(
            value=f"{writing.value:g}", holder=writing.holder, together=together
        )
    )
    _lines(memory.code(writing), memory.printed(seen))


def _misfit() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        combination = choose_shapes()
        outcome = attempt(combination)
        lesson.task(
            _("Make it fit: change one of the shapes until PyTorch accepts them."),
            _("PyTorch computes it."),
            done=outcome.result is not None,
        )
    with sight:
        if outcome.result is None:
            _refused(outcome.error, outcome.explanation)
        view(
            pictures.attempted(outcome),
            key="tensor_attempted",
            alt=_("The tensors of {line}.").format(line=operations.line(combination)),
        )
    _lines(operations.code(combination), operations.answer(combination, outcome))


def _move() -> None:
    controls, sight = st.columns([4, 5], gap="large")
    with controls:
        chosen = choose_conversion()
    found = convert(chosen)
    with controls:
        lesson.task(
            _("Find a dtype and a number that goes through it unchanged while 0.1 does not."),
            _("Numbers made of halves, quarters and so on fit exactly; 0.1 does not."),
            done=(1, 0) in found.lost and (0, 0) not in found.lost,
        )
    with sight:
        view(
            pictures.converted(found),
            key="tensor_converted",
            alt=_("Six numbers before and after; those that changed are marked."),
        )
        _tell_device(chosen, found)
    _lines(conversion.code(chosen), conversion.printed(found))


def _tell_device(chosen: Conversion, found: Converted) -> None:
    st.markdown(
        _(
            "`.to(...)` gives a tensor with the numbers on that device; t stays where it was. "
            "An operation needs all its tensors on one device. The device meta is on every "
            "machine: it keeps the shape and no numbers."
        )
    )
    if found.error or found.meeting:
        reason = _("t is on cpu and moved is on {device}: move one of them first.")
        _refused(found.error or found.meeting, reason.format(device=chosen.device))


def _refused(words: str, reason: str) -> None:
    """PyTorch's own error, exactly, and a sentence that explains it."""
    st.error(_("PyTorch says:"), icon=":material/block:")
    st.code(words, language=None, wrap_lines=True)
    st.markdown(reason)


def _lines(source: str, printed: str) -> None:
    """The PyTorch lines, and exactly what they print."""
    lesson.code(source)
    st.caption(_("They print:"))
    st.code(printed, language=None, wrap_lines=True)


PARTS: Mapping[str, Part] = {
    "make": Part(N_("Make it"), _make),
    "index": Part(N_("Index it"), _index),
    "combine": Part(N_("Combine it"), _combine),
    "share": Part(N_("Share its memory"), _share),
    "misfit": Part(N_("Wrong shapes"), _misfit),
    "move": Part(N_("Move it"), _move),
}
