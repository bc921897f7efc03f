"""A page of HTML that needs neither Streamlit nor a script, and that asks for itself again."""

from __future__ import annotations

_PAGE = """<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}">
<title>nnlab</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.0625rem/1.55 system-ui, sans-serif; padding: 0 1.25rem; }}
h1 {{ font-size: 1.5rem; line-height: 1.3; }}
{style}
</style>
</head>
<body>
<main>
{main}
</main>
</body>
</html>
"""


def plain_page(main: str, style: str, *, tag: str, seconds: int) -> str:
    """The page with `main`, which is HTML already, and rules of style of its own. `tag` is its
    language, and after so many `seconds` a browser asks for it anew."""
    return _PAGE.format(main=main, style=style, tag=tag, seconds=seconds)
