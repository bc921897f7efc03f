"""A QR code is a link as a square of black and white modules that a telephone's camera reads."""

from __future__ import annotations

LONGEST = 800
"""Characters; a longer link has more than a hundred modules on a side, and from the back of a
classroom a telephone can't tell them apart."""
QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 asks for."""


def qr_code(text: str) -> str:
    """The code as the data URI of an SVG, black on white in every theme; empty where the text is
    too long for one."""
    if not 0 < len(text.encode()) <= LONGEST:
        return ""
    import segno  # noqa: PLC0415 - only those who share a link need it

    code = segno.make(text, error="l", micro=False)
    uri: str = code.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
    return uri
