"""The controls, the walk through one step, and the verdicts of the lesson on learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import streamlit as st
from torch import Tensor

from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.figures.drawing import Diagram, draw_trace
from nnlab.figures.loss import LossCurve, loss_curve
from nnlab.figures.network import diagram
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.registry import Choice
from nnlab.step import StepTrace, trace_step
from nnlab.training import STEPS, Run
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.controls import choose_seed
from nnlab.ui.runs import run_of
from nnlab.ui.slider import LogScale, WholeScale, live_slider
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view

AT = "training_at"
PART = "training_part"
_LOG_LINES = 12

_EDGES = {"weight": N_("weights"), "gradient": N_("gradients"), "change": N_("changes")}
_ENDS = ("Sigmoid", "Identity")
_FORMULA = (
    r"\theta \leftarrow \theta - \eta \frac{\partial L}{\partial \theta}, \qquad "
    r"L = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2"
)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is on the screen: a run, and the recorded moment of it that is looked at."""

    run: Run
    moment: int


def choose_start() -> Experiment:
    """What is drawn and what is left out: the seed, the last activation, a forgotten zero_grad."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        seed = choose_seed("training", first=0)
        end = choose(
            _("last activation"),
            {name: name for name in _ENDS},
            "training_end",
            "Sigmoid",
            required=True,
        )
        forgets = st.toggle(
            _("forget `optimizer.zero_grad()`"), key="training_forget", bind="query-params"
        )
    layers = (Layer(5, Choice("ReLU")), Layer(1, Choice(end or "Sigmoid")))
    return Experiment(network=Network(layers), training=Training(zero_grad=not forgets), seed=seed)


def explore(start: Experiment, device: str) -> Seen:
    """Sliders for the training, and the run that they give: its curve, its network, its steps."""
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        run = run_of(_slide(start), device)
        verdict(run)
        _show_tasks(run)
    with sights:
        moment = choose_moment(run)
        step = trace_step(run, moment)
        _show_curve(run, moment)
        _show_network(run, moment, step)
    printed, parts = st.columns(2, gap="medium")
    with printed:
        st.subheader(_("What the tutorial prints"), anchor=False)
        st.code(log(run, moment), language=None, wrap_lines=True)
    with parts:
        st.subheader(_("One step, part by part"), anchor=False)
        walk(step)
    return Seen(run, moment)


def tell(seen: Seen) -> None:
    """What a step does as a formula, the program of the run, and its files."""
    lesson.formula(_FORMULA)
    lesson.program(seen.run.experiment, "training")
    take_away(_taken(seen))


def _taken(seen: Seen) -> Taken:
    """The network at the moment that is looked at."""
    step = int(seen.run.steps[seen.moment])
    return Taken("training", lambda: Look.at(seen.run, step))


def _show_tasks(run: Run) -> None:
    lesson.task(
        _("Bring the loss below 0.05."),
        _(
            "The network has learned ten random rows by heart: it can't know anything about an "
            "11th."
        ),
        done=run.losses[-1].item() < 0.05,
    )
    lesson.task(
        _("Make the loss diverge. (Which last activation does not hold it back?)"),
        _(
            "Sigmoid keeps y_pred between 0 and 1, so that the loss stays below 1. Without it "
            "nothing does."
        ),
        done=run.diverged_at is not None,
    )


def _show_curve(run: Run, moment: int) -> None:
    view(
        loss_curve(curve(run, moment)),
        key="training_curve",
        alt=_("Loss curve that ends at {loss}.").format(loss=f"{run.losses[-1]:.6f}"),
    )


def _show_network(run: Run, moment: int, step: StepTrace) -> None:
    view(
        diagram(network_at(run, moment, step)),
        key="training_diagram",
        alt=_("Diagram of the network at step {step}.").format(step=int(run.steps[moment])),
    )


def _slide(start: Experiment) -> Experiment:
    hidden = live_slider(_("hidden size"), "training_hidden", 5, WholeScale(1, 32))
    rate = live_slider(_("learning rate"), "training_rate", 0.01, LogScale(1e-4, 100.0, 0.05))
    epochs = live_slider(_("epochs"), "training_epochs", 50, WholeScale(1, 1000))
    rows = live_slider(_("rows in a batch"), "training_batch", 10, WholeScale(1, 10))
    first, last = start.network.layers
    return replace(
        start,
        network=Network((replace(first, units=int(hidden)), last)),
        training=replace(
            start.training, learning_rate=rate, epochs=int(epochs), batch_size=int(rows)
        ),
    )


def choose_moment(run: Run) -> int:
    """The recorded moment to look at: the last one until the learner moves the slider."""
    last = len(run) - 1
    if last == 0:
        return 0
    link.forget_beyond(AT, last)
    whole = run.experiment.steps_per_epoch == 1
    label = _("go to epoch") if whole else _("go to step")
    return int(live_slider(label, AT, last, WholeScale(0, last)))


def curve(run: Run, moment: int) -> LossCurve:
    """The run's losses, ready to be drawn."""
    return LossCurve(
        run.steps.tolist(),
        run.losses.tolist(),
        int(run.steps[moment]),
        run.experiment.steps_per_epoch,
        run.diverged_at,
    )


def network_at(run: Run, moment: int, step: StepTrace) -> Diagram:
    """The network at that moment, for the first row of its batch, with the edges chosen here."""
    shown = choose(
        _("The lines show"),
        {name: _(text) for name, text in _EDGES.items()},
        "training_edges",
        "weight",
        required=True,
    )
    return _DRAWN[shown or "weight"](draw_trace(step.layers), run, moment)


def log(run: Run, moment: int) -> str:
    """The lines that the tutorial prints, up to that moment."""
    per_epoch = run.experiment.steps_per_epoch
    last = min(moment + 1, run.experiment.n_steps)
    first = max(0, last - _LOG_LINES)
    lines = [
        f"epoch:  {int(step) // per_epoch}  loss:  {loss}"
        for step, loss in zip(
            run.steps[first:last].tolist(), run.losses[first:last].tolist(), strict=True
        )
    ]
    return "\n".join(["..."] * (first > 0) + lines)


def verdict(run: Run) -> None:
    """What became of the loss, in one sentence."""
    first, last = float(run.losses[0]), float(run.losses[-1])
    numbers = {"first": f"{first:.6f}", "last": f"{last:.6f}", "step": run.diverged_at}
    if run.diverged_at is not None:
        text = _(
            "**The loss diverged:** at step {step} it was no longer a finite number. Each step "
            "jumped further past the bottom than the one before. Take a smaller learning rate; "
            "everything before that step is kept."
        )
        st.warning(text.format(**numbers), icon=":material/trending_up:")
    elif last > first:
        text = _(
            "**The loss rose** from {first} to {last}: the steps are too large, or they follow "
            "gradients that have piled up."
        )
        st.warning(text.format(**numbers), icon=":material/trending_up:")
    else:
        text = _("The loss fell from **{first}** to **{last}**.")
        st.markdown(text.format(**numbers))


def walk(step: StepTrace) -> None:
    """The five parts of the step one at a time, each with the numbers that it reads and writes."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = choose(
            _("Part of the step"),
            {name: name for name in STEPS},
            PART,
            STEPS[0],
            look="segments",
            required=True,
        )
        st.button(
            _("Next part"),
            icon=":material/skip_next:",
            key="training_next",
            on_click=_go_on,
            args=(step.step,),
        )
    _PARTS[part or STEPS[0]](step)


def _go_on(step: int) -> None:
    """To the next part; after the last one to the first of the next step."""
    place = STEPS.index(link.read(PART) or STEPS[0]) + 1
    link.write(PART, STEPS[place % len(STEPS)] if place % len(STEPS) else "")
    if place == len(STEPS):
        link.write(AT, str(step + 1))


def _weights(drawing: Diagram, run: Run, moment: int) -> Diagram:
    return drawing


def _gradients(drawing: Diagram, run: Run, moment: int) -> Diagram:
    weights = [gradient for gradient in run.gradient(moment) if gradient.dim() == 2]
    return _with_edges(drawing, weights, _("gradient"))


def _changes(drawing: Diagram, run: Run, moment: int) -> Diagram:
    """What the update before this moment changed."""
    pairs = zip(
        run.module(moment).parameters(), run.module(max(moment - 1, 0)).parameters(), strict=True
    )
    changes = [(new - old).detach() for new, old in pairs if new.dim() == 2]
    return _with_edges(drawing, changes, _("change in the last step"))


def _with_edges(drawing: Diagram, values: list, name: str) -> Diagram:
    layers = tuple(
        replace(layer, edges=tuple(tuple(row) for row in value.tolist()))
        for layer, value in zip(drawing.layers, values, strict=True)
    )
    return replace(drawing, layers=layers, edge_name=name)


_DRAWN: Mapping[str, Callable[[Diagram, Run, int], Diagram]] = MappingProxyType(
    {"weight": _weights, "gradient": _gradients, "change": _changes}
)


def _zero_grad(step: StepTrace) -> None:
    st.markdown(
        _(
            "`optimizer.zero_grad()` empties the `.grad` of every parameter. What the last "
            "`backward()` left there is gone, so that it can't be added to the next gradient."
        )
    )
    if step.old_gradient is None:
        _table({_("parameter"): step.parts, _(".grad before"): [None] * len(step.parts)})
    else:
        _rank(step.parts, step.old_gradient, {_(".grad before"): step.old_gradient})


def _forward(step: StepTrace) -> None:
    st.markdown(_("`y_pred = model(x)` sends every row of the batch through the network."))
    _table({_("target y"): step.target[:, 0].tolist(), "y_pred": step.prediction[:, 0].tolist()})


def _loss(step: StepTrace) -> None:
    text = _(
        "`loss = criterion(y_pred, y)` is the mean of the squared distances: **{loss}**."
    ).format(loss=f"{step.loss:.6f}")
    st.markdown(text)
    _table(
        {
            _("target y"): step.target[:, 0].tolist(),
            "y_pred": step.prediction[:, 0].tolist(),
            "(y_pred - y)²": step.terms[:, 0].tolist(),
        }
    )


def _backward(step: StepTrace) -> None:
    st.markdown(
        _(
            "`loss.backward()` finds for every parameter how the loss would change if that "
            "parameter grew a little: its gradient. Nothing has moved yet."
        )
    )
    columns = {_("value"): step.before, _("gradient"): step.gradient}
    _rank(step.parts, step.gradient, columns)


def _step(step: StepTrace) -> None:
    if step.after is None:
        st.markdown(_("The run ends here: this update was not made. Go to an earlier moment."))
        return
    st.markdown(
        _(
            "`optimizer.step()` moves every parameter against its gradient: "
            "new = old - learning rate × gradient."
        )
    )
    old = {_("old value"): step.before, _("gradient"): step.gradient}
    _rank(step.parts, step.gradient, old | {_("new value"): step.after})


_PARTS: Mapping[str, Callable[[StepTrace], None]] = MappingProxyType(
    dict(zip(STEPS, (_zero_grad, _forward, _loss, _backward, _step), strict=True))
)


def _rank(names: Sequence[str], gradient: Tensor, columns: Mapping[str, Tensor]) -> None:
    """The parameters with the largest gradients first, so that nobody sees only the zeros of a
    unit that ReLU has switched off."""
    order = gradient.abs().argsort(descending=True, stable=True)
    ranked = {_("parameter"): [names[place] for place in order.tolist()]}
    _table(ranked | {name: values[order].tolist() for name, values in columns.items()})
    st.caption(_("The largest gradients stand first."))


def _table(columns: dict[str, list]) -> None:
    form = st.column_config.NumberColumn(format="%.6g")
    numbers = {name: form for name, values in columns.items() if not isinstance(values[0], str)}
    st.dataframe(columns, hide_index=True, height=280, column_config=numbers)
