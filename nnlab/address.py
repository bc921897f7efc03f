"""An address is a place in nnlab: the path of a page and the parameters of its link, wherever the
app itself stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

MOST = 10_000
"""Characters of a text that are read at all."""


@dataclass(frozen=True)
class Address:
    """A page's path and its parameters in their order."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.parameters)}" if self.parameters else self.path

    def without(self, *names: str) -> Address:
        """The same place without some parameters."""
        kept = tuple(pair for pair in self.parameters if pair[0] not in names)
        return Address(self.path, kept)

    def with_(self, **more: str) -> Address:
        """The same place with more parameters at the end."""
        return Address(self.path, (*self.without(*more).parameters, *more.items()))


def address_of(text: str) -> Address:
    """The address in a whole link ("http://school:8501/neuron?lang=zh_CN") or in the end of one.
    Raises ValueError for what is none."""
    split = urlsplit(text.strip()[:MOST])
    path = split.path.rstrip("/").rpartition("/")[2]
    return Address(path, tuple(parse_qsl(split.query, max_num_fields=200)))


def here(page: str, parameters: Mapping[str, str]) -> Address:
    """The address of a page as it is now."""
    return Address(page, tuple(parameters.items()))
