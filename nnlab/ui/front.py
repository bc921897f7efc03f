"""The front door: what every visitor's page goes through, whichever lesson it shows."""

from __future__ import annotations

import streamlit as st

from nnlab.ui import frame, link, server, task
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.turns import PAGE_S, turns
from nnlab.ui.soon import coming


def show() -> None:
    """One run of the page: its frame, the teacher's question, and the lesson itself."""
    st.set_page_config(
        page_title="nnlab",
        page_icon="🔬",
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
    )
    server.prepare()
    frame.speak()
    lessons = frame.lessons()
    page = st.navigation(lessons, position="hidden")
    link.arrive(page.url_path)
    if page is not lessons[0]:
        server.finish()
    with server.session_lock(), turns().turn(PAGE_S), counters.served(counters.PAGE):
        with coming():
            frame.surround(lessons)
            task.ask(page.url_path)
            page.run()
        link.tidy()
        frame.lead_on(lessons, page)
    server.finish_soon()
