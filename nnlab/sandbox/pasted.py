"""Somebody's code, run in this very process. Nothing but the sandbox's own process, behind its
walls, may import this."""

from __future__ import annotations

import inspect
import sys
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

from torch import nn

NAME = "pasted"


class NoModuleError(ValueError):
    """The code holds no nn.Module that can be made."""


class _Loader(InspectLoader):
    """Loads a module from a text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, fullname: str) -> str:
        return self._source


def run(source: str) -> ModuleType:
    """Run the text as a module. Raises whatever it raises."""
    loader = _Loader(source)
    spec = spec_from_loader(NAME, loader)
    if spec is None:
        raise ImportError(NAME)
    module = module_from_spec(spec)
    sys.modules[NAME] = module
    loader.exec_module(module)
    return module


def network(pasted: ModuleType) -> nn.Module:
    """What is to be trained: the variable `model` where there is one, else the last class that is
    an nn.Module, made without arguments. Raises NoModuleError, and whatever the class raises."""
    model = getattr(pasted, "model", None)
    if isinstance(model, nn.Module):
        return model
    classes = [
        each
        for each in vars(pasted).values()
        if inspect.isclass(each) and issubclass(each, nn.Module) and each.__module__ == NAME
    ]
    if not classes:
        raise NoModuleError(NAME)
    made: nn.Module = classes[-1]()
    return made


def line_of(error: BaseException) -> int:
    """The line of the code at which the error came up, counted from 1; 0 where it is none of it."""
    found = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == NAME:
            found = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        found = error.lineno
    return found
