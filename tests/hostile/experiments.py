"""Experiments of absurd shapes, as JSON: refused in a sentence, or small enough to be trained."""

from __future__ import annotations

import json
from typing import Any

_HUGE = int("9" * 400)


def _layers(*units: Any) -> dict[str, Any]:
    return {"network": {"layers": [{"units": each} for each in units]}}


def _points(rows: Any, **more: Any) -> dict[str, Any]:
    return {"data": {"source": {"name": "points", "rows": rows, **more}}}


_SHAPES: tuple[Any, ...] = (
    _layers(),
    _layers(0),
    _layers(-1),
    _layers(1e9),
    _layers(10**9),
    _layers(_HUGE),
    _layers(True),
    _layers("5"),
    _layers([5]),
    _layers(*[4096] * 64),
    _layers(*[1] * 65),
    _layers(*[1] * 100_000),
    {"network": {"layers": {"0": {"units": 1}}}},
    {"network": {"layers": "units"}},
    {"network": [[]]},
    {"training": {"learning_rate": _HUGE}},
    {"training": {"learning_rate": -0.1}},
    {"training": {"learning_rate": [0.1]}},
    {"training": {"epochs": 10**9}},
    {"training": {"epochs": 1e9}},
    {"training": {"batch_size": 0}},
    {"training": {"optimizer": {"name": "SGD", "momentum": _HUGE}}},
    {"training": {"optimizer": {"name": "SGD", "lr": 1}}},
    {"training": {"optimizer": {"name": {"name": "SGD"}}}},
    {"training": {"optimizer": None}},
    {"training": {"schedule": "__import__('os').system('id')"}},
    {"data": {"source": {"name": "circle", "n_samples": 10**9}}},
    {"data": {"source": {"name": "circle", "n_samples": _HUGE}}},
    {"data": {"source": {"name": "circle", "noise": -_HUGE}}},
    {"data": {"source": {"name": "circle", "": 1}}},
    {"data": {"seed": -1}},
    {"data": {"seed": 2**64}},
    {"data": {"test_share": _HUGE}},
    {"data": {"features": ["x1"] * 1000}},
    {"data": {"features": "x1"}},
    {"data": {"edits": [{"row": _HUGE}]}},
    {"data": {"edits": [{"row": 0, "values": [_HUGE] * 11}]}},
    {"data": {"edits": [{"row": row} for row in range(10_001)]}},
    _points([]),
    _points([[]]),
    _points([[1.0] * 10_000]),
    _points([[_HUGE, 1.0]]),
    _points([[1.0, 1.0], [1.0]]),
    _points([["1", "1"]]),
    _points([[None, None]]),
    _points([[1.0, 7.0]], classes=2),
    _points([[1.0, 0.5]], classes=2),
    _points([[1.0, 0.0]], classes=10**9),
    _points([[1.0, 0.0]], names=["<script>"] * 2),
    _points([[1.0, 0.0]], names=["x" * 10_000]),
    _points([[1.0, 0.0]], names=[7]),
    {"interventions": [{"step": 0}]},
    {"interventions": [{"step": -1, "field": "b0.0", "value": 1}]},
    {"interventions": [{"step": 0, "field": "w0.0.0", "value": _HUGE}]},
    {"interventions": [{"step": 0, "field": "w99.9999.9999", "value": 1}]},
    {"interventions": [{"step": 0, "field": "dropout٣", "value": 0}]},
    {"interventions": [{"step": 0, "field": "b0.0\n", "value": 1}]},
    {"interventions": [{"step": 0, "field": "b0.0", "value": 1}] * 10_001},
    {"interventions": [{"step": 10**7, "field": "batch_size", "value": 1}]},
    {"seed": 0.5},
    {"seed": _HUGE},
    {"version": _HUGE},
    {"version": [1]},
    {"": {}},
    {"\0": 0},
)

SHAPES = tuple(map(json.dumps, _SHAPES))
TEXTS = (
    "[" * 100_000,
    '{"data":' * 50_000,
    '{"seed":' + "9" * 5000 + "}",
    '{"seed":1,"seed":2}',
    '{"seed":1e400}',
    '{"seed":-0}',
    "\ufeff{}",
    '{"\\ud800":1}',
    '{"data":{"source":"\\ud800"}}',
    "{}" * 1000,
    "\0",
    " " * 30_000_000,
)
"""What is no JSON, or only just."""
