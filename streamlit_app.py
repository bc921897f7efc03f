"""nnlab: how a neural network works, on real PyTorch. This is the table of contents."""

from __future__ import annotations

# First of all: it sets the number of threads, which torch reads only once.
from nnlab.ui import server  # isort: split

import streamlit as st

from nnlab.ui import frame, link, task
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.turns import PAGE_S, turns

st.set_page_config(
    page_title="nnlab",
    page_icon="🔬",
    layout="wide",
    initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
)
server.warm()
frame.speak()
lessons = frame.lessons()
page = st.navigation(lessons, position="hidden")
link.arrive(page.url_path)
with server.session_lock(), turns().turn(PAGE_S), counters.served(counters.PAGE):
    frame.surround(lessons)
    task.ask(page.url_path)
    page.run()
    link.tidy()
    frame.lead_on(lessons, page)
