"""The learner's own data: rows from a file, the rows as a table, points of a chosen class. What
can't be used is refused in one sentence, and everything stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from nnlab.data import Data, PointEdit, edited
from nnlab.datasets.sources import MOST_ROWS as MOST_LINES
from nnlab.experiment import Experiment, Network, Training
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError
from nnlab.rows import Rows
from nnlab.table import Table, TableError, read_table, write_table
from nnlab.table.columns import Task
from nnlab.table.samples import MOST_CATEGORIES, Missing
from nnlab.table.sheet import MOST_ROWS, changed, sheet
from nnlab.ui import knobs
from nnlab.ui.cells import changes
from nnlab.ui.choice import choose, let_show
from nnlab.ui.hosting.house import house, within
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import ACTS, Session, session
from nnlab.ui.server import session_lock

Fit = Callable[[Experiment, Data, Network, Training], Experiment]
"""Makes one experiment of its parts, with the outputs and the loss that suit the data."""

CLASS = "play_new_class"
HELD_OUT = 0.3
_TABLE, _SHEET = "nnlab.table", "nnlab.sheet"


@dataclass(frozen=True)
class Plan:
    """Which columns are learned from, which one is learned and as what, and what becomes of rows
    with a missing cell."""

    features: tuple[str, ...]
    target: str
    task: Task
    missing: Missing


def own_data(held: Session, fit: Fit) -> None:
    """Rows from a file, or the present rows as a table."""
    shelf = st.expander(
        _("Your own data"), key="play_own", icon=":material/table:", on_change="rerun"
    )
    if not shelf.open:
        return
    with shelf:
        texts = {"file": _("from a file"), "table": _("the rows as a table")}
        part = choose(_("own data"), texts, "own", "file", look="segments", required=True)
        PARTS[part](held, fit)


def new_points(held: Session) -> None:
    """What a click in the plane adds, and how to take it back."""
    data = held.player.experiment.data
    if data.n_raw_features != 2:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if data.classes:
            _choose_class(data)
        else:
            knobs.exact(_("target of new points"), CLASS, float(st.session_state.get(CLASS) or 0))
        last = _last_added(data)
        st.button(
            _("Remove the last point"),
            key="play_remove",
            on_click=_change,
            args=(lambda now: edited(now, PointEdit(cast(int, last))),),
            disabled=last is None,
        )


def _choose_class(data: Data) -> None:
    names = dict(enumerate(data.names.classes))
    now = st.session_state.get(CLASS)
    let_show(CLASS, now if now in names else 0)
    st.selectbox(_("class of new points"), list(names), format_func=names.__getitem__, key=CLASS)


def _last_added(data: Data) -> int | None:
    """The number of the newest row that was added by hand and is still there."""
    drawn = Data(data.source).n_row_numbers
    gone = {edit.row for edit in data.edits if not edit.values}
    added = {edit.row for edit in data.edits if edit.row >= drawn} - gone
    return max(added, default=None)


# ---- a file ----


def _from_file(held: Session, fit: Fit) -> None:
    most = house().most_upload_mb
    uploaded = st.file_uploader(
        _("A table as CSV: a line for each row, at most {most} MB and {rows} rows").format(
            most=most, rows=f"{min(house().most_rows, MOST_LINES):,}"
        ),
        type=["csv", "tsv", "txt", "dat"],
        key="play_file",
        max_upload_size=most,
    )
    _offer_download(held)
    if uploaded is not None:
        try:
            _offer(_table_of(uploaded), uploaded.file_id, held, fit)
        except (TableError, ExperimentError) as error:
            st.error(as_text(str(error)), icon=":material/error:")


def _table_of(uploaded: UploadedFile) -> Table:
    """The table of the file, read once."""
    most, megabytes = house().most_upload_mb, uploaded.size / 1_000_000
    if megabytes > most:
        allowed = Because(_("at most {most} MB").format(most=most))
        raise ExperimentError(_("the size of the file"), f"{megabytes:.1f} MB", allowed)
    name, table = st.session_state.get(_TABLE, ("", None))
    if name != uploaded.file_id:
        table = read_table(uploaded.getvalue())
        st.session_state[_TABLE] = uploaded.file_id, table
    return cast(Table, table)


def _offer(table: Table, name: str, held: Session, fit: Fit) -> None:
    """The columns to choose, and a button that takes the rows."""
    plan = _choose_columns(table, name)
    source = table.to_choice(plan.features, plan.target, plan.missing, plan.task)
    data = Data(source, seed=0, test_share=HELD_OUT, standardise=True)
    now = held.player.now()
    experiment = within(fit(now, data, now.network, now.training))
    said = _("{rows} rows with {features} features, {held_out} of them held out.")
    counts = {"rows": data.n_rows, "features": data.n_features, "held_out": data.n_test}
    st.caption(said.format(**counts))
    st.button(
        _("Use these rows"), key="play_use", type="primary", on_click=_become, args=(experiment,)
    )


def _choose_columns(table: Table, name: str) -> Plan:
    names = [each.name for each in table.columns]
    target = st.selectbox(
        _("column to predict"), names, index=len(names) - 1, key=f"play_target_{name}"
    )
    others = [each for each in table.columns if each.name != target]
    usual = [
        each.name
        for each in others
        if each.kind == "number" or 2 <= len(each.distinct) <= MOST_CATEGORIES
    ]
    features = st.multiselect(
        _("columns to learn from"),
        [each.name for each in others],
        default=usual,
        placeholder=_("nothing"),
        key=f"play_columns_{name}_{names.index(target)}",
    )
    with st.container(horizontal=True):
        task = _one_of(
            _("predict"),
            {"classes": _("a class"), "numbers": _("a number")},
            f"play_task_{name}_{names.index(target)}",
            table.column(target).task,
        )
        missing = _one_of(
            _("rows with missing cells"),
            {"drop": _("leave out"), "mean": _("fill with the mean")},
            f"play_missing_{name}",
            "drop",
        )
    return Plan(tuple(features), target, cast(Task, task), cast(Missing, missing))


def _one_of(label: str, options: Mapping[str, str], key: str, default: str) -> str:
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=default,
        key=key,
        required=True,
    )
    return chosen or default


def _offer_download(held: Session) -> None:
    experiment = held.player.experiment
    st.download_button(
        _("Download the present rows"),
        lambda: write_table(experiment),
        file_name=f"{experiment.data.source.name}.csv",
        mime="text/csv",
        key="play_download",
        on_click="ignore",
    )


# ---- a table ----


@dataclass
class _Sheet:
    """A table that is being changed: its number, the data and rows that it showed at first, and
    what it has made of the data by now."""

    number: int
    data: Data
    rows: Rows
    now: Data

    @property
    def key(self) -> str:
        return f"play_sheet_{self.number}"


def _as_table(held: Session, fit: Fit) -> None:
    data = held.player.experiment.data
    if data.n_rows > MOST_ROWS:
        text = _("A table is shown for at most {most} rows; here are {rows}.")
        st.info(text.format(most=MOST_ROWS, rows=data.n_rows))
        return
    shown = _shown_sheet(held)
    columns = sheet(shown.rows)
    *features, target = (str(number) for number in range(len(columns)))
    st.data_editor(
        dict(zip((*features, target), columns, strict=True)),
        key=shown.key,
        num_rows="dynamic",
        hide_index=True,
        height=320,
        column_config={
            **{
                each: st.column_config.NumberColumn(name, format="%.4g", required=True)
                for each, name in zip(features, data.names.features, strict=True)
            },
            target: _target_column(data),
        },
        on_change=_keep_changes,
        args=(shown,),
    )
    st.caption(_("Change a cell, fill the last line to add a row, or select rows to delete them."))


def _target_column(data: Data) -> Any:
    if not data.classes:
        return st.column_config.NumberColumn(_("target y"), format="%.4g", required=True)
    names: dict[Any, str] = dict(enumerate(data.names.classes))
    return st.column_config.SelectboxColumn(
        _("class"), options=list(names), format_func=names.__getitem__, required=True
    )


def _shown_sheet(held: Session) -> _Sheet:
    """The sheet as it was first shown, or a new one when the data are not what it made of them."""
    data, shown = held.player.experiment.data, st.session_state.get(_SHEET)
    if shown is None or shown.now != data:
        number = shown.number + 1 if shown else 0
        shown = st.session_state[_SHEET] = _Sheet(number, data, held.player.scenery.rows, data)
    return cast(_Sheet, shown)


def _keep_changes(shown: _Sheet) -> None:
    """Make of the data what the table shows, which says all its changes since it was first shown.
    The same table stays: with another key the browser would keep the old one beside the new."""
    columns = [str(number) for number in range(shown.data.n_raw_features + 1)]
    said = changes(shown.key, columns, len(shown.rows.numbers))
    _change(lambda data: changed(shown.data, shown.rows, said))
    shown.now = session().player.experiment.data


PARTS: Mapping[str, Callable[[Session, Fit], None]] = MappingProxyType(
    {"file": _from_file, "table": _as_table}
)


# ---- changing ----


def _become(experiment: Experiment) -> None:
    """Be the experiment; undo brings back what was there."""
    with session_lock():
        held = session()
        ACTS["pause"](held, {})
        held.player.become(experiment)


def _change(change: Callable[[Data], Data]) -> None:
    """Change the data, or say in one sentence why not."""
    with session_lock():
        held = session()
        now = held.player.now()
        try:
            held.player.wish(replace(now, data=change(now.data)))
        except ExperimentError as error:
            held.told = as_text(str(error))
