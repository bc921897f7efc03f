"""The home page's neuron, on a server whose torch is there when a file named "torch" is."""

from __future__ import annotations

from nnlab.ui import server  # isort: split

import time
from pathlib import Path

import streamlit as st

from nnlab.ui.lessons import home
from nnlab.ui.soon import coming, soon

THERE = Path(__file__).with_name("torch")


def wait() -> None:
    while not THERE.exists():
        time.sleep(0.01)


vars(server).update(has_torch=THERE.exists, wait_for_torch=wait)
with coming():
    soon(home.try_a_neuron, meanwhile=home.await_a_neuron)
    st.subheader("What follows")
