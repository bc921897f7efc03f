"""The pictures beside the playground's stage: the data in their plane, and the losses so far."""

from __future__ import annotations

import streamlit as st
import torch

from nnlab.figures import field as plane
from nnlab.figures.learning import Curves, Mark, learning_curves
from nnlab.language import gettext as _
from nnlab.measures import smoothed
from nnlab.player import Player
from nnlab.ui.playground.marks import changes
from nnlab.ui.playground.stage import BIG, CURVE, SMOOTH, SMOOTHING
from nnlab.ui.view import view


def show_field(player: Player) -> None:
    """The plane with its points, over the network's output."""
    scenery = player.scenery
    low, high = scenery.plane.low.tolist(), scenery.plane.high.tolist()
    groups = list(_groups(player))
    limit = float(scenery.rows.raw.y.abs().max()) or 1.0
    use = "touch" if player.experiment.data.n_raw_features == 2 else "look"
    shown = plane.Field(tuple(low), tuple(high), scenery.plane.names, limit, use)
    view(
        plane.field(shown, groups),
        key=BIG,
        alt=_("The data in the plane, over what the network says at each place."),
    )


def _groups(player: Player) -> list[plane.Group]:
    rows, classes = player.scenery.rows, player.experiment.data.classes
    names = player.experiment.data.names.classes
    groups = []
    for hollow, places in ((False, rows.training), (True, rows.test)):
        x, y = rows.raw.x[places], rows.raw.y[places, 0]
        spots = player.scenery.plane.project(x)
        numbers = rows.numbers[places]
        for place in range(max(classes, 1)):
            here = (y == place) if classes else torch.ones_like(y, dtype=torch.bool)
            if not bool(here.any()):
                continue
            name = names[place] if classes else _("rows")
            label = _("{name} (test)").format(name=name) if hollow else name
            values = None if classes else y[here].numpy()
            second = spots[here, 1] if spots.shape[1] > 1 else y[here]
            groups.append(
                plane.Group(
                    spots[here, 0].numpy(),
                    second.numpy(),
                    numbers[here].tolist(),
                    label,
                    place,
                    hollow,
                    values,
                )
            )
    return groups


def show_curves(player: Player) -> None:
    """The losses so far, as the switches under them say."""
    picture = st.container()
    with st.container(horizontal=True, key="play_look"):
        log = st.toggle(_("logarithmic"), key="log", bind="query-params")
        smooth = st.toggle(_("smoothed"), key=SMOOTH, bind="query-params")
    steps, losses = player.curves()
    losses = smoothed(losses, SMOOTHING if smooth else 0.0)
    table = player.experiment.timetable
    epochs = [table.epochs_at(step) for step in steps.tolist()]
    held_out = player.experiment.data.n_test > 0
    marks = [
        Mark(table.epochs_at(each.first), each.text, table.epochs_at(each.last))
        for each in changes(player.experiment, player.newest)
    ]
    curves = Curves(
        epochs,
        losses[:, 0].tolist(),
        losses[:, 1].tolist() if held_out else (),
        table.epochs_at(player.step),
        marks,
        "log" if log else "linear",
    )
    alt = _("Loss over the epochs, {loss} at last.").format(loss=f"{losses[-1, 0]:.4f}")
    with picture:
        view(learning_curves(curves), key=CURVE, alt=alt)
