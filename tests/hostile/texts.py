"""Texts that nobody would type into a link: what follows each page's parameters around."""

from __future__ import annotations

import base64
import zlib

MARKUP = (
    "<script>document.title='in'</script>",
    "<img src=x onerror=document.title='in'>",
    "[in](javascript:document.title='in')",
    "![in](https://example.org/in.png)",
    "$\\href{javascript:document.title='in'}{in}$",
    ":red[in] **in** `in`",
    '"><svg onload=document.title=1>',
)
"""Markup, to be shown as the text that it is."""

NUMBERS = (
    "NaN",
    "inf",
    "-1",
    "1e308",
    "-1e308",
    "1e-320",
    "1000000000",
    "9" * 400,
    "9" * 5000,
    "0x10",
    "1_0",
    "٣",
    "½",
    "1,5",
    "_" * 1000,
    "1_" * 1000,
)

WORDS = (
    "\0",
    "\x1b[31m",
    "x" * 100_000,
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "'; DROP TABLE visitors; --",
    "{0.__class__}",
    "%s%n%x",
    "\u202etxt.exe\u202c",
    "🙂" * 500,
    "\ud7ff\ue000\uffff",
    "w0.0.0_w0.0.9999_b99.9999",
    "at9999999.99999999",
)


def packed(plain: bytes) -> str:
    """As a long link is written."""
    return "~" + base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")


EXPERIMENTS = (
    "[" * 100_000,
    '{"data":' * 5000,
    "null",
    "[]",
    "~",
    "~é",
    "~" + "A" * 5000,
    packed(b" " * 200_000_000),
    packed(b"[" * 1_500_000),
    packed(b'{"seed":' + b"9" * 1_000_000 + b"}"),
    packed(b'{"seed":1}') + "A",
    '{"seed":NaN}',
    '{"training":{"learning_rate":' + "9" * 400 + "}}",
    '{"training":{"epochs":1000000000}}',
    '{"network":{"layers":[{"units":1000000000}]}}',
    '{"network":{"layers":[' + '{"units":4096},' * 63 + '{"units":4096}]}}',
    '{"data":{"source":{"name":"../../etc/passwd"}}}',
    '{"data":{"source":{"name":"points","rows":[[1e308,1],[-1e308,0]],"classes":2}}}',
    '{"data":{"source":{"name":"circle","n_samples":1000000000}}}',
    '{"interventions":[{"step":0,"field":"w0.0.0","value":1e308}]}',
    '{"__class__":"Experiment"}',
)
"""What a link may say in place of an experiment."""

GARBAGE = (*MARKUP, *NUMBERS, *WORDS, *EXPERIMENTS)
