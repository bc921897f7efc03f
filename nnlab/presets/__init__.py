"""The gallery of presets, by name, in the order in which one would look at them: what a network can
learn, how training fails to start, and how it learns the wrong thing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.presets import astray, learned, stuck
from nnlab.presets.preset import Preset

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {**learned.PRESETS, **stuck.PRESETS, **astray.PRESETS}
)
