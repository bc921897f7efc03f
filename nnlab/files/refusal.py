"""A file that can't be read is refused in one sentence, which says what is wrong and how to mend
it. Nothing in a file is believed before it was looked at."""

from __future__ import annotations

from nnlab.bounds import MOST_BYTES
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import Because, ExperimentError


class FileError(ExperimentError):
    """A file that can't be read. `str()` is one sentence in the reader's language."""

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__("file", None, Because(sentence))
        self.sentence, self.details = sentence, details

    def __str__(self) -> str:
        return _(self.sentence).format(**self.details)


def check_size(content: bytes) -> None:
    """Raises FileError for a file that is empty or larger than anything that is written here."""
    if not content:
        raise FileError(N_("The file is empty: save it once more, and choose that file."))
    if len(content) > MOST_BYTES:
        sentence = N_("The file is larger than {most} MB: no network here needs as much.")
        raise FileError(sentence, most=MOST_BYTES // 1_000_000)


def shown(name: str) -> str:
    """A name out of a file, short enough for a sentence and without what can't be printed."""
    printable = "".join(sign for sign in name if sign.isprintable())
    return printable if len(printable) <= 40 else f"{printable[:39]}…"
