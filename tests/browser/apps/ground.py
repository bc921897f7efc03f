"""A page for the tests of sliders and views: seventeen sliders and four figures."""

from __future__ import annotations

from nnlab.ui.server import session_lock, warm  # isort: skip

import plotly.graph_objects as go
import streamlit as st

from nnlab.figures import palette
from nnlab.ui import link
from nnlab.ui.slider import LogScale, Scale, live_slider, live_sliders
from nnlab.ui.view import view

warm()
st.title("Ground")
with session_lock():
    st.button("Reset", on_click=link.forget, args=("w", "rate"))
    count = st.number_input("Rows", 1, 17, 17, key="rows", bind="query-params")
    labels = [f"weight {i + 1}" for i in range(count)]
    parts = [f"w0.0.{i}" for i in range(count)]
    defaults = [0.1 * i - 0.8 for i in range(count)]
    weights = live_sliders(labels, "w", defaults, Scale(-3, 3, 0.05), parts)
    rate = live_slider("Learning rate", "rate", 0.01, LogScale(0.0001, 10))

    st.markdown(f"sum: {sum(weights):.6f}; rate: {rate:g}; picked: {st.session_state.get('part')}")
    bars = {
        "type": "bar",
        "x": list(range(count)),
        "y": weights,
        "customdata": parts,
        "marker": {"color": [palette.sign_color(weight) for weight in weights]},
    }
    view(palette.figure(240, [bars]), "bars", f"Bars that sum to {sum(weights):.3f}.", pick="part")
    cells = {"type": "heatmap", "z": [weights], "customdata": [parts], "zmid": 0}
    view(palette.figure(160, [cells]), "cells", "A row of cells.")
    dots = {"mode": "markers", "x": weights, "y": weights, "customdata": parts}
    view(go.Figure([dots], {"height": 240, "dragmode": "zoom"}), "dots", "Points on a diagonal.")
    curve = {
        "mode": "lines",
        "x": [i / 50 for i in range(100)],
        "y": [rate ** (i / 50) for i in range(100)],
    }
    view(palette.figure(240, [curve]), "curve", "A curve of the learning rate.")
