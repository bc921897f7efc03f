"""What a frame carries is what the network is at that moment."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.figures import field
from nnlab.player import Player
from nnlab.registry import Choice
from nnlab.ui.playground.session import START
from nnlab.ui.playground.stage import BARS, Cue, bars, frame

NUMBERS = Experiment(
    Data(Choice("curve"), seed=1, test_share=0.2),
    Network((Layer(5, Choice("Tanh")), Layer(1))),
    Training(optimizer=Choice("Adam"), learning_rate=0.01),
)
CLASSES = replace(
    START,
    data=Data(Choice("blobs"), seed=2),
    network=Network((Layer(6, Choice("ReLU")), Layer(3))),
    training=Training(loss=Choice("CrossEntropyLoss"), learning_rate=0.1),
)
EXPERIMENTS = {"yes or no": START, "numbers": NUMBERS, "classes": CLASSES}


@dataclass
class Unpacked:
    header: dict[str, Any]
    curves: list[tuple[np.ndarray, np.ndarray]]
    layers: list[tuple[np.ndarray, np.ndarray]]
    lines: list[tuple[np.ndarray, np.ndarray]]
    big: np.ndarray | None
    maps: list[np.ndarray]


class Reader:
    """Takes floats and bytes from a frame, as static/stage.js does."""

    def __init__(self, data: bytes) -> None:
        length = int.from_bytes(data[:4], "little")
        self.header, self.data, self.at = json.loads(data[4 : 4 + length]), data[4 + length :], 0

    def floats(self, count: int) -> np.ndarray:
        self.at += 4 * count
        return np.frombuffer(self.data, np.float32, count, self.at - 4 * count)

    def bytes(self, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        self.at += count
        return np.frombuffer(self.data, np.uint8, count, self.at - count).reshape(shape)

    def pair(self, one: int, other: int) -> tuple[np.ndarray, np.ndarray]:
        return self.floats(one), self.floats(other)


def unpack(data: bytes) -> Unpacked:
    reader = Reader(data)
    header = reader.header
    curves = [reader.pair(each["count"], each["count"]) for each in header["curves"]]
    layers = [reader.pair(units * inputs, units) for units, inputs in header["weights"]]
    lines = [reader.pair(each["count"], each["count"]) for each in header["lines"]]
    big = header["big"] and reader.bytes(header["big"]["height"], header["big"]["width"])
    width, height = header["side"]
    maps = [reader.bytes(count, height, width) for count in header["maps"]]
    assert reader.at == len(reader.data)
    return Unpacked(header, curves, layers, lines, big, maps)


@pytest.fixture(params=EXPERIMENTS)
def player(request: pytest.FixtureRequest) -> Player:
    made = Player(EXPERIMENTS[request.param])
    made.reach(30)
    return made


def test_the_weights_are_exact(player: Player) -> None:
    unpacked, module = unpack(frame(player, Cue(1, True, 0.0, ""))), player.run.module()
    linears = [each for each in module if isinstance(each, torch.nn.Linear)]
    for (weight, bias), linear in zip(unpacked.layers, linears, strict=True):
        assert torch.equal(torch.tensor(weight), linear.weight.detach().flatten())
        assert torch.equal(torch.tensor(bias), linear.bias.detach())


def test_the_maps_are_the_scenes_to_a_127th_of_their_range(player: Player) -> None:
    unpacked, scene = unpack(frame(player, Cue(1, True, 0.0, ""))), player.scene()
    for sent, units in zip(unpacked.maps, scene.maps, strict=True):
        for picture, unit in zip(sent, units, strict=True):
            limit = float(unit.abs().max()) or 1.0
            back = (picture.astype(float) - 127.5) / 127.5
            expected = (unit / limit).numpy().reshape(back.shape)
            np.testing.assert_allclose(back, expected, atol=1 / 127)


def test_the_curves_end_with_the_numbers_that_are_said(player: Player) -> None:
    unpacked, standing = unpack(frame(player, Cue(1, True, 0.0, ""))), player.standing()
    assert unpacked.curves[0][1][-1] == pytest.approx(standing.train_loss, rel=1e-5)
    said = dict(unpacked.header["said"])
    assert said["training loss"] == f"{standing.train_loss:.4f}"


def test_with_one_feature_the_output_is_a_line() -> None:
    player = Player(NUMBERS)
    unpacked, scene = unpack(frame(player, Cue(1, True, 0.0, ""))), player.scene()
    ((_x, y),) = unpacked.lines
    assert unpacked.big is None
    assert torch.equal(torch.tensor(y), scene.output[0])


def test_the_big_map_says_the_class_and_how_sure() -> None:
    player = Player(CLASSES)
    unpacked, scene = unpack(frame(player, Cue(1, True, 0.0, ""))), player.scene()
    assert unpacked.big is not None
    assert np.array_equal(unpacked.big // field.LEVELS, scene.output.argmax(0).numpy())


def test_a_frame_is_a_few_kilobytes() -> None:
    player = Player(START)
    player.reach(2000)
    player.playing = True
    sizes = [len(frame(player, Cue(number, False, 0.02, ""))) for number in range(8)]
    assert sum(sizes) / len(sizes) < 10_000
    deep = replace(START, network=Network((*[Layer(8, Choice("Tanh"))] * 6, Layer(1))))
    assert len(frame(Player(deep), Cue(4, False, 0.02, ""))) < 16_000


def test_what_is_no_number_does_not_break_a_frame() -> None:
    wild = replace(START, training=replace(START.training, learning_rate=1000.0))
    player = Player(wild)
    player.reach(50)
    player.run.parameters.fill_(float("nan"))
    assert unpack(frame(player, Cue(1, True, 0.0, ""))).maps


def test_numbers_that_explode_are_short() -> None:
    player = Player(replace(NUMBERS, training=Training(learning_rate=30.0)))
    player.reach(9)
    said = dict(unpack(frame(player, Cue(1, True, 0.0, ""))).header["said"])
    assert player.standing().train_loss > 1e9
    assert float(said["training loss"]) == pytest.approx(player.standing().train_loss, rel=0.01)
    assert max(map(len, said.values())) <= 9


def test_with_more_than_two_features_units_are_histograms() -> None:
    iris = replace(CLASSES, data=Data(Choice("iris"), seed=0, standardise=True))
    unpacked = unpack(frame(Player(iris), Cue(1, True, 0.0, "")))
    assert unpacked.header["bars"]
    assert [each.shape for each in unpacked.maps] == [(n, 1, BARS) for n in (4, 6, 3)]


def test_a_bar_is_as_high_as_it_has_values() -> None:
    values = torch.tensor(
        [[0.0, 0.0, 0.0, 1.0], [2.0, 2.0, 2.0, 2.0], [float("nan"), 0.0, 1.0, 1.0]]
    )
    found = bars(values)
    assert found[0].tolist() == [255, *[0] * (BARS - 2), 85]
    assert found[1].tolist() == [255, *[0] * (BARS - 1)]
    assert found[2].tolist() == [255, *[0] * (BARS - 2), 255]


def test_changes_on_the_way_are_marked_where_they_were_made() -> None:
    player = Player(START)
    player.reach(40)
    player.look_at(20)
    player.set_part("w0.0.0", 3.0)
    player.reach(60)
    ((first, last, text),) = unpack(frame(player, Cue(1, True, 0.0, ""))).header["marks"]
    assert (first, last) == (20, 20)
    assert "w0.0.0" in text


def test_a_drag_is_one_mark_from_where_to_where() -> None:
    player = Player(START)
    player.reach(200)
    for rate in (0.1, 0.2, 0.15):
        now = player.now()
        player.wish(replace(now, training=replace(now.training, learning_rate=rate)))
        player.reach(player.step + 4)
    player.reach(300)
    now = player.now()
    player.wish(replace(now, training=replace(now.training, learning_rate=0.3)))
    drag, later = unpack(frame(player, Cue(1, True, 0.0, ""))).header["marks"]
    assert drag[:2] == [200, 208]
    assert drag[2] == "lr = 0.15 (×3)"
    assert later[2] == "lr = 0.3"
