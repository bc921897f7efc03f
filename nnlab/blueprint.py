"""A blueprint is a network as a line of text, `Linear(2, 8) -> ReLU -> Linear(8, 1)`: its modules
in the order in which they compute, as a person writes them or as PyTorch prints them. The text is
read, never run."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import nn

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment, Layer, Network
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError, Whole

MOST_CHARACTERS = 20_000
MOST_INPUTS, MOST_UNITS = 1024, 4096
ARROW = " -> "

_DEEPEST = 20
_LONGEST_SHOWN = 20
_CONTAINER = "Sequential"
_WITHOUT_EFFECT = frozenset({"inplace"})
"""Settings that change no number."""
_PROGRAM = frozenset({"class", "def", "import", "from"})
_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<end>\n|;|->|→)|(?P<name>[^\W\d][\w.]*)"
    r"|(?P<value>[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<sign>[(),:=])|(?P<other>.)"
)
_WORDS = MappingProxyType({"True": True, "False": False, "None": None})


class BlueprintError(ValueError):
    """A text that is no blueprint. `str()` is one sentence in the reader's language; `place` is the
    number of the character that it is about, counted from 0, and `line` that character's line with
    a mark under it."""

    def __init__(self, sentence: str, text: str, place: int) -> None:
        super().__init__(sentence)
        self.place = place
        before, after = text[:place].rpartition("\n")[2], text[place:].partition("\n")[0]
        self.line = f"{before}{after}\n{' ' * len(before)}^"


@dataclass(frozen=True)
class Blueprint:
    """A network and the number of its inputs. `str()` is its text, which `read` reads back."""

    inputs: int
    network: Network

    def __str__(self) -> str:
        sizes = (self.inputs, *(layer.units for layer in self.network.layers))
        layers = zip(sizes, self.network.layers, strict=False)
        return ARROW.join(part for inputs, layer in layers for part in _parts(inputs, layer))


def blueprint_of(experiment: Experiment) -> Blueprint:
    """The blueprint of an experiment's network."""
    return Blueprint(experiment.data.n_features, experiment.network)


def read(text: str) -> Blueprint:
    """Read modules of torch.nn that stand in a row: parted by ->, commas or lines, with or without
    `nn.`, also inside of nn.Sequential(...), also as print(model) shows them.

    Raises BlueprintError, which says in one sentence what is wrong and where.

    >>> read("nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1)").network.outputs
    1
    >>> str(read("nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1)"))
    'Linear(2, 8) -> ReLU -> Linear(8, 1)'
    """
    if len(text) > MOST_CHARACTERS:
        sentence = _("A blueprint has at most {most} characters; this text has {count}.")
        raise BlueprintError(sentence.format(most=MOST_CHARACTERS, count=len(text)), "", 0)
    calls = _Reader(text).calls()
    if not calls:
        sentence = _("There is no module here yet: begin with Linear(2, 8), for instance.")
        raise BlueprintError(sentence, text, 0)
    draft = _Draft(text)
    for number, call in enumerate(calls, start=1):
        draft.add(number, call)
    return draft.finished()


def _parts(inputs: int, layer: Layer) -> list[str]:
    """The modules of a layer that do something, in the order in which they compute."""
    norm = [f"BatchNorm1d({layer.units})"] if layer.batch_norm else []
    bent = [] if layer.activation.name == "Identity" else [str(layer.activation)]
    dropped = [f"Dropout({layer.dropout!r})"] if layer.dropout else []
    return [f"Linear({inputs}, {layer.units})", *norm, *bent, *dropped]


# ---- from text to calls ----


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


@dataclass(frozen=True)
class _Call:
    """A module as it is written: its name and what stands in its parentheses."""

    name: str
    place: int
    given: tuple[tuple[str, Any], ...] = ()
    """Keyword ("" where there is none) and value."""


def _tokens(text: str) -> list[_Token]:
    found = [
        _Token(str(match.lastgroup), match.group(), match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "blank"
    ]
    return [*found, _Token("finish", "", len(text.rstrip()))]


class _Reader:
    """Reads a text token by token."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, _tokens(text), 0

    def calls(self) -> list[_Call]:
        """Every module of the text, those of nested containers in their place."""
        self._skip()
        if [self._ahead(0).kind, self._ahead(1).text] == ["name", "="]:
            self._at += 2
        found = self._row(0)
        if self._ahead().kind != "finish":
            raise self._surprise(self._ahead())
        return found

    def _row(self, depth: int) -> list[_Call]:
        """Modules up to a closing parenthesis or the end of the text."""
        found: list[_Call] = []
        while True:
            self._skip()
            if self._ahead().kind == "finish" or self._ahead().text == ")":
                return found
            found += self._item(depth)

    def _skip(self) -> None:
        """Pass over what parts modules, and over the number that PyTorch prints before each."""
        while self._ahead().kind == "end" or self._ahead().text == ",":
            self._at += 1
        if [self._ahead(place).text for place in (0, 2, 3)] == ["(", ")", ":"]:
            self._at += 4

    def _item(self, depth: int) -> list[_Call]:
        name = self._next()
        if name.kind != "name":
            raise self._surprise(name)
        if name.text in _PROGRAM:
            raise self._surprise(name)
        called = name.text.rpartition(".")[2]
        if called == _CONTAINER and self._ahead().text == "(":
            return self._container(name, depth + 1)
        call = _Call(called, name.place, self._settings())
        if self._ahead().kind not in {"end", "finish"} and self._ahead().text not in {",", ")"}:
            raise self._surprise(self._ahead())
        return [call]

    def _container(self, name: _Token, depth: int) -> list[_Call]:
        if depth > _DEEPEST:
            sentence = _("Too many containers stand in each other here; {most} are read.")
            raise BlueprintError(sentence.format(most=_DEEPEST), self._text, name.place)
        opened = self._next()
        found = self._row(depth)
        self._close(opened)
        return found

    def _close(self, opened: _Token) -> None:
        if self._next().text != ")":
            sentence = _("The parenthesis that is opened here is never closed.")
            raise BlueprintError(sentence, self._text, opened.place)

    def _settings(self) -> tuple[tuple[str, Any], ...]:
        """What stands in the parentheses after a name, if there are any."""
        if self._ahead().text != "(":
            return ()
        opened = self._next()
        given: list[tuple[str, Any]] = []
        while True:
            while self._ahead().text in {",", "\n"}:
                self._at += 1
            if self._ahead().kind == "finish" or self._ahead().text == ")":
                self._close(opened)
                return tuple(given)
            given.append(self._setting())

    def _setting(self) -> tuple[str, Any]:
        keyword = ""
        if self._ahead(1).text == "=":
            keyword = self._next().text
            self._at += 1
        token = self._next()
        if token.text in _WORDS:
            return keyword, _WORDS[token.text]
        if token.kind != "value":
            raise self._surprise(token)
        try:
            return keyword, ast.literal_eval(token.text)
        except (ValueError, SyntaxError):
            raise self._surprise(token) from None

    def _next(self) -> _Token:
        token = self._ahead()
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _ahead(self, distance: int = 0) -> _Token:
        return self._tokens[min(self._at + distance, len(self._tokens) - 1)]

    def _surprise(self, token: _Token) -> BlueprintError:
        """What was met where something else must stand."""
        if token.kind == "finish":
            sentence = _("The text ends in the middle: something is missing here.")
        elif token.text in _PROGRAM:
            sentence = _(
                "This is a program: a blueprint is only a row of modules, such as Linear(2, 8) -> "
                "ReLU."
            )
        else:
            said = _("“{text}” is not expected here: modules stand in a row, with -> between them.")
            sentence = said.format(text=token.text[:_LONGEST_SHOWN])
        return BlueprintError(sentence, self._text, token.place)


# ---- from calls to a network ----


class _Draft:
    """A network that is being put together, module by module."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._layers: list[Layer] = []
        self._inputs, self._stage = 0, 0

    def add(self, number: int, call: _Call) -> None:
        """Put a module behind the others. Raises BlueprintError where it doesn't fit."""
        try:
            where = _("Module {number}, {name}").format(number=number, name=call.name)
            self._add(call)
        except ExperimentError as error:
            sentence = _("{where}: {reason}").format(where=where, reason=error)
            raise BlueprintError(sentence, self._text, call.place) from None
        except _MisfitError as error:
            sentence = _("{where}: {reason}.").format(where=where, reason=error)
            raise BlueprintError(sentence, self._text, call.place) from None

    def finished(self) -> Blueprint:
        """Raises BlueprintError for more layers than a network may have."""
        try:
            return Blueprint(self._inputs, Network(tuple(self._layers)))
        except ExperimentError as error:
            raise BlueprintError(str(error), self._text, 0) from None

    def _add(self, call: _Call) -> None:
        if call.name not in _KINDS:
            sentence = _("it is not among the modules that can stand here, which are {names}")
            raise _MisfitError(sentence.format(names=", ".join(_KINDS)))
        stage, fill = _KINDS[call.name]
        settings = _settings(call)
        if not self._layers and stage > 0:
            raise _MisfitError(_("the first module has to be a Linear, which says how many inputs"))
        if 0 < stage <= self._stage:
            raise _MisfitError(
                _(
                    "it stands too late: after each Linear come at most a BatchNorm1d, then an "
                    "activation, then a Dropout"
                )
            )
        self._stage = stage
        fill(self, call.name, settings)

    def linear(self, _name: str, settings: Mapping[str, Any]) -> None:
        most = MOST_UNITS if self._layers else MOST_INPUTS
        inputs = Whole(1, most).accept("in_features", settings["in_features"])
        layer = Layer(Whole(1, MOST_UNITS).accept("out_features", settings["out_features"]))
        if self._layers:
            self._fits(inputs, f"Linear({self._layers[-1].units}, {layer.units})")
        self._inputs = self._inputs or inputs
        self._layers.append(layer)

    def norm(self, _name: str, settings: Mapping[str, Any]) -> None:
        self._fits(settings["num_features"], f"BatchNorm1d({self._layers[-1].units})")
        self._layers[-1] = replace(self._layers[-1], batch_norm=True)

    def activation(self, name: str, settings: Mapping[str, Any]) -> None:
        choice = ACTIVATIONS.accept("activation", {"name": name, **settings})
        self._layers[-1] = replace(self._layers[-1], activation=choice)

    def dropout(self, _name: str, settings: Mapping[str, Any]) -> None:
        self._layers[-1] = replace(self._layers[-1], dropout=settings["p"])

    def _fits(self, takes: int, mended: str) -> None:
        gives = self._layers[-1].units
        if takes != gives:
            sentence = _("it takes {takes} values, but {gives} come to it: write {mended}")
            raise _MisfitError(sentence.format(takes=takes, gives=gives, mended=mended))


class _MisfitError(ValueError):
    """Why a module can't stand where it stands, as the end of a sentence."""


_Fill = Callable[[_Draft, str, Mapping[str, Any]], None]

_KINDS: Mapping[str, tuple[int, _Fill]] = MappingProxyType(
    {
        "Linear": (0, _Draft.linear),
        "BatchNorm1d": (1, _Draft.norm),
        **dict.fromkeys(ACTIVATIONS, (2, _Draft.activation)),
        "Dropout": (3, _Draft.dropout),
    }
)
"""The modules that are known: at which stage of a layer each one stands, and what it says of it."""

_OWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Linear": frozenset({"in_features", "out_features"}),
        "BatchNorm1d": frozenset({"num_features"}),
        "Dropout": frozenset({"p"}),
        **{name: frozenset(entry.options) for name, entry in ACTIVATIONS.items()},
    }
)
"""The settings that a layer keeps; every other one must be what torch takes without being told."""


def _settings(call: _Call) -> dict[str, Any]:
    """The settings that a layer keeps, by torch's names. Raises _MisfitError."""
    parameters, given = _signature(call.name), {}
    places = iter(parameters)
    for keyword, value in call.given:
        name = keyword or next(places, "")
        if name not in parameters:
            known = ", ".join(parameters) or _("none")
            sentence = _("{name} is not a setting of it; these are: {known}")
            raise _MisfitError(sentence.format(name=keyword or repr(value), known=known))
        if name in given:
            raise _MisfitError(_("{name} is said twice").format(name=name))
        given[name] = value
    _refuse_others(call.name, given, parameters)
    for name, default in parameters.items():
        if default is inspect.Parameter.empty and name not in given:
            raise _MisfitError(_("{name} is missing in its parentheses").format(name=name))
    kept = {name: given[name] for name in given if name in _OWN[call.name]}
    return kept or ({"p": parameters["p"]} if "p" in parameters else {})


def _refuse_others(module: str, given: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    for name, value in given.items():
        free = name in _OWN[module] or name in _WITHOUT_EFFECT
        if not free and value != parameters[name]:
            sentence = _("{name} can only be {default} here")
            raise _MisfitError(sentence.format(name=name, default=parameters[name]))


@cache
def _signature(name: str) -> dict[str, Any]:
    """The settings that torch's module takes, in their order, with their defaults."""
    parameters = inspect.signature(getattr(nn, name)).parameters.values()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {each.name: each.default for each in parameters if each.kind in named}
