"""The parts that every lesson is made of, in their order: the question, a prediction, tasks that
check themselves, the numbers, the formula, and the PyTorch lines."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.language import sentences
from nnlab.ui import link, server
from nnlab.ui.choice import choose
from nnlab.ui.code import show_code, show_program
from nnlab.ui.markup import as_text
from nnlab.ui.runs import engine_here


def question(text: str, lead: str = "") -> None:
    """The lesson's title, which is a question, and at most two sentences under it."""
    server.enter_by_the_front_door()
    gone = link.mend()
    st.title(text, anchor=False)
    if lead:
        st.markdown(lead)
    if gone:
        said = _("The link held a number without end, which is left out: {names}.")
        st.warning(said.format(names=as_text(", ".join(gone)[:100])), icon=":material/link_off:")


def predict(key: str, text: str, options: Mapping[str, str], right: str, because: str) -> None:
    """A prediction before the answer. `options` maps short names, kept in the link, to texts."""
    with st.container(border=True):
        answer = choose(_("Predict first: {question}").format(question=text), options, key)
        if answer == right:
            st.success(sentences(_("Yes."), because), icon=":material/check_circle:")
        elif answer is not None:
            st.info(sentences(_("Not quite."), because), icon=":material/lightbulb:")


def task(text: str, praise: str, *, done: bool) -> None:
    """Something to bring about with the controls; it notices by itself when it is done."""
    if done:
        said = _("{task} **Done.** {praise}").format(task=text, praise=praise)
        st.success(said, icon=":material/task_alt:")
    else:
        st.info(_("Task: {task}").format(task=text), icon=":material/flag:")


def numbers(text: str) -> None:
    """The arithmetic with today's numbers in it, as Markdown."""
    st.subheader(_("The numbers"), anchor=False)
    st.markdown(text)


def formula(latex: str) -> None:
    """The same as a formula."""
    st.subheader(_("The formula"), anchor=False)
    st.latex(latex)


def code(source: str, key: str = "code") -> None:
    """The PyTorch lines that compute exactly what is on the screen, ready to take away."""
    st.subheader(_("The PyTorch lines"), anchor=False)
    show_code(source, key)
    _say_engine()


def program(experiment: Experiment, key: str, until: int | None = None) -> None:
    """The whole program of the run on the screen, up to the step `until`."""
    st.subheader(_("The PyTorch lines"), anchor=False)
    show_program(experiment, key, until)
    _say_engine()


def _say_engine() -> None:
    if name := engine_here():
        says = _("engine: {name}").format(name=name)
        st.caption(f"{says} (`nn.Module`, autograd, `torch.optim`)" if name == REFERENCE else says)
