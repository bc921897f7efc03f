"""The log of a house with visitors: one JSON object a line. What a visitor has written is not in
it: no links, no addresses, and of an error what kind it was and where, but not its message."""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

from streamlit import logger as streamlits

from nnlab.ui.hosting.house import House

LOGGER = "nnlab"
_ACCESS, _CONNECTIONS = "uvicorn.access", "uvicorn.error"
_SESSION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Whoever knows a session's name could take it over."""


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _SESSION.sub("…", record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _places(trace: TracebackType | None) -> str:
    """Where an error went through: file, line and function, the innermost last."""
    return " > ".join(
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    )


def keep_log(house: House) -> None:
    """Write the log as the house wants it. Neither requests nor connections are logged: they have
    links and addresses in them."""
    logging.getLogger(_ACCESS).disabled = True
    logging.getLogger(_CONNECTIONS).setLevel(logging.WARNING)
    streamlits.get_logger(LOGGER)
    if house.log_format == "json":
        streamlits.setup_formatter = _write_lines
        for name in ("", *logging.root.manager.loggerDict):
            logger = logging.getLogger(name)
            if logger.handlers:
                _write_lines(logger)


def _write_lines(logger: logging.Logger) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logger.handlers[:] = [handler]
