"""The controls and verdicts of the lesson on zero_grad, and the bug zoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import streamlit as st

from nnlab.accumulation import Accumulation, accumulation
from nnlab.arithmetic import bracketed, number
from nnlab.bugs.bug import Bug, changes, listing
from nnlab.bugs.stage import MEASURED, Curves
from nnlab.bugs.zoo import BUGS
from nnlab.experiment import Experiment, Training
from nnlab.figures.accumulation import pile
from nnlab.figures.bug import bug_curves
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.scripts.accumulation import script
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.code import show_lines
from nnlab.ui.controls import choose_seed
from nnlab.ui.slider import LogScale, WholeScale, live_slider
from nnlab.ui.view import view

PAGE = "bugs"
STEPS = 12
WANTED = 5
_PARTS = MappingProxyType(
    {
        "w0.3.0": N_("a weight of the hidden layer"),
        "w1.0.3": N_("a weight of the output"),
        "b1.0": N_("bias of the output"),
    }
)


def choose_start() -> int:
    """The seed, for the pile of gradients and for every bug."""
    return choose_seed(PAGE, *(f"{PAGE}_tried_{name}" for name in BUGS), first=0)


@dataclass(frozen=True)
class Pile:
    """Whose `.grad` is followed, in which experiment."""

    experiment: Experiment
    part: str


def pile_up(seed: int) -> Pile:
    """Follow one number's `.grad` over the first steps."""
    sights, controls = st.columns([3, 2], gap="large")
    with controls:
        options = {part: ": ".join((part, _(text))) for part, text in _PARTS.items()}
        part = choose(_("Whose .grad"), options, f"{PAGE}_part", "b1.0", "list")
        rate = live_slider(_("learning rate"), f"{PAGE}_rate", 0.01, LogScale(1e-3, 10.0, 0.05))
        training = Training(learning_rate=rate, epochs=STEPS)
        experiment = Experiment(training=training, seed=seed)
        found = _followed(experiment, part)
        last = len(found.piled) - 1
        at = min(int(live_slider(_("step"), f"{PAGE}_at", 3, WholeScale(0, STEPS - 1))), last)
        lesson.numbers(arithmetic(found, at))
    with sights:
        alt = _(".grad after step {step}: {piled} without zero_grad, {cleared} with it.").format(
            step=at, piled=number(found.piled[at].item()), cleared=number(found.cleared[at].item())
        )
        view(pile(found.piled.tolist(), found.cleared.tolist(), at), key=f"{PAGE}_pile", alt=alt)
        lesson.task(
            _(
                "Find a learning rate and a step at which what has piled up points the other way "
                "than the new gradient."
            ),
            _("The next step now walks uphill, though backward() has just said where down is."),
            done=(found.piled[at] * found.fresh[at]).item() < 0,
        )
    return Pile(experiment, part)


def tell(piled: Pile) -> None:
    """The formula and the program of what is on the screen."""
    lesson.formula(
        r"\text{.grad} \leftarrow \text{.grad} + \frac{\partial L}{\partial \theta}"
        r"\qquad \theta \leftarrow \theta - \eta \cdot \text{.grad}"
    )
    lesson.code(script(piled.experiment, piled.part))


@st.cache_data(max_entries=256, show_spinner=False)
def _measured(name: str, diagnosis: str, seed: int) -> Curves:
    """What the broken program measures (diagnosis ""), or what a remedy does."""
    bug = BUGS[name]
    return bug.run(bug.diagnoses[diagnosis].remedy if diagnosis else bug.broken, seed)


@lru_cache(maxsize=64)
def _followed(experiment: Experiment, part: str) -> Accumulation:
    return accumulation(experiment, part)


def arithmetic(found: Accumulation, at: int) -> str:
    """What stands in `.grad` before and after the backward() of a step, both ways, as Markdown."""
    old = found.piled[at - 1].item() if at else 0.0
    fresh, piled, cleared = (
        values[at].item() for values in (found.fresh, found.piled, found.cleared)
    )
    lines = (
        _("without zero_grad"),
        f"  .grad = {number(old)} + {bracketed(fresh)}",
        f"        = {number(piled)}",
        _("with zero_grad"),
        f"  .grad = 0 + {bracketed(cleared)}",
        f"        = {number(cleared)}",
    )
    said = _("`.grad` after `backward()`: what was there, plus the new gradient.")
    return said + "\n\n```text\n" + "\n".join(lines) + "\n```"


def visit_zoo(seed: int) -> int:
    """One bug at a time: its symptom, its code, a diagnosis that is tried by running it. Returns
    the seed."""
    symptoms = {
        name: ". ".join((str(place), _(bug.symptom)))
        for place, (name, bug) in enumerate(BUGS.items(), start=1)
    }
    name = choose(_("Symptom"), symptoms, f"{PAGE}_bug", next(iter(BUGS)), "list")
    bug, tried = BUGS[name], _tried(name)
    coded, seen = st.columns([3, 2], gap="large")
    with coded:
        st.markdown(_("**The program.** `stage` holds the data and makes the network."))
        show_lines(listing(bug.broken), f"{PAGE}_program")
    with seen:
        _show_curves(name, tried, seed)
        _diagnose(name, bug)
        mended = bool(tried) and _judge(name, tried, seed)
    if mended:
        with coded:
            st.markdown(_("**Mended.** - was taken out, + was put in."))
            st.code(changes(bug.broken, bug.mended), language=None, wrap_lines=True)
    return seed


def _tried(name: str) -> str:
    """The diagnosis of a bug that was acted on last, if any."""
    kept = link.read(f"{PAGE}_tried_{name}")
    return kept if kept in BUGS[name].diagnoses else ""


def _show_curves(name: str, tried: str, seed: int) -> None:
    broken = _named(_measured(name, "", seed))
    remedied = _named(_measured(name, tried, seed)) if tried else {}
    ends = _ends(_("{name}, as it is"), broken)
    ends += _ends(_("{name}, with the remedy"), remedied)
    alt = _("Curves of the broken program: {names}.").format(names=", ".join(broken))
    view(bug_curves(broken, remedied), key=f"{PAGE}_curves", alt=" ".join((alt, *ends)))
    st.caption("  \n".join(ends))


def _ends(pattern: str, curves: Mapping[str, list[float]]) -> list[str]:
    """Where each curve begins and ends, in words."""
    text = _("{curve}: from {first} to {last}.")
    return [
        text.format(curve=pattern.format(name=name), first=number(curve[0]), last=number(curve[-1]))
        for name, curve in curves.items()
        if curve
    ]


def _named(curves: Curves) -> Mapping[str, list[float]]:
    return {_(MEASURED[name]): curve for name, curve in curves.items()}


def _diagnose(name: str, bug: Bug) -> None:
    options = {key: _(bug.diagnoses[key].text) for key in sorted(bug.diagnoses)}
    said = choose(_("What is wrong?"), options, f"{PAGE}_said_{name}", look="radio", index=None)
    st.button(
        _("Mend that and run it"),
        key=f"{PAGE}_mend",
        icon=":material/build:",
        disabled=said is None,
        on_click=link.write,
        args=(f"{PAGE}_tried_{name}", said or ""),
    )


def _judge(name: str, tried: str, seed: int) -> bool:
    """Whether the symptom is gone when the remedy is run, and why it came."""
    bug = BUGS[name]
    mended = not bug.shows(_measured(name, tried, seed))
    if mended:
        title, why = _(bug.title), _(bug.why)
        st.success(f"**{title}.** {why}", icon=":material/task_alt:")
    else:
        text = _("Tried and run. “{said}” The symptom is still there, so that is not it.")
        st.warning(text.format(said=_(bug.diagnoses[tried].text)), icon=":material/replay:")
    return mended


def count_mended(seed: int) -> None:
    """How many bugs have been found; each is checked by running its remedy."""
    tried = {name: _tried(name) for name in BUGS}
    acted = {name: said for name, said in tried.items() if said}
    mended = [n for n, said in acted.items() if not BUGS[n].shows(_measured(n, said, seed))]
    lesson.task(
        _("Mend at least {wanted} of the {count} bugs. Mended so far: {mended}.").format(
            wanted=WANTED, count=len(BUGS), mended=len(mended)
        ),
        _("Next time you see one of these curves, you know where to look."),
        done=len(mended) >= WANTED,
    )
