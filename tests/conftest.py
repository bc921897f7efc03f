"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# No test is judged by the clock: the first call of a library is slow, and machines are shared.
settings.register_profile("nnlab", deadline=None)
settings.load_profile("nnlab")
