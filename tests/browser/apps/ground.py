"""An app for the tests of sliders and views: seventeen sliders and four figures on one page, and
another page to go to."""

from __future__ import annotations

from nnlab.ui.server import session_lock, warm  # isort: split

import time

import streamlit as st

from nnlab.figures import palette
from nnlab.ui import link
from nnlab.ui.slider import LogScale, Scale, WholeScale, live_slider, live_sliders
from nnlab.ui.view import view


def sliders() -> None:
    st.title("Sliders")
    st.button("Reset", on_click=link.forget, args=("w", "rate", "epochs"))
    st.button("Other defaults", on_click=_shift)
    count = int(st.number_input("Rows", 1, 17, 17, key="rows", bind="query-params"))
    shift = st.session_state.get("shift", 0.0)
    parts = [f"w0.0.{place}" for place in range(count)]
    weights = live_sliders(
        [f"weight {place + 1}" for place in range(count)],
        "w",
        [0.1 * place - 0.8 + shift for place in range(count)],
        Scale(-3, 3, 0.05),
        parts,
    )
    rate = live_slider("learning rate", "rate", 0.01, LogScale(0.0001, 10))
    epochs = live_slider("epochs", "epochs", 50, WholeScale(1, 200))
    picked = st.session_state.get("part")
    st.text(f"first {weights[0]!r} rate {rate!r} epochs {epochs!r} picked {picked}")
    figures(weights, parts, rate)


def figures(weights: tuple[float, ...], parts: list[str], rate: float) -> None:
    places = list(range(len(weights)))
    bars = {"type": "bar", "x": places, "y": weights, "customdata": parts}
    view(palette.figure(240, [bars]), "bars", f"Bars up to {max(weights):.3f}.", pick="part")
    cells = {"type": "heatmap", "z": [weights], "customdata": [parts], "zmid": 0}
    view(palette.figure(160, [cells]), "cells", "A row of cells.")
    dots = {"mode": "markers", "x": places, "y": weights, "customdata": parts}
    view(palette.figure(240, [dots], dragmode="zoom"), "dots", "A row of dots.")
    steps = [step / 50 for step in range(100)]
    curve = {"mode": "lines", "x": steps, "y": [rate**step for step in steps]}
    view(palette.figure(240, [curve]), "curve", "A curve of the learning rate.")


def depth() -> None:
    st.title("Depth")
    cloud = {"type": "scatter3d", "x": [0, 1], "y": [0, 1], "z": [0, 1], "mode": "markers"}
    view(palette.figure(300, [cloud]), "cloud", "Two points in space.")


def race() -> None:
    """Counts the threads of this session that are inside at once: no Streamlit call in between, as
    in backward(), so that a thread that was asked to stop doesn't."""
    st.title("Race")
    st.button("Again")
    crowd = st.session_state.setdefault("crowd", {"inside": 0, "most": 0, "runs": 0})
    crowd["inside"] += 1
    crowd["most"] = max(crowd["most"], crowd["inside"])
    time.sleep(0.5)
    crowd["inside"] -= 1
    crowd["runs"] += 1
    st.text(f"most {crowd['most']} runs {crowd['runs']}")


def _shift() -> None:
    st.session_state["shift"] = 0.5


warm()
pages = [st.Page(sliders, default=True), st.Page(depth), st.Page(race)]
page = st.navigation(pages, position="hidden")
link.arrive(page.url_path)
for other in pages:
    st.page_link(other)
with session_lock():
    page.run()
