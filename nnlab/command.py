"""The command line: experiments are trained, shown, swept and written as programs, without the
app. Results go to the standard output, progress and complaints to the standard error."""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from nnlab.bounds import MOST_BYTES

DONE, DIVERGED, REFUSED, INTERRUPTED = 0, 1, 2, 130
VERSION = "1.0"
_STREAM = "-"
_PARTS = 50

_ABOUT = "Train and look at small neural networks, on real PyTorch."
_CODES = (
    "exit codes: 0 done; 1 the loss diverged (what was asked for is still written); 2 a file, a "
    "value or a command that can't be used, said in one sentence; 130 interrupted."
)
_EXAMPLES = """examples:
  python -m nnlab train experiment.json --plot loss.html --weights trained.safetensors
  python -m nnlab train - --history - < experiment.json | head
  python -m nnlab sweep experiment.json --over learning_rate=0.01,0.1 --over seed=0..9
"""


class Refusal(ValueError):  # noqa: N818 - it is no error of the program
    """Something that can't be done, as one sentence."""


class Command(NamedTuple):
    """What a command does: its work, which gives the exit code, and what it says of itself."""

    work: Callable[[Namespace], int]
    help: str
    options: Callable[[ArgumentParser], None]


def main(words: Sequence[str]) -> int:
    """Do what the words say; returns the exit code. What can't be used is said in one sentence."""
    try:
        chosen = parser().parse_args(words)
        code = COMMANDS[chosen.command].work(chosen)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough, and nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except (ValueError, OSError, ImportError) as error:
        _complain(_sentence(error))
        return REFUSED
    return code


def parser() -> ArgumentParser:
    """All commands and their options."""
    plain = argparse.RawDescriptionHelpFormatter
    found = ArgumentParser("python -m nnlab", description=_ABOUT, formatter_class=plain)
    found.epilog = f"{_EXAMPLES}\n{_CODES}"
    found.add_argument("--version", action="version", version=f"nnlab {VERSION}")
    commands = found.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        each = commands.add_parser(name, help=command.help, description=command.help, epilog=_CODES)
        each.add_argument("experiment", help="a file that the app saved, or - for standard input")
        each.add_argument("--seed", type=int, help="another seed than the file's")
        command.options(each)
    return found


# ---- train ----


def _train_options(found: ArgumentParser) -> None:
    _engine_options(found)
    found.add_argument("--device", default="auto", help="auto, cpu, cuda:0, mps (default: auto)")
    found.add_argument("--plot", metavar="HTML", help="draw the learning curves (needs plotly)")
    found.add_argument(
        "--weights", metavar="FILE", help="write the weights: .safetensors, .pt or .onnx"
    )
    found.add_argument("--history", metavar="CSV", help="write the losses, a line for each moment")
    found.add_argument("--quiet", "-q", action="store_true", help="no progress")


def _engine_options(found: ArgumentParser) -> None:
    found.add_argument(
        "--engine",
        default="auto",
        help="auto, compiled, batched or reference (default: auto)",
    )


def _train(chosen: Namespace) -> int:
    experiment = _experiment(chosen)
    write = _weights_writer(chosen.weights) if chosen.weights else None
    draw = _plot_writer() if chosen.plot else None
    run = _trained(experiment, chosen)
    if write is not None:
        _write(chosen.weights, write(run))
    if draw is not None:
        _write(chosen.plot, draw(run).encode())
    if chosen.history:
        history = import_module("nnlab.files.history")
        _write(chosen.history, history.write_history(run))
    if _STREAM not in {chosen.weights, chosen.plot, chosen.history}:
        _print(json.dumps(_summary(run), indent=1))
    if run.diverged_at is not None:
        _complain(f"the loss diverged at step {run.diverged_at}: try a smaller learning rate")
        return DIVERGED
    return DONE


def _trained(experiment: Any, chosen: Namespace) -> Any:
    training = import_module("nnlab.training")
    if chosen.engine == "compiled":
        import_module("nnlab.engines.compiled").warm().join()
    run = training.Trainer(experiment, chosen.device, chosen.engine).run
    parts = training.train_gradually(experiment, chosen.device, _PARTS, chosen.engine)
    for run in parts:
        if not chosen.quiet:
            _tell(int(run.steps[-1]), experiment.n_steps, "steps")
    return run


def _summary(run: Any) -> dict[str, Any]:
    outcome = import_module("nnlab.sweep").outcome_of(run)
    last = [each if math.isfinite(each) else None for each in outcome.losses[-1].tolist()]
    held_out = {"test_loss": last[1]} if run.experiment.data.n_test else {}
    return {
        "train_loss": last[0],
        **held_out,
        "steps": int(run.steps[-1]),
        "diverged_at": run.diverged_at,
        "stopped_at": run.stopped_at,
        "parameters": run.experiment.n_parameters,
        "engine": run.engine,
        "device": str(run.device),
    }


def _weights_writer(name: str) -> Callable[[Any], bytes]:
    """How weights are written to a file of this name, known before the training begins."""
    formats = import_module("nnlab.files.weights").FORMATS
    ending = Path(name).suffix.removeprefix(".") if name != _STREAM else "safetensors"
    if ending == "onnx":
        onnx = import_module("nnlab.files.onnx")
        return lambda run: bytes(onnx.write_onnx(run.experiment, run.module()))
    if ending not in formats:
        raise Refusal(f"--weights {name}: the name has to end with .onnx, .{', .'.join(formats)}.")
    return lambda run: bytes(formats[ending].write(run.module()))


def _plot_writer() -> Callable[[Any], str]:
    """The core knows no figures: they are asked for by name, and only here."""
    try:
        import_module("plotly")
    except ImportError:
        raise Refusal("--plot needs plotly: pip install plotly.") from None
    document: Callable[[Any], str] = import_module("nnlab.figures.document").document
    return document


# ---- show, script ----


def _show(chosen: Namespace) -> int:
    experiment = _experiment(chosen)
    blueprint = import_module("nnlab.blueprint").blueprint_of(experiment)
    data, training = experiment.data, experiment.training
    held_out = f", {data.n_test} held out" if data.n_test else ""
    _print(
        f"network   {blueprint}\n"
        f"          {experiment.n_parameters:,} parameters, {experiment.network.initialiser}\n"
        f"data      {data.source.name}: {data.n_rows} rows{held_out}\n"
        f"loss      {training.loss}\n"
        f"optimizer {training.optimizer}, learning rate {training.learning_rate:g}\n"
        f"training  {training.epochs} epochs of {experiment.steps_per_epoch} steps, "
        f"{len(experiment.interventions)} interventions\n"
        f"seed      {experiment.seed}"
    )
    return DONE


def _script_options(found: ArgumentParser) -> None:
    found.add_argument(
        "--class",
        dest="style",
        action="store_const",
        const="class",
        default="Sequential",
        help="with the network as a class of its own",
    )
    found.add_argument("--notebook", action="store_true", help="as a Jupyter notebook")


def _script(chosen: Namespace) -> int:
    experiment, style = _experiment(chosen), chosen.style
    if chosen.notebook:
        _print(import_module("nnlab.scripts.notebook").notebook(experiment, style))
    else:
        _print(import_module("nnlab.scripts.program").program(experiment, style))
    return DONE


# ---- sweep ----


def _sweep_options(found: ArgumentParser) -> None:
    _engine_options(found)
    found.add_argument(
        "--over",
        action="append",
        required=True,
        metavar="NAME=VALUES",
        help="a setting with its values: learning_rate=0.01,0.1 or seed=0..9; may be repeated",
    )
    found.add_argument("--quiet", "-q", action="store_true", help="no progress")


def _sweep(chosen: Namespace) -> int:
    sweeping = import_module("nnlab.sweep")
    grid = dict(map(_axis, chosen.over))
    work = sweeping.sweep(_experiment(chosen), grid, engine=chosen.engine)
    written = csv.writer(sys.stdout, lineterminator="\n")
    written.writerow([*grid, "train_loss", "test_loss", "diverged_at"])
    for values, outcome in work:
        diverged = "" if outcome.diverged_at is None else outcome.diverged_at
        written.writerow([*values, *outcome.losses[-1].tolist(), diverged])
        if not chosen.quiet:
            _tell(len(work.outcomes), len(work.experiments), "networks")
    for values, reason in work.failed.items():
        _complain(f"{values}: {reason}")
    broken = any(each.diverged_at is not None for each in work.outcomes.values())
    return DIVERGED if broken or work.failed else DONE


def _axis(text: str) -> tuple[str, list[Any]]:
    """A setting and its values."""
    name, sign, values = text.partition("=")
    if not sign or not values:
        raise Refusal(f"--over {text}: write a name, = and values, as in learning_rate=0.01,0.1.")
    return name, list(itertools.chain(*map(_values, values.split(","))))


def _values(text: str) -> Iterator[Any]:
    first, sign, last = text.partition("..")
    if sign and first.isdecimal() and last.isdecimal():
        yield from range(int(first), int(last) + 1)
        return
    try:
        yield json.loads(text)
    except ValueError:
        yield text


COMMANDS = MappingProxyType(
    {
        "train": Command(_train, "train an experiment and write what is asked for", _train_options),
        "show": Command(_show, "say in a few lines what an experiment is", lambda _found: None),
        "script": Command(_script, "write the experiment as a PyTorch program", _script_options),
        "sweep": Command(_sweep, "train every combination of a few settings", _sweep_options),
    }
)


# ---- reading and writing ----


def _experiment(chosen: Namespace) -> Any:
    """The experiment of a file or of the standard input, with the seed that is asked for."""
    most = MOST_BYTES + 1
    if chosen.experiment == _STREAM:
        content = sys.stdin.buffer.read(most)
    else:
        with Path(chosen.experiment).open("rb") as source:
            content = source.read(most)
    experiment = import_module("nnlab.files.saved").read_experiment(content).experiment
    return experiment if chosen.seed is None else replace(experiment, seed=chosen.seed)


def _write(name: str, content: bytes) -> None:
    if name == _STREAM:
        sys.stdout.buffer.write(content)
    else:
        Path(name).write_bytes(content)


def _print(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")


def _tell(done: int, of: int, what: str) -> None:
    """Progress: one line that is written anew on a terminal, nothing for a file or a pipe."""
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        sys.stderr.write(f"\r{done:,} of {of:,} {what} ({done / max(of, 1):.0%}){end}")
        sys.stderr.flush()


def _complain(sentence: str) -> None:
    sys.stderr.write(f"nnlab: {sentence}\n")


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return str(error)
