"""The codec of links and answers: a text is compressed and spelled with signs that links, or chats
and telephones, leave alone. A cut or a change is noticed, and the beginning can still be read."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_BYTES = 500_000
"""Bytes that a code may unfold to; a few thousand could else fill the memory."""
MOST_SIGNS = 100_000
"""Signs that are read at all."""


@dataclass(frozen=True)
class Decoded:
    """A text, and whether it is all that was encoded."""

    text: str
    whole: bool


@dataclass(frozen=True)
class Alphabet:
    """The signs that are used, and how bytes are spelled with them and read again; a last sign that
    says too little is left out."""

    signs: re.Pattern[str]
    spell: Callable[[bytes], str]
    read: Callable[[str], bytes]


def encode(text: str, alphabet: str = "link") -> str:
    """Compress a text and spell it; `alphabet` is one of ALPHABETS."""
    return ALPHABETS[alphabet].spell(zlib.compress(text.encode(), 9))


def decode(code: str, alphabet: str = "link") -> Decoded:
    """Read what `encode` wrote, as far as it goes; an empty text where nothing can be read."""
    known = ALPHABETS[alphabet]
    signs = code[: _end_of_signs(known, code[:MOST_SIGNS])]
    data = known.read(signs)
    plain, ended = _inflated(data)
    return Decoded(plain.decode(errors="ignore"), ended and known.spell(data) == code)


def _end_of_signs(alphabet: Alphabet, text: str) -> int:
    found = alphabet.signs.match(text)
    return found.end() if found else 0


def _inflated(data: bytes) -> tuple[bytes, bool]:
    """As much as can be read, byte by byte, and whether its checksum says that it is all."""
    stream, plain = zlib.decompressobj(), bytearray()
    try:
        for byte in data:
            plain += stream.decompress(bytes((byte,)), MOST_BYTES)
            if len(plain) > MOST_BYTES or stream.unconsumed_tail:
                return b"", False
    except zlib.error:
        return bytes(plain), False
    return bytes(plain), stream.eof and not stream.unused_data


def _spell_64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read_64(text: str) -> bytes:
    text = text[: len(text) - (len(text) % 4 == 1)]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _spell_32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _read_32(text: str) -> bytes:
    text = text[: len(text) - (1 if len(text) % 8 in {1, 3, 6} else 0)]
    return base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)


ALPHABETS: Mapping[str, Alphabet] = MappingProxyType(
    {
        "link": Alphabet(re.compile(r"[A-Za-z0-9_-]*"), _spell_64, _read_64),
        "chat": Alphabet(re.compile(r"[A-Za-z2-7]*"), _spell_32, _read_32),
    }
)
"""For links 64 signs; for chats, which take _ and ~ for markup, 32 capital letters and digits."""
