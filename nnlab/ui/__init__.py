"""The only part of nnlab that knows Streamlit: controls, views, links and the server itself."""

from __future__ import annotations
