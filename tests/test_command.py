"""The command line, run as a person or a program runs it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnlab.command import COMMANDS, DIVERGED, DONE, REFUSED, main
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.files.tensors import read_safetensors
from nnlab.files.weights import FORMATS
from nnlab.registry import Choice
from nnlab.training import train
from tests.interpreter import printed_by

ROOT = Path(__file__).parents[1]
EXPERIMENT = Experiment(
    Data(Choice("circle", (("n_samples", 40),)), seed=0, test_share=0.5),
    Network((Layer(3, Choice("Tanh")), Layer(1))),
    Training(loss=Choice("BCEWithLogitsLoss"), learning_rate=0.3, epochs=5, batch_size=10),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    target = tmp_path / "experiment.json"
    target.write_text(EXPERIMENT.dumps(), encoding="utf-8")
    return target


def test_training_prints_the_runs_own_losses(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(file), "--engine", "reference", "--seed", "3"]) == DONE
    said = capsys.readouterr()
    run = train(replace(EXPERIMENT, seed=3), engine="reference")
    summary = json.loads(said.out)
    assert (summary["steps"], summary["engine"]) == (10, "reference")
    assert summary["train_loss"] == pytest.approx(run.losses[-1].item(), abs=0.2)
    assert said.err == ""


def test_everything_that_is_asked_for_is_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {name: tmp_path / f"run.{name}" for name in ("html", "safetensors", "csv")}
    options = ["--plot", "html", "--weights", "safetensors", "--history", "csv"]
    words = [str(names[each]) if each in names else each for each in options]
    assert main(["train", str(file), "--engine", "reference", *words]) == DONE
    run = train(EXPERIMENT, engine="reference")
    weights = read_safetensors(names["safetensors"].read_bytes())
    expected = run.module().state_dict()
    assert all(torch.equal(weights[name], expected[name]) for name in expected)
    lines = list(csv.DictReader(io.StringIO(names["csv"].read_text())))
    assert [int(each["step"]) for each in lines] == run.steps.tolist()
    page = names["html"].read_text(encoding="utf-8")
    assert "Linear(2, 3)" in page
    assert 'src="http' not in page
    assert json.loads(capsys.readouterr().out)["steps"] == EXPERIMENT.n_steps


@pytest.mark.parametrize("ending", [*FORMATS, "onnx"])
def test_weights_take_the_format_of_the_name(file: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"weights.{ending}"
    assert main(["train", str(file), "--weights", str(target)]) == DONE
    assert target.stat().st_size > 100


def test_divergence_has_its_own_exit_code_and_still_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wild = Experiment(training=Training(learning_rate=1000.0, epochs=300, l2=10.0))
    target = tmp_path / "wild.json"
    target.write_text(wild.dumps(), encoding="utf-8")
    assert main(["train", str(target)]) == DIVERGED
    said = capsys.readouterr()
    assert json.loads(said.out)["diverged_at"] > 0
    assert said.err.startswith("nnlab: the loss diverged")


def test_the_script_prints_what_the_run_says(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["script", str(file), "--class"]) == DONE
    (printed,) = printed_by([capsys.readouterr().out])
    assert len(printed.splitlines()) > EXPERIMENT.n_steps
    assert main(["script", str(file), "--notebook"]) == DONE
    assert json.loads(capsys.readouterr().out)["nbformat"] == 4


def test_show_says_it_in_a_few_lines(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(file)]) == DONE
    assert "Linear(2, 3) -> Tanh -> Linear(3, 1)" in capsys.readouterr().out


def test_a_sweep_is_a_table(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    over = ["--over", "learning_rate=0.1,0.3", "--over", "seed=0..2"]
    assert main(["sweep", str(file), *over]) == DONE
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    asked = {(each["learning_rate"], each["seed"]) for each in lines}
    assert asked == {(rate, seed) for rate in ("0.1", "0.3") for seed in "012"}


# Words that can't be used, and what the one sentence says.
REFUSALS: list[tuple[Sequence[str], str]] = [
    (["train", "nowhere.json"], "No such file"),
    (["train", "."], "directory"),
    (["train", "FILE", "--engine", "steam"], "engine is 'steam'"),
    (["train", "FILE", "--device", "abacus"], "device is 'abacus'"),
    (["train", "FILE", "--seed", "-1"], "seed is -1"),
    (["train", "FILE", "--weights", "weights.txt"], ".safetensors"),
    (["train", "FILE", "--history", "/no/such/folder/h.csv"], "No such file"),
    (["sweep", "FILE", "--over", "size=3"], "grid is 'size'"),
    (["sweep", "FILE", "--over", "seed"], "write a name"),
    (["sweep", "FILE", "--over", "seed=a"], "seed is 'a'"),
    (["show", "README.md"], "must be JSON"),
    (["show", "/dev/null"], "is empty"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSALS, ids=str)
def test_what_can_not_be_used_is_one_sentence(
    words: Sequence[str], sentence: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file) if each == "FILE" else each for each in words]) == REFUSED
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nnlab: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([n, "--help"] for n in COMMANDS)])
def test_help_and_version_are_there(
    words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == DONE
    said = capsys.readouterr()
    assert "nnlab" in said.out
    assert ("exit codes" in said.out) is (words != ["--version"])


@pytest.mark.parametrize(
    "words", [[], ["frobnicate", "x"], ["train"], ["train", "x", "--wheights"]]
)
def test_words_that_are_no_command_exit_as_everywhere(words: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == REFUSED


_BARE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"streamlit", "plotly", "pandas"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
from nnlab.command import main
sys.exit(main(sys.argv[1:]))
"""


def test_without_the_app_and_plotly_it_works_from_standard_input_into_a_closed_pipe() -> None:
    code = [sys.executable, "-c", _BARE]
    text = replace(EXPERIMENT, training=replace(EXPERIMENT.training, epochs=9000)).dumps()
    ran = subprocess.Popen(
        [*code, "train", "-", "--history", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert ran.stdin is not None
    assert ran.stdout is not None
    assert ran.stderr is not None
    ran.stdin.write(text.encode())
    ran.stdin.close()
    assert ran.stdout.readline().startswith(b"step,epoch,")
    ran.stdout.close()
    assert ran.stderr.read() == b""
    assert ran.wait() == DONE
    ran.stderr.close()
    plotted = subprocess.run(
        [*code, "train", "-", "--plot", "x.html"],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert plotted.returncode == REFUSED
    assert b"needs plotly" in plotted.stderr
