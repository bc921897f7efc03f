"""The language that a reader sees. Messages are written in English in the sources; the catalogues
under locale/ hold the other languages. The choice belongs to the current context, so readers of
different languages share one process.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
ENGLISH = "en"

LOCALE = Path(__file__).parent.parent / "locale"

_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def _nobody() -> None:
    return None


_ask: Callable[[], str | None] = _nobody


def use(language: str) -> None:
    """Let this context speak `language`; English where there is no such language."""
    _chosen.set(language)


def follow(ask: Callable[[], str | None]) -> None:
    """Let contexts that have not chosen ask for their reader's language, anew at each message.

    A server answers its readers in threads that begin without any context of their own.
    """
    global _ask  # noqa: PLW0603
    _ask = ask


def current() -> str:
    """Return the name of this context's language, a key of LANGUAGES."""
    language = _chosen.get() or _ask()
    return language if language in LANGUAGES else ENGLISH


def best(tag: str | None) -> str:
    """Return the language nearest to a browser's tag such as "zh-Hans-CN": English if none is."""
    wanted = _primary(tag or ENGLISH)
    return next((name for name in LANGUAGES if _primary(name) == wanted), ENGLISH)


def gettext(message: str) -> str:
    """Return `message` in this context's language; a message that no one translated stays."""
    return _catalogue(current()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for `number` things in this context's language."""
    return _catalogue(current()).ngettext(singular, plural, number)


def sentences(*said: str) -> str:
    """Return whole sentences one after another, with a blank between them where the language of
    now has one. Empty ones are left out.

    >>> sentences("It rises.", "", "Then it falls.")
    'It rises. Then it falls.'
    """
    gap = " " if current() == ENGLISH else ""
    return gap.join(filter(None, said))


def gettext_noop(message: str) -> str:
    """Return `message` itself: marks a constant for the catalogue, to be translated when shown."""
    return message


def _primary(tag: str) -> str:
    return tag.replace("-", "_").split("_")[0].lower()


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language == ENGLISH:
        return catalogues.NullTranslations()
    # English needs no catalogue, and so nnlab's core needs no Babel.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (LOCALE / language / "LC_MESSAGES" / "nnlab.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
