"""nnlab: how a neural network works, on real PyTorch. `streamlit run` imports this file once, for
its server, which imports torch while the browser is still fetching scripts, and then runs it for
every visitor's page."""

from __future__ import annotations

# First of all: it sets the number of threads, which torch reads only once.
from nnlab.ui import server  # isort: split

import streamlit as st

if __name__ == "__main__":
    from nnlab.ui import front

    front.show()
else:
    server.begin()

    from starlette.middleware import Middleware

    from nnlab.ui.plotly_js import Packed

    app = st.App(__file__, lifespan=server.laptop, middleware=[Middleware(Packed)])
