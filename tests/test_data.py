"""Data whose parts do not fit each other is refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.registry import Choice

POINTS = {"name": "points", "rows": [[1, 2, 0], [3, 4, 1]]}
REFUSED: list[dict[str, Any]] = [
    {"test_share": 1.0},
    {"test_share": -0.1},
    {"test_share": None},
    {"standardise": 1},
    {"features": ["x3"]},
    {"features": ["x1", "x1"], "source": "xor"},
    {"features": ["x1"], "source": "iris"},
    {"features": ["x2"], "source": "sine"},
    {"edits": [{}]},
    {"source": POINTS, "edits": [{"row": 3, "values": [0, 0, 0]}]},
    {"source": POINTS, "edits": [{"row": 2}]},
    {"source": POINTS, "edits": [{"row": 0, "values": [0, 0]}]},
    {"source": POINTS, "edits": [{"row": 0, "values": [0, 0, 2e6]}]},
    {"source": POINTS, "edits": [{"row": 0}, {"row": 1}]},
    {"source": {**POINTS, "classes": 2}, "edits": [{"row": 0, "values": [0, 0, 2]}]},
    {"source": "xor", "edits": [{"row": 0, "values": [0, 0, 0.5]}]},
    {"source": {"name": "seed_batch", "n_features": 65}, "edits": [{"row": 0}]},
    {"source": {**POINTS, "classes": 1}},
    {"source": {**POINTS, "classes": 11}},
    {"source": {**POINTS, "rows": [[0, 2]], "classes": 2}},
    {"source": {**POINTS, "rows": [[0, 0.5]], "classes": 2}},
    {"source": {**POINTS, "rows": [[0, 1], [0, 1, 2]]}},
    {"source": {**POINTS, "names": ["one"]}},
    {"source": {**POINTS, "names": ["one", ""]}},
    {"source": {**POINTS, "names": ["one", "two\n"]}},
    {"source": {**POINTS, "names": ["one", "t" * 61]}},
    {"source": {**POINTS, "labels": ["no", "yes"]}},
    {"source": {"name": "blobs", "classes": 9}},
    {"source": {"name": "function", "curve": "exec"}},
]


@pytest.mark.parametrize("data", REFUSED, ids=str)
def test_a_misfit_gets_one_sentence(data: dict[str, Any]) -> None:
    with pytest.raises(ExperimentError) as caught:
        Data.from_json(data)
    assert 10 < len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_data_of_old_experiments_is_read() -> None:
    old = '{"version":1,"data":{"source":{"name":"xor","n_samples":30},"seed":4}}'
    assert Experiment.loads(old).data == Data(Choice("xor", (("n_samples", 30),)), seed=4)


@pytest.mark.parametrize("loss", ["MSELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_many_classes_need_an_output_each(loss: str, outputs: int) -> None:
    parts = (Data(Choice("blobs", (("classes", 4),))), Network((Layer(outputs),)))
    with pytest.raises(ExperimentError, match=r"4|another loss"):
        Experiment(*parts, Training(loss=Choice(loss)))
    Experiment(parts[0], Network((Layer(4),)), Training(loss=Choice(loss)))
