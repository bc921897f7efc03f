"""A run as a document of its own: one file of HTML that shows its learning curves in any browser,
without anything from outside."""

from __future__ import annotations

import torch

from nnlab.blueprint import blueprint_of
from nnlab.figures import palette
from nnlab.figures.landscape import is_wide
from nnlab.figures.learning import Curves, learning_curves
from nnlab.figures.markup import as_text
from nnlab.measures import losses_on
from nnlab.rows import rows_of
from nnlab.training import Run

MOST_POINTS = 400


def document(run: Run) -> str:
    """The losses on the training and the test rows over the epochs, as a whole page of HTML.

    >>> from nnlab import Experiment, train
    >>> "<html>" in document(train(Experiment()))
    True
    """
    places = torch.linspace(0, len(run) - 1, min(len(run), MOST_POINTS)).round().long()
    rows, table = rows_of(run.experiment), run.experiment.timetable
    train = losses_on(run, rows.samples(), places).tolist()
    test = losses_on(run, rows.test_samples(), places).tolist() if len(rows.test) else []
    epochs = [table.epochs_at(int(step)) for step in run.steps[places]]
    scale = "log" if is_wide([*train, *test]) else "linear"
    figure = learning_curves(Curves(epochs, train, test, epochs[-1], scale=scale))
    figure.update_layout(
        height=palette.HEIGHT + 120,
        title={"text": as_text(str(blueprint_of(run.experiment))), "font": {"size": 14}},
        margin={"t": 80},
    )
    html: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return html
