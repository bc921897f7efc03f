"""An experiment that is written and read again is the same, at the same step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.files.saved import Saved, read_experiment, write_experiment
from tests.strategies import experiments


@given(experiments(), st.integers(0, 99))
def test_written_and_read_again_it_is_the_same(experiment: Experiment, at: int) -> None:
    content = write_experiment(Saved(experiment, at))
    assert read_experiment(content) == Saved(experiment, min(at, experiment.n_steps))
    assert Experiment.loads(content.decode()) == experiment


def test_what_dumps_writes_is_a_file_too() -> None:
    assert read_experiment(Experiment().dumps().encode()) == Saved(Experiment(), 0)
    assert read_experiment(b"\xef\xbb\xbf{}") == Saved(Experiment(), 0)
