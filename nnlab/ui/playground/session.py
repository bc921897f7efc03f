"""The playground of one session: the player that the link describes, what the buttons of the stage
do to it, and the pictures around it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

import streamlit as st
from torch import nn

from nnlab import language, parts
from nnlab.data import Data, PointEdit, edited
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.graft import (
    MOST_HIDDEN,
    Graft,
    Successor,
    goes_on,
    graft,
    with_layer,
    with_layers,
    without_layer,
)
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError
from nnlab.permalink import fits, to_text
from nnlab.permalink import read as from_link
from nnlab.player import SPEEDS, Player
from nnlab.registry import Choice
from nnlab.ui import link, slider
from nnlab.ui.gathering import ACT
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.governor import Plan, governor
from nnlab.ui.hosting.house import house, within
from nnlab.ui.hosting.turns import FRAME_S, HAND_S, turns
from nnlab.ui.markup import as_text
from nnlab.ui.playground.stage import (
    MOST_UNITS,
    SMOOTH,
    SMOOTHING,
    Cue,
    Settings,
    film,
    frame,
    mount,
)
from nnlab.ui.server import session_lock

EXPERIMENT, AT = "e", "at"
FOLLOWED_S = 1.0
"""Seconds that the link may lag behind what plays."""
AHEAD, EPOCHS_AHEAD = "ahead", 10
SPEED, PART = "speed", "part"
"""Where the link says how many epochs one button trains, and how many it does by itself."""
MOST_AHEAD = 1000
_KEY = "nnlab.player"
_DUE = "nnlab.frame_due"

START = Experiment(
    data=Data(Choice("circle", (("noise", 0.1),)), seed=0, test_share=0.5),
    network=Network((Layer(4, Choice("Tanh")), Layer(2, Choice("Tanh")), Layer(1))),
    training=Training(
        loss=Choice("BCEWithLogitsLoss"),
        learning_rate=0.3,
        epochs=2000,
        batch_size=10,
        shuffle=True,
    ),
    seed=5,
)
"""What a visitor finds who comes without a link."""


class Stock(NamedTuple):
    """A network and what it has learned."""

    network: Network
    module: nn.Sequential


@dataclass
class Session:
    """The player of this session, under which name the governor knows it, the text of its link, the
    part that is picked, what went wrong and what is news (each is told once), the step that the
    link leads to where the run has not come so far yet, when a hand was on it last, when the link
    followed it last, and, while a slider is dragged, how many changes there were before and the
    network that grafts are made of."""

    player: Player
    text: str
    name: str
    picked: str = ""
    told: str = ""
    news: str = ""
    goal: int = 0
    frames: int = 0
    touched: float = 0.0
    followed: float = 0.0
    dragged_from: int | None = None
    stock: Stock | None = None
    worded: tuple[Experiment, str] | None = None

    def wording(self) -> str:
        """The experiment as a link says it; put into words once, for data of one's own are long."""
        now = self.player.experiment
        if self.worded is None or self.worded[0] is not now:
            self.worded = now, to_text(now, START)
        return self.worded[1]


def session() -> Session:
    """This session's player, made anew when a link says something else."""
    text = link.read(EXPERIMENT)
    held: Session | None = st.session_state.get(_KEY)
    if held is None or held.text != text:
        held = st.session_state[_KEY] = _opened(text)
    return held


def _opened(text: str) -> Session:
    experiment, told = _linked(text)
    player = Player(experiment, admit=within)
    held = Session(player, text, uuid4().hex, told=told, touched=time.monotonic())
    player.speed = link.read(SPEED) if link.read(SPEED) in SPEEDS else player.speed
    held.picked = link.read(PART) if has_part(experiment, link.read(PART)) else ""
    go_to(held, min(link.count(AT) or 0, experiment.n_steps))
    return held


def go_to(held: Session, goal: int) -> None:
    """Go to a step, and say so if the way there takes longer than a moment."""
    player = held.player
    player.reach(goal)
    held.goal = 0
    if player.step < goal and not player.trainer.finished:
        held.goal, held.told = goal, held.told or _way_to(goal, player.step)


def to_the_lowest() -> None:
    """Look at the moment whose training loss is the lowest so far."""
    with session_lock():
        player = session().player
        steps, losses = player.curves()
        player.look_at(int(steps[losses[:, 0].nan_to_num(math.inf).argmin()]))


def _linked(text: str) -> tuple[Experiment, str]:
    """The experiment of a link, and what there is to complain of."""
    reading = from_link(text, START)
    try:
        told = _complaint(reading.complaint) if reading.complaint else ""
        return within(reading.experiment), told
    except ExperimentError as error:
        return START, as_text(str(error))


def _complaint(error: ExperimentError) -> str:
    """What is wrong with a link: nothing in it is markup."""
    said = _("The link was cut off or changed. What could be read of it is shown: {reason}")
    return said.format(reason=as_text(str(error)))


def remember(held: Session) -> bool:
    """Put experiment and step into the link; False when they are too long for one."""
    _keep_look(held)
    text = held.wording()
    held.text = text if fits(text) else held.text
    if fits(text):
        link.write(EXPERIMENT, text)
        link.write(AT, str(held.player.step) if held.player.step else "")
    link.lag(behind=not fits(text))
    return fits(text)


def _keep_look(held: Session) -> None:
    """Put into the link how it is looked at: whoever serves the page next finds it there."""
    link.follow(SPEED, "" if held.player.speed == Player.speed else held.player.speed)
    link.follow(PART, held.picked)


def _way_to(goal: int, step: int) -> str:
    """That a long run has not been trained again as a whole yet."""
    return _(
        "It goes on to step {goal} and has come to step {step} so far: press Play, and it pauses "
        "there by itself."
    ).format(goal=goal, step=step)


def follow(held: Session) -> None:
    """Let the link keep up with what plays: it is all that is left should this server go."""
    now = time.monotonic()
    if now - held.followed < FOLLOWED_S:
        return
    held.followed = now
    text = held.wording()
    if fits(text):
        held.text = text
        link.follow(EXPERIMENT, text)
        link.follow(AT, str(held.player.step))


def become(held: Session, experiment: Callable[[], Experiment]) -> None:
    """Be the experiment, or say in one sentence why it can't be. Where only layers are others, what
    was learned goes on in them."""
    try:
        now, wanted = held.player.now(), experiment()
        if goes_on(now, wanted):
            _regrow(held, partial(with_layers, wanted=wanted.network.layers))
        else:
            held.player.wish(wanted)
    except ExperimentError as error:
        held.told = as_text(str(error))


# ---- the stage ----


@st.fragment
def play() -> None:
    """The stage, redrawn alone for every frame."""
    language.use(language.current())
    within = FRAME_S if _DUE in st.session_state else HAND_S
    with session_lock(), turns().turn(within), counters.served(counters.FRAME):
        if acted():
            st.rerun()
        held = session()
        ticked = bool(st.session_state.pop(_DUE, False))
        if ticked and held.player.playing:
            frames = _played(held, governor().plan(held.name))
        else:
            frames = [_frame(held, governor().wait(held.name), still=not ticked)]
        mount(
            key="play_stage",
            data=film(frames),
            on_tick_change=_tick,
            on_act_change=_act,
        )
    if ticked and not held.player.playing:
        st.rerun()


def _played(held: Session, plan: Plan) -> list[bytes]:
    """What is played by one tick of the browser."""
    frames: list[bytes] = []
    while held.player.playing and len(frames) < plan.frames:
        _play_on(held, plan.budget / plan.frames)
        frames.append(_frame(held, plan.wait, still=False))
    counters.FRAMES.inc(len(frames))
    follow(held)
    return frames


def _frame(held: Session, wait: float, *, still: bool) -> bytes:
    held.frames += 1
    settings = Settings(SMOOTHING if st.session_state.get(SMOOTH) else 0.0, epochs_ahead())
    return frame(held.player, Cue(held.frames, still, wait, held.picked, settings))


def epochs_ahead() -> int:
    """How many epochs one button trains, as the link says."""
    return min(max(link.count(AHEAD) or EPOCHS_AHEAD, 1), MOST_AHEAD)


def _play_on(held: Session, budget: float) -> None:
    if time.monotonic() - held.touched > house().unattended_seconds:
        held.player.playing = False
    else:
        with counters.trained():
            held.player.play_on(budget)
    if not held.player.playing:
        governor().leave(held.name)


def _tick() -> None:
    st.session_state[_DUE] = True


def _act() -> None:
    """Do what was asked for, in its order: one thing, or several that waited for the same run."""
    said = (st.session_state.get("play_stage") or {}).get(ACT)
    for each in said if isinstance(said, list) else [said]:
        _do(each)


def _do(said: object) -> None:
    """Anything can come from a browser: only what ACTS knows is done, and only with numbers."""
    if not isinstance(said, dict) or str(said.get("kind")) not in ACTS:
        return
    act = ACTS[str(said["kind"])]
    with session_lock(), turns().turn(HAND_S):
        held = session()
        held.touched = time.monotonic()
        try:
            act(held, said)
        except ExperimentError as error:
            held.told = as_text(str(error))
        if str(said.get("kind")) not in QUIET:
            st.session_state["nnlab.acted"] = True


def acted() -> bool:
    """Whether the stage has done something since that the rest of the page has to show."""
    return bool(st.session_state.pop("nnlab.acted", False))


def _start(held: Session, said: Mapping[str, Any]) -> None:
    if governor().full(held.name):
        counters.REFUSALS.labels("players").inc()
        held.told = "full"
    else:
        held.player.playing = True


def _pause(held: Session, said: Mapping[str, Any]) -> None:
    held.player.playing = False
    governor().leave(held.name)


def _ahead(speed: str) -> Callable[[Session, Mapping[str, Any]], None]:
    def go(held: Session, said: Mapping[str, Any]) -> None:
        player = held.player
        player.reach(SPEEDS[speed](player.experiment, player.step))

    return go


def _epochs(held: Session, said: Mapping[str, Any]) -> None:
    """As many epochs as are set; what is not done at once goes on by playing."""
    player = held.player
    table = player.experiment.timetable
    go_to(held, table.step_of(table.epoch_of(player.step) + epochs_ahead()))


def _set_ahead(held: Session, said: Mapping[str, Any]) -> None:
    count = min(max(round(_number(said, "value")), 1), MOST_AHEAD)
    link.write(AHEAD, "" if count == EPOCHS_AHEAD else str(count))


def _fresh(held: Session, said: Mapping[str, Any]) -> None:
    now = held.player.now()
    held.player.become(replace(now, seed=(now.seed + 1) % 2**31, interventions=()))


def _speed(held: Session, said: Mapping[str, Any]) -> None:
    speed = said.get("value")
    if isinstance(speed, str) and speed in SPEEDS:
        held.player.speed = speed
        _keep_look(held)


def _seek(held: Session, said: Mapping[str, Any]) -> None:
    held.player.look_at(int(_number(said, "value")))


def _pick(held: Session, said: Mapping[str, Any]) -> None:
    part = str(said.get("value"))
    held.picked = part if part != held.picked and has_part(held.player.experiment, part) else ""


def has_part(experiment: Experiment, part: str) -> bool:
    """Whether this names a weight or a bias of the experiment's network."""
    return parts.is_part(part) and parts.exists(part, experiment.sizes, experiment.norms)


def _resize(held: Session, said: Mapping[str, Any]) -> None:
    """One unit more or less in a hidden layer."""
    place, by = int(_number(said, "value")), 1 if _number(said, "by") > 0 else -1
    layers = held.player.now().network.layers
    if not 0 <= place < len(layers) - 1 or not 1 <= layers[place].units + by <= MOST_UNITS:
        return
    resized = replace(layers[place], units=layers[place].units + by)
    wanted = (*layers[:place], resized, *layers[place + 1 :])
    _regrow(held, partial(with_layers, wanted=wanted))


def _relayer(held: Session, said: Mapping[str, Any]) -> None:
    """A hidden layer more or fewer."""
    place, grows = int(_number(said, "value")), _number(said, "by") > 0
    hidden = len(held.player.experiment.network.layers) - 1
    most, last = (MOST_HIDDEN - 1, hidden) if grows else (MOST_HIDDEN, hidden - 1)
    if hidden > most or not 0 <= place <= last:
        return
    _regrow(held, partial(with_layer if grows else without_layer, place=place))
    held.picked = ""


def _regrow(held: Session, change: Callable[[Network], Successor]) -> None:
    """Be the changed network, with what was learned; at the start that is nothing. All that one
    drag makes grows from the network that there was before it: what goes may come back."""
    player = held.player
    stock = held.stock or _stock(player)
    wanted = change(stock.network)
    plain = replace(player.now(), network=wanted.network, interventions=())
    if not (held.stock or player.step or player.experiment.interventions):
        player.become(plain)
        return
    found = _grafted(player, plain, stock, wanted)
    # A link that could be shared stays one.
    carried = found and (fits(to_text(found.experiment, START)) or not fits(held.wording()))
    player.become(found.experiment if found and carried else plain)
    held.news = _news(found, stock, wanted) if carried or not found else _not_carried()
    held.stock = stock if slider.moving() else None


def _stock(player: Player) -> Stock:
    return Stock(player.now().network, player.seen.module())


def _grafted(player: Player, plain: Experiment, stock: Stock, wanted: Successor) -> Graft | None:
    """None where the loss has diverged, or a weight is too large to go on with."""
    if player.at is None and player.trainer.diverged_at is not None:
        return None
    try:
        return graft(plain, wanted, stock.module)
    except ExperimentError:
        return None


def _news(found: Graft | None, stock: Stock, wanted: Successor) -> str:
    """What has become of what was learned."""
    if found is None:
        return _("All begins anew: the weights had grown too large to go on with.")
    if found.anew:
        return _(
            "The layer behind has another number of inputs now and begins with random weights. "
            "The others keep theirs."
        )
    before, after = _units(stock.network), _units(wanted.network)
    if len(before) != len(after):
        return _("The other layers keep their weights.")
    return (
        _("The other units keep their weights.")
        if before != after
        else _("All keep their weights.")
    )


def _units(network: Network) -> list[int]:
    return [layer.units for layer in network.layers]


def _not_carried() -> str:
    return _("All begins anew: so many weights would be too long for the link.")


def _add(held: Session, said: Mapping[str, Any]) -> None:
    """A point of the class that is chosen for new points."""
    now = held.player.now()
    target = float(st.session_state.get("play_new_class") or 0)
    _edit(held, PointEdit(now.data.n_row_numbers, (*_place(said), target)))


def _move(held: Session, said: Mapping[str, Any]) -> None:
    rows = held.player.scenery.rows
    found = (rows.numbers == int(_number(said, "row"))).nonzero()
    if len(found):
        target = float(rows.raw.y[int(found[0]), 0])
        _edit(held, PointEdit(int(_number(said, "row")), (*_place(said), target)))


def _edit(held: Session, edit: PointEdit) -> None:
    now = held.player.now()
    held.player.wish(replace(now, data=edited(now.data, edit)))


def _place(said: Mapping[str, Any]) -> tuple[float, float]:
    return round(_number(said, "x"), 4), round(_number(said, "y"), 4)


def _number(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if not isinstance(value, int | float):
        return 0.0
    near = float(min(max(value, -1e6), 1e6))
    return 0.0 if math.isnan(near) else near


def _nothing(held: Session, said: Mapping[str, Any]) -> None:
    """The stage only asks for everything that it has not."""


QUIET = {"seek", "speed", "whole", "ahead"}
"""What changes nothing but the stage."""

ACTS: Mapping[str, Callable[[Session, Mapping[str, Any]], None]] = MappingProxyType(
    {
        "play": _start,
        "pause": _pause,
        "step": _ahead("step"),
        "epoch": _ahead("epoch"),
        "epochs": _epochs,
        "ahead": _set_ahead,
        "reset": lambda held, said: held.player.rewind(),
        "fresh": _fresh,
        "undo": lambda held, said: held.player.undo(),
        "redo": lambda held, said: held.player.redo(),
        "speed": _speed,
        "seek": _seek,
        "settle": _nothing,
        "whole": _nothing,
        "pick": _pick,
        "units": _resize,
        "layers": _relayer,
        "add": _add,
        "move": _move,
    }
)
"""What the stage can do to the player, by the name that it sends."""
