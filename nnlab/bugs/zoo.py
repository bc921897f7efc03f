"""All bugs by name, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.bugs import gradient, loop, loss, testing
from nnlab.bugs.bug import Bug

BUGS: Mapping[str, Bug] = MappingProxyType(
    {**loop.BUGS, **loss.BUGS, **gradient.BUGS, **testing.BUGS}
)
