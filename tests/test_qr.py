"""A QR code is black on white with its quiet zone, and says when a link is too long for it."""

from __future__ import annotations

from urllib.parse import unquote

import segno

from nnlab.qr import LONGEST, QUIET_ZONE, qr_code

LINK = "http://192.168.0.12:8501/playground?e=data-moons+lr-0.1+v2"


def test_the_code_has_a_module_for_each_of_the_symbol_and_its_quiet_zone() -> None:
    side = segno.make(LINK, error="L", micro=False).symbol_size(border=QUIET_ZONE)[0]
    assert f'viewBox="0 0 {side} {side}"' in unquote(qr_code(LINK)).replace("'", '"')


def test_it_is_black_on_white_whatever_the_theme() -> None:
    svg = unquote(qr_code(LINK))
    assert "#fff" in svg
    assert "#000" in svg


def test_it_changes_with_the_link() -> None:
    assert qr_code(LINK) != qr_code(LINK + "0")


def test_a_link_that_no_telephone_would_read_has_none() -> None:
    assert qr_code("x" * LONGEST)
    assert qr_code("x" * (LONGEST + 1)) == qr_code("é" * LONGEST) == qr_code("") == ""
