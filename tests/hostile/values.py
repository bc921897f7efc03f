"""Values that a forged page may give to a widget: whatever fits into the protocol."""

from __future__ import annotations

import json
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

from nnlab.ui.playground.session import ACTS

_DEEP = "[" * 50_000 + "]" * 50_000
_MANY = "9" * 400


def state(**value: Any) -> WidgetState:
    return WidgetState(**value)


PLAIN = (
    state(),
    state(bool_value=True),
    state(trigger_value=True),
    *(state(double_value=each) for each in (float("nan"), float("inf"), 1e308, -1.0)),
    *(state(int_value=each) for each in (-1, 10**9, 2**63 - 1, -(2**63))),
    *(state(string_value=each) for each in ("", "\0", "x" * 200_000, "<script>", "../../etc")),
    state(int_array_value={"data": [10**9, -5]}),
    state(double_array_value={"data": [float("nan")] * 1000}),
    state(string_array_value={"data": ["x" * 1000, "\0", "<b>"]}),
    state(bytes_value=b"\xff" * 1000),
    state(string_trigger_value={"data": "x"}),
    state(file_uploader_state_value={"uploaded_file_info": [{"file_id": "../x", "name": "<b>"}]}),
    state(chat_input_value={"data": "x"}),
)
"""Of every type that there is, each for widgets of all types."""

_REPORTS: tuple[Any, ...] = (
    7,
    "x",
    [],
    {},
    {"text": 7},
    {"text": None, "number": "1", "final": []},
    {"text": "NaN_inf_-1e308", "number": 1, "final": True},
    {"text": "1e308_1e308", "number": [1], "final": True},
    {"text": "9" * 100_000, "number": 10**400, "final": True},
    {"text": "_" * 100_000, "number": -1, "final": True},
    {"text": "\ud800", "number": 1, "final": True},
    {"text": "٣_²", "number": True, "final": 1},
)
_PICKS: tuple[Any, ...] = (7, {}, ["w0.0.0"], "<b>", "w99.9999.9999", "at99999999.9", "cell9.9")
_CELLS: tuple[Any, ...] = (
    {"edited_rows": 7, "added_rows": {}, "deleted_rows": "x"},
    {"edited_rows": {"0": {"0": "x"}}, "added_rows": [], "deleted_rows": []},
    {"edited_rows": {"999999999": {"0": 1}}, "added_rows": [], "deleted_rows": []},
    {"edited_rows": {"-1": {"x1": 1e308}}, "added_rows": [{}], "deleted_rows": [10**9, -1, "0"]},
    {"edited_rows": {"x": 7}, "added_rows": [7, None], "deleted_rows": [None]},
)
STATES = (
    *(state(json_value=text) for text in ("", "null", "[]", "7", "NaN", "{", _DEEP)),
    *(state(json_value=json.dumps({"report": each})) for each in _REPORTS),
    *(state(json_value=json.dumps({"picked": each})) for each in _PICKS),
    *(state(json_value=json.dumps(each)) for each in _CELLS),
    state(json_value='{"__proto__":{},"keys":1,"get":2,"items":3}'),
)
"""For whatever keeps a state in JSON: the sliders, the views, the tables."""

_EVENTS = (
    "null",
    "[]",
    "7",
    "[7]",
    '{"event":7}',
    '[{"event":"tick","value":1e400}]',
    '[{"event":"act","value":7}]',
    '[{"event":"act","value":{"kind":["play"]}}]',
    '[{"event":["act"],"value":{}}]',
    '[{"event":"nothing","value":{}}]',
    _DEEP,
)
_SAID = (
    "",
    '"value":NaN,"by":NaN,"x":NaN,"y":NaN,"row":NaN,',
    '"value":1e308,"by":1e308,"x":1e308,"y":-1e308,"row":1e308,',
    '"value":[1],"by":{},"x":"a","y":null,"row":true,',
    f'"value":{_MANY},"by":-{_MANY},"x":{_MANY},"y":{_MANY},"row":{_MANY},',
    '"value":-5,"row":-1,"by":0,"x":1000000000,"y":0,',
    '"value":"\\ud800w0.0.0",',
    '"value":"gamma0.0",',
)
TRIGGERS = (
    *(state(json_trigger_value=text) for text in _EVENTS),
    *(
        state(json_trigger_value=f'[{{"event":"act","value":{{{said}"kind":"{kind}"}}}}]')
        for kind in ACTS
        for said in _SAID
    ),
)
"""For components in which something happens: every act of the stage, with all kinds of nonsense."""
