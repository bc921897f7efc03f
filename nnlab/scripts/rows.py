"""The rows of an experiment as lines of PyTorch: drawn, written out or read from the exported
table, then edited, parted, engineered and standardised, and the targets as the loss takes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from torch import Tensor

from nnlab.data import Data, latest
from nnlab.datasets import DATASETS
from nnlab.experiment import Experiment
from nnlab.losses import LOSSES, classes, values
from nnlab.rows import rows_of
from nnlab.scripts.draws import DRAWN, drawn
from nnlab.scripts.section import block
from nnlab.spreadsheet import guarded

WIDTH = 100
"""Characters of a line."""
MOST_ROWS = 300
MOST_NUMBERS = 4000
"""How much is written out; what is larger is read from the table that the app exports."""

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "x1": "{x}[:, 0]",
        "x2": "{x}[:, 1]",
        "x1x1": "{x}[:, 0] ** 2",
        "x2x2": "{x}[:, 1] ** 2",
        "x1x2": "{x}[:, 0] * {x}[:, 1]",
        "sinx1": "torch.sin({x}[:, 0])",
        "sinx2": "torch.sin({x}[:, 1])",
    }
)
"""The engineered features of nnlab.features, by name."""


def draws(data: Data) -> bool:
    """Whether the rows, or which of them are held out, are drawn at random."""
    return data.source.name in DRAWN or data.n_test > 0


def reads_table(data: Data) -> bool:
    """Whether the program reads the rows from a file, see `table_name`."""
    if data.source.name in DRAWN:
        return False
    return data.n_rows > MOST_ROWS or data.n_rows * data.n_raw_features > MOST_NUMBERS


def table_name(data: Data) -> str:
    """What the file is called that `nnlab.table.writing.write_table` fills."""
    return f"{data.source.name}.csv"


def data_lines(experiment: Experiment) -> tuple[str, ...]:
    """The lines that make x [N, F] and y as the network and the loss take them; x_test and y_test
    beside them where rows are held out."""
    data = experiment.data
    return (
        *_raw(experiment),
        *_parted(data),
        *_engineered(data),
        *_standardised(data),
        *_targets(experiment),
    )


def _raw(experiment: Experiment) -> tuple[str, ...]:
    data = experiment.data
    if data.source.name in DRAWN:
        return (*drawn(data), *_edits(data))
    if reads_table(data):
        return _read(data)
    raw = rows_of(experiment).raw
    targets = [str(each) for each in raw.y[:, 0].numpy()]
    return (*written("x", _cells(raw.x)), *written("y", targets, ".unsqueeze(1)"))


def _cells(x: Tensor) -> list[str]:
    """Each row as it stands in a list, with as many digits as float32 has."""
    return [f"[{', '.join(map(str, row))}]" for row in x.numpy()]


def written(name: str, cells: Sequence[str], ending: str = "") -> tuple[str, ...]:
    """A tensor written out, as many cells in a line as fit."""
    whole = f"{name} = torch.tensor([{', '.join(cells)}]){ending}"
    if len(whole) <= WIDTH:
        return (whole,)
    return (f"{name} = torch.tensor([", *_packed(cells), f"]){ending}")


def _packed(cells: Iterable[str]) -> Iterator[str]:
    line = "   "
    for cell in cells:
        if len(line) + len(cell) + 2 > WIDTH and line.strip():
            yield line
            line = "   "
        line += f" {cell},"
    yield line


def _read(data: Data) -> tuple[str, ...]:
    """The table as the app writes it: a line of names, then the rows with the target last."""
    target = "float(row[-1])"
    names: tuple[str, ...] = ()
    if data.classes:
        words = ", ".join(_quoted(guarded(each)) for each in data.names.classes)
        names, target = (f"classes = [{words}]",), "float(classes.index(row[-1]))"
    opened = f'with open("{table_name(data)}", encoding="utf-8", newline="") as file:'
    return (
        *names,
        *block(opened, ("header, *rows = csv.reader(file)",)),
        "x = torch.tensor([[float(value) for value in row[:-1]] for row in rows])",
        f"y = torch.tensor([[{target}] for row in rows])",
    )


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


def _edits(data: Data) -> Iterator[str]:
    """Rows moved, added and taken out by hand."""
    count = DATASETS[data.source.name].n_samples(DATASETS.settings(data.source))
    said = latest(data.edits)
    for row, point in said.items():
        if point and row < count:
            yield f"x[{row}], y[{row}] = torch.tensor({list(point[:-1])}), {point[-1]!r}"
    added = [said[row] for row in sorted(said) if row >= count and said[row]]
    if added:
        yield f"x = torch.cat((x, torch.tensor({[list(point[:-1]) for point in added]})))"
        yield f"y = torch.cat((y, torch.tensor({[[point[-1]] for point in added]})))"
    gone = sorted(row for row, point in said.items() if not point and row < count)
    if gone:
        yield f"kept = [row for row in range(len(x)) if row not in {gone}]"
        yield "x, y = x[kept], y[kept]"


def _parted(data: Data) -> Iterator[str]:
    if data.n_test:
        yield "order = torch.randperm(len(x))"
        yield f"test = order[:{data.n_test}].sort().values"
        yield f"training = order[{data.n_test}:].sort().values"
        yield "x_test, y_test = x[test], y[test]"
        yield "x, y = x[training], y[training]"


def _engineered(data: Data) -> Iterator[str]:
    if data.features:
        columns = ", ".join(COLUMNS[name] for name in data.features)
        yield from _both(data, f"{{x}} = torch.stack(({columns},), 1)")


def _standardised(data: Data) -> Iterator[str]:
    if data.standardise:
        yield "mean, std = x.double().mean(0), x.double().std(0, unbiased=False)"
        yield "std = torch.where(std == 0, 1.0, std)"
        yield from _both(data, "{x} = (({x}.double() - mean) / std).float()")


def _targets(experiment: Experiment) -> Iterator[str]:
    form = LOSSES[experiment.training.loss.name].target
    yield from _both(experiment.data, _FORMS[form](experiment.network.outputs))


_FORMS: Mapping[Callable[..., Tensor], Callable[[int], str]] = MappingProxyType(
    {
        classes: lambda outputs: "{y} = {y}[:, 0].long()",
        values: lambda outputs: (
            f"{{y}} = nn.functional.one_hot({{y}}[:, 0].long(), {outputs}).float()"
            if outputs > 1
            else ""
        ),
    }
)
"""What is done to class numbers [N, 1], by the form of target that a loss takes."""


def _both(data: Data, line: str) -> Iterator[str]:
    """A line for the training rows, and the same for the test rows where there are any."""
    if line:
        yield line.format(x="x", y="y")
    if line and data.n_test:
        yield line.format(x="x_test", y="y_test")
