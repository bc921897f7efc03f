"""What a forged browser may send over its websocket, byte for byte."""

from __future__ import annotations

from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest


def _rerun(**fields: Any) -> bytes:
    return BackMsg(rerun_script=ClientState(**fields)).SerializeToString()


_HONEST = _rerun(page_name="neuron", query_string="neuron_n=3&lang=en")
FRAMES: tuple[bytes | str, ...] = (
    "text where bytes are spoken",
    b"",
    b"\0",
    b"\xff" * 1000,
    bytes(range(256)) * 1000,
    _HONEST[: len(_HONEST) // 2],
    _HONEST[:-1] + b"\xff",
    _HONEST * 100,
    b"\x0a\xff\xff\xff\xff\x0f",
    b"GET / HTTP/1.1\r\n\r\n",
    b'{"rerun_script":{}}',
    _rerun(page_name="../../etc/passwd"),
    _rerun(page_name="x" * 1_000_000),
    _rerun(page_script_hash="0" * 32),
    _rerun(fragment_id="no such part"),
    _rerun(query_string="&" * 100_000),
    _rerun(query_string="%00=%ff&%=&==&lang=%E4%B8"),
    _rerun(query_string="&".join(f"k{number}=x" for number in range(20_000))),
    _rerun(cached_message_hashes=["x"] * 10_000),
    _rerun(context_info={"timezone": "../../etc/passwd", "locale": "\0", "url": "javascript:1"}),
    _rerun(
        page_name="neuron",
        widget_states={"widgets": [{"id": f"w{n}", "string_value": "x"} for n in range(10_000)]},
    ),
    _rerun(
        page_name="neuron",
        widget_states={
            "widgets": [{"id": f"$$ID-{n}-neuron_n", "int_value": 1} for n in range(99)]
        },
    ),
    BackMsg(clear_cache=True).SerializeToString(),
    BackMsg(set_run_on_save=True).SerializeToString(),
    BackMsg(stop_script=True).SerializeToString(),
    BackMsg(debug_shutdown_runtime=True).SerializeToString(),
    BackMsg(debug_disconnect_websocket=True).SerializeToString(),
    BackMsg(load_git_info=True).SerializeToString(),
    BackMsg(app_heartbeat=True).SerializeToString(),
    BackMsg(
        file_urls_request=FileURLsRequest(
            request_id="x", file_names=["../x"] * 1000, session_id="x"
        )
    ).SerializeToString(),
)
