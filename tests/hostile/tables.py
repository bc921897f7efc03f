"""Files that a visitor may choose as a table. The large ones are made when they are asked for."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping

_NUMBERS = "a,b,y\n" + "".join(f"{row},{row % 7},{row % 2}\n" for row in range(20))


def _zip() -> bytes:
    """A zip bomb under the name of a table: 50 MB of zeros in 50 kB."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", b"0," * 25_000_000)
    return held.getvalue()


TABLES: Mapping[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "spaces": lambda: b" \n \n",
    "one cell": lambda: b"1",
    "one column": lambda: b"a\n1\n2\n",
    "one row": lambda: b"1,2,3",
    "names only": lambda: b"a,b,c\n",
    "NUL": lambda: b"a,b\n1,\0\n",
    "all NUL": lambda: b"\0" * 100_000,
    "binary": lambda: bytes(range(256)) * 400,
    "zip bomb": _zip,
    "gzip bomb": lambda: gzip.compress(b"0" * 50_000_000),
    "a million columns": lambda: b"1," * 1_000_000 + b"1\n",
    "a million columns of names": lambda: b"a," * 1_000_000 + b"a\n" + b"1," * 1_000_000 + b"1\n",
    "a million rows": lambda: b"1,2\n" * 1_000_000,
    "one line of 5 MB": lambda: b"1" * 4_999_999,
    "one field of 5 MB": lambda: b'a,b\n1,"' + b"x" * 4_999_000 + b'"\n',
    "more than 5 MB": lambda: b"1,2\n" * 1_500_000,
    "a quote that never closes": lambda: b'a,b\n1,"2\n' + b"3,4\n" * 1_000_000,
    "quotes alone": lambda: b'"' * 1_000_000,
    "carriage returns": lambda: b"1,2\r" * 100_000,
    "formulas": lambda: b"=cmd|'/c calc'!A1,b,y\n+1+1,2,@sum\n-2,3,=1+1\n'=x,4,y\n",
    "formulas in names": lambda: b"=1+1,@x,-y\n1,2,3\n4,5,6\n",
    "markup": lambda: b"<script>,[x](javascript:1),:red[y]\n1,2,<b>no</b>\n3,4,$x$\n",
    "NaN": lambda: b"a,b\nNaN,1\nnan,2\n-nan,3\n",
    "infinity": lambda: b"a,b\ninf,1\n-inf,2\n1e999,3\n",
    "1e308": lambda: b"a,b,y\n1e308,1,0\n-1e308,2,1\n1e308,3,0\n",
    "tiny": lambda: b"a,b\n1e-320,1\n-1e-320,2\n",
    "long numbers": lambda: b"a,b\n" + b"9" * 5000 + b",1\n1,2\n",
    "one class only": lambda: b"a,y\n" + b"1,yes\n" * 20,
    "a class for each row": lambda: b"a,y\n" + b"".join(b"1,c%d\n" % row for row in range(200)),
    "nothing but missing": lambda: b"a,b\n?,?\n,\nNA,NA\n",
    "no two rows alike in width": lambda: b"a\n1,2\n1,2,3\n1,2,3,4\n",
    "the same names": lambda: b"a,a,a,a\n1,2,3,4\n5,6,7,8\n",
    "nameless": lambda: b",,,\n1,2,3,4\n",
    "names without end": lambda: b"a" * 100_000 + b",b\n1,2\n3,4\n",
    "UTF-8 with its mark": lambda: b"\xef\xbb\xbf" + _NUMBERS.encode(),
    "UTF-16": lambda: _NUMBERS.encode("utf-16"),
    "UTF-16 without its mark": lambda: _NUMBERS.encode("utf-16-le"),
    "half a UTF-16": lambda: _NUMBERS.encode("utf-16")[:-1],
    "UTF-32": lambda: _NUMBERS.encode("utf-32"),
    "mixed encodings": lambda: (
        "é,数\n".encode() + "é,ü\n".encode("latin-1") + "数,据\n".encode("gbk")
    ),
    "surrogates": lambda: "a,b\n\ud800,1\n".encode("utf-8", "surrogatepass"),
    "right to left": "a\u202e,b\u200b\n1,2\n3,4\n".encode,
    "every delimiter": lambda: b"1,2;3|4\t5 6\n" * 30,
}
