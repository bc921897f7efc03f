"""What is counted of the visitors of this process, for Prometheus and for the operator: how many
there are and how they are served; never who they are or what they write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    GC_COLLECTOR,
    PLATFORM_COLLECTOR,
    PROCESS_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
)

REGISTRY = CollectorRegistry()
for _collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
    REGISTRY.register(_collector)

SESSIONS = Gauge("nnlab_sessions", "Visitors who have a page open now", registry=REGISTRY)
VISITS = Counter("nnlab_visits", "Websockets that were opened", registry=REGISTRY)
PLAYERS = Gauge("nnlab_players", "Visitors whose network learns now", registry=REGISTRY)
FRAMES = Counter("nnlab_frames", "Frames of the playground that were made", registry=REGISTRY)
REFUSALS = Counter(
    "nnlab_refusals", "What was refused, and why", labelnames=("why",), registry=REGISTRY
)
ERRORS = Counter("nnlab_errors", "Pages that ended in an error", registry=REGISTRY)
TRAINED = Counter("nnlab_trained_seconds", "Seconds spent on training", registry=REGISTRY)
SERVED = Histogram(
    "nnlab_served_seconds",
    "How long a page or a frame took to make",
    labelnames=("what",),
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)

PAGE, FRAME = "page", "frame"
WHYS = ("full", "players", "bounds")
for _why in WHYS:
    REFUSALS.labels(_why)
for _what in (PAGE, FRAME):
    SERVED.labels(_what)


@contextmanager
def served(what: str) -> Iterator[None]:
    """Time the making of a page or a frame, however it ends."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        SERVED.labels(what).observe(time.perf_counter() - begun)


@contextmanager
def trained() -> Iterator[None]:
    """Count the time of a training."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        TRAINED.inc(time.perf_counter() - begun)


def value(name: str, **labels: str) -> float:
    """A figure as it is now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def quantile(share: float, what: str) -> float:
    """Seconds within which this share of the pages or frames was made, read from the histogram:
    the upper edge of the bucket in which it lies. 0 where nothing was made yet."""
    edges = [(float(edge), count) for edge, count in _buckets(what)]
    edges.sort()
    all_of_them = edges[-1][1]
    return next((edge for edge, count in edges if 0 < share * all_of_them <= count), 0.0)


def _buckets(what: str) -> Iterator[tuple[str, float]]:
    for family in SERVED.collect():
        for sample in family.samples:
            if sample.name.endswith("_bucket") and sample.labels["what"] == what:
                yield sample.labels["le"], sample.value
