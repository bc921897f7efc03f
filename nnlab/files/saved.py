"""An experiment as a JSON file, with the step that was looked at, so that the same picture comes
back."""

from __future__ import annotations

import json
from typing import NamedTuple

from nnlab.bounds import MOST_STEPS
from nnlab.experiment import VERSION, Experiment
from nnlab.files.refusal import FileError, check_size
from nnlab.language import gettext_noop as N_
from nnlab.limits import Whole


class Saved(NamedTuple):
    """An experiment, and the step of its run that is looked at."""

    experiment: Experiment
    at: int = 0


def write_experiment(saved: Saved) -> bytes:
    """The JSON that `Experiment.loads` reads too, with a line for each part.

    >>> read_experiment(write_experiment(Saved(Experiment(seed=3), at=20))).at
    20
    """
    text = {"version": VERSION, "at": saved.at, **saved.experiment.to_json()}
    return json.dumps(text, indent=1).encode()


def read_experiment(content: bytes) -> Saved:
    """Read a file that holds an experiment. Raises ExperimentError for any other."""
    check_size(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(N_("This is no text in UTF-8, as JSON is: choose another file.")) from None
    experiment = Experiment.loads(text)
    at = Whole(0, MOST_STEPS).accept("at", json.loads(text).get("at", 0))
    return Saved(experiment, min(at, experiment.n_steps))
