"""What the sandbox is asked: somebody's code, and the experiment whose data, loss, optimizer and
seed it is to be trained with; the experiment's own network is not used."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.limits import Whole
from nnlab.sandbox.walls import Limits

MOST_SOURCE = 20_000
"""Characters of code."""
GRID = 40
"""Places along each side of the plane for which the outputs are told."""


@dataclass(frozen=True)
class Question:
    """Code, experiment, and what may be taken. `unprotected` lets the code run where the walls that
    matter can't be closed. Raises ExperimentError for code that is too long."""

    source: str
    experiment: Experiment
    limits: Limits = Limits()
    unprotected: bool = False

    def __post_init__(self) -> None:
        Whole(1, MOST_SOURCE).accept(_("the length of the code"), len(self.source))

    def dumps(self) -> str:
        """This question as JSON."""
        return json.dumps(
            {
                "source": self.source,
                "experiment": self.experiment.dumps(),
                "limits": asdict(self.limits),
                "unprotected": self.unprotected,
            }
        )

    @classmethod
    def loads(cls, text: str) -> Question:
        """Read what `dumps` wrote."""
        said = json.loads(text)
        experiment, limits = Experiment.loads(said["experiment"]), Limits(**said["limits"])
        return cls(said["source"], experiment, limits, said["unprotected"])
