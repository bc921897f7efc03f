"""The operator's page and the figures for Prometheus, on a port of their own that no visitor
reaches: it listens on loopback unless the house says else."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from html import escape
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from nnlab import language
from nnlab.language import gettext as _
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.headers import ALWAYS
from nnlab.ui.hosting.house import House
from nnlab.ui.hosting.plain_page import plain_page

AGAIN_S = 5
MOST_WORKERS = 64
_BEGUN = time.monotonic()
_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_STYLE = """body { max-width: 40rem; margin: 2rem auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: start; padding: .25rem .5rem; border-bottom: 1px solid; }
td { text-align: end; }"""
_ROW = '<tr><th scope="row">{name}</th><td>{value}</td></tr>'


@contextmanager
def overlook(house: House) -> Iterator[None]:
    """Serve the figures in a thread of its own, where the house has a port for that. Ends the
    server, in one sentence, where the port is somebody else's."""
    if house.metrics_port == 0:
        yield
        return
    with _server(house) as server:
        port = server.server_port
        logging.getLogger(__name__).info("the figures of process %d: port %d", os.getpid(), port)
        threading.Thread(target=server.serve_forever, name="nnlab-overlook", daemon=True).start()
        yield
        server.shutdown()


def _server(house: House) -> WSGIServer:
    """On the port of the house; of the workers of one server (`uvicorn --workers`), each takes the
    next one that is free."""
    worker = multiprocessing.parent_process() is not None
    ports = range(house.metrics_port, house.metrics_port + (MOST_WORKERS if worker else 1))
    for port in ports:
        try:
            return make_server(
                house.metrics_address, port, _door(house), _Server, handler_class=_Quiet
            )
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            if getattr(error, "errno", None) != errno.EADDRINUSE:
                break
    sentence = _("The figures can't be served on {address}, port {port}: {reason}.")
    address, port = house.metrics_address, house.metrics_port
    raise SystemExit(sentence.format(address=address, port=port, reason=reason))


class _Server(ThreadingMixIn, WSGIServer):
    """A slow reader keeps no other waiting, nor the end of the process."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Who reads the figures is no news."""


Start = Callable[[str, list[tuple[str, str]]], Any]


def _door(house: House) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    figures = make_wsgi_app(counters.REGISTRY)

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/metrics":
            return figures(environ, start)
        if path != "/":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/ or /metrics\n"]
        headers = {**ALWAYS, "Content-Security-Policy": _NOTHING, "Cache-Control": "no-store"}
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), *headers.items()])
        language.use(language.best(environ.get("HTTP_ACCEPT_LANGUAGE", "").split(",")[0]))
        return [page(house).encode()]

    return answer


def page(house: House) -> str:
    """The operator's page, in the reader's language."""
    rows = "\n".join(_ROW.format(name=escape(name), value=value) for name, value in _rows(house))
    tag = language.current().replace("_", "-")
    main = f"<h1>nnlab</h1><table>{rows}</table>"
    return plain_page(main, _STYLE, tag=tag, seconds=AGAIN_S)


def _rows(house: House) -> Iterable[tuple[str, str]]:
    figure = counters.value
    yield _("up for"), _duration(time.monotonic() - _BEGUN)
    yield _("visitors now"), f"{figure('nnlab_sessions'):.0f} / {house.sessions}"
    yield _("visits"), f"{figure('nnlab_visits_total'):.0f}"
    yield _("players now"), f"{figure('nnlab_players'):.0f} / {house.players}"
    yield _("frames"), f"{figure('nnlab_frames_total'):.0f}"
    yield _("seconds of training"), f"{figure('nnlab_trained_seconds_total'):.1f}"
    refused = {
        "full": _("turned away at the door"),
        "players": _("asked to wait with playing"),
        "bounds": _("asked for more than is allowed here"),
    }
    for why, name in refused.items():
        yield name, f"{figure('nnlab_refusals_total', why=why):.0f}"
    yield _("errors"), f"{figure('nnlab_errors_total'):.0f}"
    for what, name in ((counters.PAGE, _("a page")), (counters.FRAME, _("a frame"))):
        text = _("{what} is made within (half, 95 %)").format(what=name)
        yield text, f"{counters.quantile(0.5, what):g} s, {counters.quantile(0.95, what):g} s"
    yield _("memory"), f"{figure('process_resident_memory_bytes') / 2**20:.0f} MB"
    yield _("processor time"), _duration(figure("process_cpu_seconds_total"))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
