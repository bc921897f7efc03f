"""What a page shows, for tests that look at it without a browser."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def programs(page: AppTest) -> list[str]:
    """The sources in the page's views of code, in their order."""
    found = []
    for node in page.get("bidi_component"):
        data = json.loads(node.proto.json or node.proto.mixed.json or "{}")
        if "source" in data:
            found.append(data["source"])
    return found
