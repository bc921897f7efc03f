"""The house that nnlab runs in: a laptop, a demo, a school. What is allowed and offered there is in
nnlab.toml, a table for each house; the environment variable NNLAB_HOUSE names the one, and NNLAB_
with a key in capitals sets a single value for this server alone."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnlab.bounds import MOST_BYTES, MOST_CELLS, MOST_PARAMETERS, MOST_ROW_NUMBER, MOST_STEPS
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, Flag, Many, OneOf, Pattern, Rule, Text, Whole
from nnlab.spec import Spec, ruled
from nnlab.ui.hosting import counters

if TYPE_CHECKING:
    from nnlab.experiment import Experiment

FILE = Path(__file__).parents[3] / "nnlab.toml"
PREFIX = "NNLAB_"
HOUSE = f"{PREFIX}HOUSE"
LAPTOP = "laptop"
_DAY = 86_400

_SITE = Pattern(
    r"(https?://)?[A-Za-z0-9*.-]+(:[0-9]{1,5})?", ("https://moodle.example.org", "*.example.org")
)
_SCHEDULER = Pattern(r"|[a-z]+://[A-Za-z0-9.:\[\]-]+", ("tcp://10.0.0.5:8786", '""'))
_ADDRESS = Pattern(r"[A-Za-z0-9.:-]+", ("127.0.0.1", "0.0.0.0"))  # noqa: S104 - an example, not a choice


@dataclass(frozen=True)
class House(Spec):
    """Every key of a table in nnlab.toml, where each is explained."""

    path: ClassVar[str] = "nnlab.toml"
    most_parameters: int = ruled(Whole(1, MOST_PARAMETERS))
    most_steps: int = ruled(Whole(1, MOST_STEPS))
    most_rows: int = ruled(Whole(1, MOST_ROW_NUMBER))
    most_upload_mb: int = ruled(Whole(1, MOST_BYTES // 1_000_000))
    sweep_networks: int = ruled(Whole(1, MOST_CELLS))
    sweep_seconds: int = ruled(Whole(1, _DAY))
    computation_seconds: int = ruled(Whole(1, _DAY))
    players: int = ruled(Whole(1, 10_000))
    sessions: int = ruled(Whole(1, 10_000))
    unattended_seconds: int = ruled(Whole(1, _DAY))
    return_seconds: int = ruled(Whole(1, _DAY))
    own_module: bool = ruled(Flag())
    own_module_unprotected: bool = ruled(Flag())
    answers_database: str = ruled(Text(500, least=0))
    teacher_key: str = ruled(Text(200, least=0))
    dask_scheduler: str = ruled(_SCHEDULER)
    metrics_port: int = ruled(Whole(0, 65_535))
    metrics_address: str = ruled(_ADDRESS)
    frame_ancestors: tuple[str, ...] = ruled(Many(_SITE, 0, 50))
    log_format: str = ruled(OneOf(("plain", "json")))


def house_of(file: Path, environment: Mapping[str, str]) -> House:
    """The house that the environment names, as the file and the environment describe it.

    Raises ExperimentError, in one sentence, for a file that can't be read, a house that isn't in
    it, and for every value that isn't allowed.
    """
    table = _table(file, environment.get(HOUSE, LAPTOP))
    try:
        return House.from_json({**table, **_given(environment)})
    except ExperimentError as error:
        raise _without_secrets(error) from None


@cache
def house() -> House:
    """The house of this process."""
    return house_of(FILE, os.environ)


def within(experiment: Experiment) -> Experiment:
    """The experiment, if it is within the bounds of this house.

    Raises ExperimentError, whose sentence says what is too much here.
    """
    of = house()
    for name, amount, most in (
        (_("the number of parameters"), experiment.n_parameters, of.most_parameters),
        (_("the number of steps"), experiment.n_steps, of.most_steps),
        (_("the number of rows"), experiment.data.n_rows, of.most_rows),
    ):
        if amount > most:
            counters.REFUSALS.labels("bounds").inc()
            raise ExperimentError(name, amount, Because(_at_most(most)))
    return experiment


def _at_most(most: int) -> str:
    return _("at most {most} on this server; nnlab on a machine of your own takes more").format(
        most=most
    )


def _table(file: Path, name: str) -> Mapping[str, Any]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sentence = _("a file in TOML that can be read ({reason})").format(reason=error)
        raise ExperimentError("nnlab.toml", str(file), Because(sentence)) from None
    houses = tuple(key for key, value in tables.items() if isinstance(value, Mapping))
    table: Mapping[str, Any] = tables[OneOf(houses).accept(HOUSE, name)]
    return table


def _given(environment: Mapping[str, str]) -> dict[str, Any]:
    """The keys that the environment sets."""
    rules: dict[str, Rule] = {each.name: each.metadata["rule"] for each in fields(House)}
    names = {PREFIX + name.upper(): name for name in rules}
    given = {}
    for key in filter(lambda key: key.startswith(PREFIX) and key != HOUSE, environment):
        name = names[OneOf((HOUSE, *names)).accept(_("the environment variable"), key)]
        given[name] = _value(environment[key], rules[name])
    return given


def _value(text: str, rule: Rule) -> Any:
    """What a text of the environment says: itself where that is allowed, else a value in TOML."""
    with suppress(ExperimentError):
        return rule.accept("", text)
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    return text


def _without_secrets(error: ExperimentError) -> ExperimentError:
    """The same error; what a teacher has to know is never repeated."""
    if error.field.endswith("teacher_key"):
        return ExperimentError(error.field, "…", error.rule)
    return error
