"""The program of any experiment runs as it is in a fresh interpreter and prints the losses of the
run, to the last digit."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.data import PointEdit
from nnlab.datasets import DATASETS
from nnlab.datasets.curves import CURVES
from nnlab.engines.learner import with_targets
from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
from nnlab.features import FEATURES
from nnlab.graft import graft, with_layer, with_layers, without_layer
from nnlab.initialisers import INITIALISERS
from nnlab.language import use
from nnlab.losses import LOSSES
from nnlab.network import build
from nnlab.optimizers import OPTIMIZERS
from nnlab.packed import PARAMETERS, pack
from nnlab.registry import Choice
from nnlab.rows import rows_of
from nnlab.schedules import SCHEDULES
from nnlab.scripts import draws, rows
from nnlab.scripts.module import STYLES
from nnlab.scripts.program import program
from nnlab.scripts.rate import FACTORS
from nnlab.table.writing import write_table
from nnlab.training import Run, train
from tests.interpreter import printed_by
from tests.networks import untrained
from tests.strategies import OPTIMIZER_CHANGES, experiments

Case = tuple[Experiment, str]


def ending(run: Run) -> list[float]:
    """The loss on all training rows and on the test rows, as the network is at the end."""
    module, found = run.module(), rows_of(run.experiment)
    criterion = LOSSES.make(run.experiment.training.loss)
    sides = [with_targets(run.experiment, each) for each in (found.samples(), found.test_samples())]
    with torch.no_grad():
        return [criterion(module(each.x), each.y).item() for each in sides if len(each.x)]


def end_of(experiment: Experiment) -> tuple[Run, int | None]:
    """The run, and the step at which its patience was over."""
    run = train(experiment, engine="reference")
    return run, run.stopped_at


def assert_printed(run: Run, printed: str) -> None:
    """What was printed is the run's; after a loss that is no number anything may follow."""
    lines = printed.splitlines()
    losses = [float(line.split("loss:")[1]) for line in lines if line.startswith("epoch")]
    known = run.losses.tolist() if run.diverged_at is not None else run.losses[:-1].tolist()
    assert losses[: len(known)] == known, printed
    if run.diverged_at is None:
        assert [float(line.split("loss:")[1]) for line in lines[len(known) :]] == ending(run)


def assert_all_printed(cases: list[Case]) -> None:
    ends = [end_of(experiment) for experiment, _style in cases]
    sources = [
        program(experiment, style, until)
        for (experiment, style), (_run, until) in zip(cases, ends, strict=True)
    ]
    for (run, _until), said in zip(ends, printed_by(sources), strict=True):
        assert_printed(run, said)


def test_any_experiments_program_prints_its_losses() -> None:
    """Many are drawn, and all their programs run in one interpreter."""
    cases: list[Case] = []

    @settings(max_examples=80)
    @given(experiments(), st.sampled_from(list(STYLES)))
    def draw(experiment: Experiment, style: str) -> None:
        cases.append((experiment, style))

    draw()
    assert_all_printed([each for each in cases if each[0].training.epochs > 0])


# ---- every name in every registry ----

DEEP = Network(
    (
        Layer(6, Choice("ReLU"), dropout=0.5, batch_norm=True),
        Layer(4, Choice("Tanh"), dropout=0.2),
        Layer(1),
    )
)
MINI = Training(batch_size=4, shuffle=True, epochs=3, learning_rate=0.1)


def on(source: Choice, **more: object) -> Experiment:
    """A small network on a data set, for as many classes as it has."""
    data = Data(source, **more)  # type: ignore[arg-type]
    outputs = data.classes if data.classes > 2 else 1
    loss = "CrossEntropyLoss" if outputs > 1 else "MSELoss"
    training = replace(MINI, loss=Choice(loss), batch_size=64)
    return Experiment(data, Network((Layer(3, Choice("Tanh")), Layer(outputs))), training, seed=3)


def with_settings(name: str, options: Mapping[str, object]) -> Choice:
    return DATASETS.accept("source", {"name": name, **options})


def _sources() -> list[Experiment]:
    """Every data set, every curve; the seed of its own or the experiment's."""
    noisy = {"noise": 0.25}
    found = []
    for name, source in DATASETS.items():
        options = {key: value for key, value in noisy.items() if key in source.options}
        if name == "randn":
            options = {"n_samples": 7}
        chosen = with_settings(name, options)
        if not rows.reads_table(Data(chosen)):
            found += [on(chosen), on(chosen, seed=4, test_share=0.25, standardise=True)]
    for curve in CURVES:
        found += [on(with_settings(name, {"curve": curve})) for name in ("curve", "function")]
    return found


def _settings() -> list[Experiment]:
    losses = {
        "BCELoss": Layer(1, Choice("Sigmoid")),
        "CrossEntropyLoss": Layer(2),
    }
    found = [
        Experiment(
            network=Network((losses.get(name, Layer(1)),)),
            training=replace(MINI, loss=Choice(name)),
        )
        for name in LOSSES
    ]
    found += [
        Experiment(network=Network((Layer(3, Choice(name)), Layer(1)))) for name in ACTIVATIONS
    ]
    found += [Experiment(training=replace(MINI, optimizer=Choice(name))) for name in OPTIMIZERS]
    for name in SCHEDULES:
        scheduled = replace(MINI, schedule=Choice(name), epochs=8)
        later = Intervention(5, "learning_rate", 0.3)
        other = Intervention(8, "optimizer", Choice("Adam"))
        found += [
            Experiment(training=scheduled),
            Experiment(training=scheduled, interventions=(later, other)),
        ]
    for name in INITIALISERS:
        network = replace(DEEP, initialiser=Choice(name))
        found += [Experiment(Data(seed=seed), network, MINI) for seed in (None, 2)]
    return found


CHANGES = (
    Intervention(0, "w1.0.2", 0.5),
    Intervention(0, "learning_rate", 0.2),
    *(
        Intervention(4, name, value)
        for name, value in (
            ("w0.1.2", -1.0),
            ("b2.0", 0.25),
            ("gamma0.1", 2.0),
            ("beta0.3", -0.5),
            ("w0.1.2", 3.0),
        )
    ),
    Intervention(5, "learning_rate", 0.01),
    Intervention(5, "l1", 0.01),
    Intervention(7, "l2", 0.02),
    Intervention(8, "batch_size", 5),
    Intervention(10, "dropout0", 0.0),
    Intervention(11, "dropout1", 0.6),
    Intervention(13, "batch_size", 10),
    Intervention(14, "b0.0", 1.5),
)
"""A change of every kind, some of them at once, one after the last update."""
LONG = Experiment(network=DEEP, training=replace(MINI, epochs=6), interventions=CHANGES)


def _loaded() -> list[Experiment]:
    """All parameters set at once, as a file brings them, before and in the training."""
    found = []
    for kept in (0, LONG.n_buffers):
        numbers = torch.linspace(0.1, 1, LONG.n_parameters + kept)
        loaded = [Intervention(step, PARAMETERS, pack(numbers)) for step in (0, 7)]
        part = Intervention(7, "w0.0.0", -1.0)
        found.append(replace(LONG, interventions=(*loaded, part)))
    return found


def _grafted() -> list[Experiment]:
    """What goes on with other units, layers or activations than it has learned with."""
    module, (first, *others) = train(LONG).module(), DEEP.layers
    smooth = replace(first, units=7, activation=Choice("SiLU"))
    successors = (
        with_layers(DEEP, (smooth, *others)),
        with_layers(DEEP, (replace(first, units=2, batch_norm=not first.batch_norm), *others)),
        with_layer(DEEP, 1),
        without_layer(DEEP, 0),
    )
    return [graft(LONG, each, module).experiment for each in successors]


def _changed() -> list[Experiment]:
    found = [LONG, replace(LONG, training=replace(LONG.training, patience=2, l1=0.1))]
    for before in OPTIMIZER_CHANGES:
        for after in OPTIMIZER_CHANGES:
            changes = (Intervention(4, "optimizer", after),)
            found.append(
                Experiment(training=replace(MINI, optimizer=before), interventions=changes)
            )
    return found


DRAGGED = tuple(
    replace(
        LONG,
        training=replace(LONG.training, schedule=Choice(schedule)),
        interventions=tuple(
            Intervention(step, name, step / 100) for name in names for step in (3, 5, 6, 9)
        ),
    )
    for schedule in ("constant", "warm_up")
    for names in (("learning_rate",), ("l2", "dropout0"), ("w1.0.2",))
)
"""What sliders change that are dragged, one at a time or (at the same steps) two."""


def _prepared() -> list[Experiment]:
    """Engineered features, standardising and rows moved, added and taken out."""
    edits = (
        PointEdit(2, (0.5, -0.5, 1.0)),
        PointEdit(3),
        PointEdit(20, (0.1, 0.2, 0.0)),
        PointEdit(21, (0.1, 0.2, 1.0)),
        PointEdit(20),
    )
    moons = with_settings("moons", {"n_samples": 20})
    still = with_settings(
        "points", {"rows": ((1.0, 2.0, 0.0), (1.0, 3.0, 1.0), (1.0, 5.5, 1.0)), "classes": 2}
    )
    return [
        *(on(moons, features=(name,), test_share=0.3) for name in FEATURES),
        on(moons, features=tuple(FEATURES), standardise=True, edits=edits),
        on(moons, edits=edits, test_share=0.4, seed=1),
        on(still, standardise=True),
    ]


EVERYTHING = [
    *_sources(),
    *_settings(),
    *_loaded(),
    *_grafted(),
    *_changed(),
    *DRAGGED,
    *_prepared(),
]


def test_every_name_in_every_registry_is_a_line_of_pytorch() -> None:
    assert set(draws.DRAWN) | {"points", "iris", "wine", "breast_cancer", "digits"} == set(DATASETS)
    assert set(draws.CURVES) == set(CURVES)
    assert set(rows.COLUMNS) == set(FEATURES)
    assert {"constant", *FACTORS} == set(SCHEDULES)


def test_the_program_of_everything_prints_its_losses() -> None:
    styles = list(STYLES) * len(EVERYTHING)
    assert_all_printed(list(zip(EVERYTHING, styles, strict=False)))


# ---- its end, its table, its language, its looks ----

ENDS = (0, 1, 4, 5, 6, 8, 14, LONG.n_steps)
LASTING = Experiment(training=Training(batch_size=5, epochs=600))
UNTRAINED = untrained((3, 2, 2), ("ReLU", "Tanh"))
_MANY = tuple((place / 7, place % 5 / 3, float(place % 2)) for place in range(400))
_NAMED = {"rows": _MANY, "classes": 2, "labels": ("=a", "b, c")}
TABLES = [
    on(with_settings("points", _NAMED), test_share=0.5, seed=1),
    on(with_settings("digits", {}), test_share=0.5),
]


def in_chinese(experiment: Experiment) -> str:
    use("zh_CN")
    try:
        return program(experiment)
    finally:
        use("en")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What some programs print, all of them in one interpreter, beside the tables they read."""
    sources = {
        "ends": [program(LONG, style, end) for end in ENDS for style in STYLES],
        "lasting": [program(LASTING)],
        "tables": [program(each) for each in TABLES],
        "untrained": [program(UNTRAINED)],
        "chinese": [in_chinese(LONG)],
    }
    folder = tmp_path_factory.mktemp("tables")
    for each in TABLES:
        table = folder / rows.table_name(each.data)
        table.write_text(write_table(each), encoding="utf-8")
    with contextlib.chdir(folder):
        printed = iter(printed_by(list(itertools.chain(*sources.values()))))
    return {name: [next(printed) for _source in each] for name, each in sources.items()}


def losses_in(printed: str) -> list[float]:
    return [float(line.split("loss:")[1]) for line in printed.splitlines()]


def test_it_goes_as_far_as_it_is_told(said: Mapping[str, list[str]]) -> None:
    """Also into the middle of an epoch; what is changed at that step is in the last line."""
    run, criterion = train(LONG, engine="reference"), LOSSES.make(LONG.training.loss)
    samples = with_targets(LONG, rows_of(LONG).samples())
    ends = [end for end in ENDS for _style in STYLES]
    for end, printed in zip(ends, said["ends"], strict=True):
        *losses, last = losses_in(printed)
        assert losses == run.losses[:end].tolist()
        with torch.no_grad():
            assert last == criterion(run.module(end)(samples.x), samples.y)


def test_of_a_long_training_some_losses_are_printed(said: Mapping[str, list[str]]) -> None:
    losses = train(LASTING, engine="reference").losses
    assert losses_in(said["lasting"][0])[:-1] == losses[:-1:10].tolist()


def test_what_is_too_much_to_write_out_is_read_from_the_table(
    said: Mapping[str, list[str]],
) -> None:
    for experiment, printed in zip(TABLES, said["tables"], strict=True):
        assert rows.reads_table(experiment.data)
        assert_printed(train(experiment, engine="reference"), printed)


def test_a_network_that_is_not_trained_says_its_outputs(said: Mapping[str, list[str]]) -> None:
    module, samples = build(UNTRAINED), rows_of(UNTRAINED).samples()
    with torch.no_grad():
        assert said["untrained"] == [f"{module(samples.x)}\n"]


def test_its_comments_are_in_the_readers_language(said: Mapping[str, list[str]]) -> None:
    assert said["chinese"] == [said["ends"][-2]]
    source = in_chinese(LONG)
    comments = [line.split("# ")[1] for line in source.splitlines() if "# " in line]
    assert len(comments) > 5
    assert all(re.search("[\u4e00-\u9fff]", each) for each in comments)


def test_it_reads_like_the_tutorial() -> None:
    """Nothing stands there that the tutorial does not need."""
    assert program(Experiment()) == TUTORIAL


TUTORIAL = """\
import torch
import torch.nn as nn

# The data
torch.manual_seed(0)
x = torch.randn(10, 10)
y = torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0], [1.0], [0.0], [0.0], [1.0], [1.0]])

# The network
model = nn.Sequential(
    nn.Linear(10, 5),
    nn.ReLU(),
    nn.Linear(5, 1),
    nn.Sigmoid(),
)

# The loss and the optimizer
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

# The training
for epoch in range(50):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    print('epoch: ', epoch, ' loss: ', loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# How well it does now
with torch.no_grad():
    print('training loss: ', criterion(model(x), y).item())
"""


def test_what_a_drag_has_changed_is_a_table_and_one_condition() -> None:
    source = program(DRAGGED[0])
    assert "3: 0.03, 5: 0.05, 6: 0.06, 9: 0.09," in source
    assert source.count("# changed by hand") == 1
