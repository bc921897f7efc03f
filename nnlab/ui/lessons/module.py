"""The lesson on one's own network: as a line of modules or as a class in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nnlab.language import gettext as _
from nnlab.ui.choice import choose
from nnlab.ui.lessons.module_class import write_class
from nnlab.ui.lessons.module_line import write_line


def explore() -> None:
    """The network as a line, or as a class."""
    texts = {"line": _("as a line of modules"), "code": _("as a class in Python")}
    way = choose(_("your network"), texts, "module_way", "line", look="segments", required=True)
    WAYS[way]()


WAYS: Mapping[str, Callable[[], None]] = MappingProxyType({"line": write_line, "code": write_class})
