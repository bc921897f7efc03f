"""The borders of the house, read from the sources: who may import whom, what a page may hold, where
randomness may come from. Each rule is also shown a line that breaks it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_PAGE = 110
LONGEST_FUNCTION = 40

# Functions of torch that draw from the global generator unless they are given one.
DRAWING = {"rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial", "poisson"}
DRAWING |= {"rand_like", "randn_like", "randint_like"}
DRAWING |= {f"{name}_" for name in ("normal", "uniform", "bernoulli", "exponential", "random")}
DRAWING |= {f"{law}_{shape}_" for law in ("xavier", "kaiming") for shape in ("uniform", "normal")}

Finder = Callable[[ast.Module], Iterator[ast.AST]]


def _core() -> list[Path]:
    outside = {ROOT / "nnlab" / "figures", ROOT / "nnlab" / "ui"}
    return [path for path in _files("nnlab/**/*.py") if not outside & set(path.parents)]


def _files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def imports(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every import with the full name of what it imports, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def importing(*forbidden: str) -> Finder:
    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node, name in imports(tree):
            if any(f"{name}.".startswith(f"{each}.") for each in forbidden):
                yield node

    return find


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what it calls; a method of a value is ".method"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def definitions(tree: ast.Module) -> Iterator[ast.AST]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    return (node for node in ast.walk(tree) if isinstance(node, kinds))


def long_functions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in definitions(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
            yield node


def seeding_for_all(tree: ast.Module) -> Iterator[ast.AST]:
    """Calls that set or draw from a generator which the whole process shares."""
    shared = ("torch.manual_seed", "torch.seed", "torch.cuda.manual_seed", "random.", "np.random.")
    for call, name in calls(tree):
        if name.startswith(shared) or name.startswith("numpy.random."):
            yield call


def drawing_without_a_generator(tree: ast.Module) -> Iterator[ast.AST]:
    for call, name in calls(tree):
        if name.split(".")[-1] in DRAWING and "." in name and keyword(call, "generator") is None:
            yield call


def unpickling(tree: ast.Module) -> Iterator[ast.AST]:
    yield from (call for call, name in calls(tree) if name == "torch.load")
    yield from importing("torch.load", "torch.serialization")(tree)
    yield from importing("pickle", "marshal", "shelve", "dill", "joblib")(tree)


def unpickling_more_than_weights(tree: ast.Module) -> Iterator[ast.AST]:
    """What `unpickling` finds, but for torch.load(..., weights_only=True)."""
    for found in unpickling(tree):
        only = keyword(found, "weights_only") if isinstance(found, ast.Call) else None
        if not (isinstance(only, ast.Constant) and only.value is True):
            yield found


def evaluating(tree: ast.Module) -> Iterator[ast.AST]:
    yield from (call for call, name in calls(tree) if name in {"eval", "exec", "compile"})


def html_from_values(tree: ast.Module) -> Iterator[ast.AST]:
    """Raw HTML that is not written out in the source: a visitor's text could be in it."""
    for call, name in calls(tree):
        raw = keyword(call, "unsafe_allow_html") is not None or name == "st.html"
        if raw and not (call.args and written_out(call.args[0])):
            yield call


def written_out(text: ast.expr) -> bool:
    """Whether a text is a literal, a CONSTANT, or put together of these."""
    if isinstance(text, ast.JoinedStr):
        return all(map(written_out, text.values))
    if isinstance(text, ast.FormattedValue):
        return written_out(text.value)
    return isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id.isupper())


def translating_inside_text(tree: ast.Module) -> Iterator[ast.AST]:
    """Messages inside an f-string, where Babel does not find them before Python 3.12."""
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr):
            yield from (call for call, name in calls(text) if name in {"_", "ngettext"})


@dataclass(frozen=True)
class Rule:
    """What may not be found in some files, and a line in which it must be found."""

    files: list[Path]
    find: Finder
    breach: str


APP = _files("streamlit_app.py", "nnlab/**/*.py", "pages/*.py")
WEIGHTS = ROOT / "nnlab" / "files" / "state_dict.py"
"""The one module that reads what torch.save wrote."""

RULES = {
    "the core knows no screen": Rule(
        _core(), importing("streamlit", "plotly", "pandas"), "def f():\n    import plotly.io"
    ),
    "the core knows no figures": Rule(
        _core(), importing("nnlab.figures", "nnlab.ui", "pages"), "from nnlab import figures"
    ),
    "figures know no app": Rule(
        _files("nnlab/figures/**/*.py"),
        importing("streamlit", "nnlab.ui", "pages"),
        "from nnlab.ui.view import view",
    ),
    "figures do not train": Rule(
        _files("nnlab/figures/**/*.py"),
        importing("nnlab.training.train", "torch.optim"),
        "from nnlab.training import train",
    ),
    "the package knows no page": Rule(
        _files("nnlab/**/*.py"), importing("pages", "streamlit_app"), "import streamlit_app"
    ),
    "a page defines nothing": Rule(_files("pages/*.py"), definitions, "f = lambda x: x"),
    "a page knows no torch": Rule(
        _files("pages/*.py"), importing("torch", "numpy", "plotly", "math"), "import torch.nn as nn"
    ),
    "functions are short": Rule(
        _files("streamlit_app.py", "nnlab/**/*.py", "tests/**/*.py", "benchmarks/**/*.py"),
        long_functions,
        "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION,
    ),
    "no generator is shared": Rule(APP, seeding_for_all, "torch.manual_seed(0)"),
    "no draw is unseeded": Rule(APP, drawing_without_a_generator, "x = torch.randn(2, 3)"),
    "no weight is drawn unseeded": Rule(
        APP, drawing_without_a_generator, "nn.init.xavier_uniform_(layer.weight)"
    ),
    "nothing is unpickled": Rule(
        [path for path in APP if path != WEIGHTS],
        unpickling,
        "torch.load(upload, weights_only=True)",
    ),
    "but weights alone": Rule([WEIGHTS], unpickling_more_than_weights, "torch.load(upload)"),
    "no message hides in a text": Rule(APP, translating_inside_text, "text = f\"{_('Done.')}\""),
    "no text is run as code": Rule(APP, evaluating, "eval(text)"),
    "somebody's code is run by the sandbox alone": Rule(
        [path for path in APP if path.parent.name != "sandbox"],
        importing("nnlab.sandbox.pasted", "nnlab.sandbox.inside", "importlib.abc", "runpy", "code"),
        "from nnlab.sandbox import pasted",
    ),
    "no HTML is made of values": Rule(
        APP, html_from_values, "st.markdown(name, unsafe_allow_html=True)"
    ),
}


def read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


@pytest.mark.parametrize("name", RULES)
def test_the_rule_holds(name: str) -> None:
    rule = RULES[name]
    assert [place(path, node) for path in rule.files for node in rule.find(read(path))] == []


@pytest.mark.parametrize("name", RULES)
def test_the_rule_sees_a_breach(name: str) -> None:
    rule = RULES[name]
    assert list(rule.find(ast.parse(rule.breach)))


UNPICKLING = [
    "from torch import load",
    "from torch.serialization import load",
    "import pickle",
    "torch.load(upload, weights_only=False)",
    "torch.load(upload, weights_only=safe)",
    "torch.load(upload, None, None, weights_only=0)",
]


@pytest.mark.parametrize("line", UNPICKLING)
def test_weights_are_loaded_in_one_way(line: str) -> None:
    assert list(unpickling_more_than_weights(ast.parse(line)))


@pytest.mark.parametrize("path", _files("pages/*.py"), ids=lambda path: path.stem)
def test_a_page_is_a_screen_or_two(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_PAGE


_ALONE = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"streamlit", "plotly", "pandas", "sklearn"}:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Blocked())
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
slow = {"torch._dynamo"} & set(sys.modules)
assert not slow, slow
"""


def test_the_core_imports_without_a_screen() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in _core()
    ]
    run = subprocess.run(
        [sys.executable, "-c", _ALONE, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "nnlab" in modules
