"""The first page: what this is, and the way in."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui.lessons import home
from nnlab.ui.soon import soon

st.title("nnlab", anchor=False)
st.markdown(
    _(
        "See what the tensors of a neural network do.  \n"
        "Move a weight and watch real PyTorch compute, step by step, with every number in view.  \n"
        "Take the lines you see with you: they run as they are and print the same numbers."
    )
)
with st.container(key="start"):
    st.page_link(
        "pages/1_tensor.py",
        label=_("Start with the first lesson: What is a tensor?"),
        icon=":material/play_arrow:",
    )
with st.container(key="home_neuron"):
    soon(home.try_a_neuron, meanwhile=home.await_a_neuron)
home.contents()
