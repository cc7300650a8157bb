"""Logging: JSON lines on standard error, each with the id of the request it belongs to.

What must never stand in a log (tokens, names, e-mails, learner text) comes in through exception messages
and URLs: an exception is written as its type and where it happened, URLs lose their query string, and
whatever looks like a token or an e-mail address is struck out.
"""

import json
import logging
import logging.config
import re
import secrets
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
STRUCK_OUT = (
    (re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']+"), r"\1?…"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.?[\w-]*"), "…"),  # a JSON Web Token
    (re.compile(r"(?i)(bearer )\S+"), r"\1…"),
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+"), "…"),
)
OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

_request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLines(logging.Formatter):
    """One JSON object for each record: time, level, logger, message, request, and what `extra` holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record as one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _strike_out(record.getMessage()),
        }
        if _request_id.get():
            line["request"] = _request_id.get()
        if record.name.startswith("celery"):  # it writes an exception's message, and all its traceback
            return json.dumps({**line, "message": _celery_message(record)}, ensure_ascii=False)
        line |= {name: _plain(value) for name, value in vars(record).items() if name not in OWN_FIELDS}
        if record.exc_info and record.exc_info[1]:
            line |= _exception(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _celery_message(record: logging.LogRecord) -> str:
    task = vars(record).get("data")
    if record.exc_info and record.exc_info[1]:
        name = task.get("name", "") if isinstance(task, dict) else ""
        return f"task {name} failed: {type(record.exc_info[1]).__name__}"
    return _strike_out(record.getMessage())


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | bool) else _strike_out(str(value))


def _strike_out(text: str) -> str:
    for pattern, instead in STRUCK_OUT:
        text = pattern.sub(instead, text)
    return text


def _exception(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"exception": f"{type(error).__module__}.{type(error).__qualname__}", "where": where}


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "plugin.log.JsonLines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        **{name: {"level": "INFO"} for name in ("courses", "lti", "scim", "plugin")},
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}


def setup() -> None:
    """Log as JSON lines from here on, in this process."""
    logging.config.dictConfig(LOGGING)


def init_app(app: Flask) -> None:
    """Give every request an id, the caller's if it is short and plain, and answer with it."""
    app.before_request(_begin)
    app.after_request(_answer)
    app.teardown_request(_end)


def _begin() -> None:
    asked = request.headers.get(HEADER, "")
    g.request_id = asked if PLAIN.fullmatch(asked) else secrets.token_hex(8)
    _request_id.set(g.request_id)


def _answer(response: Response) -> Response:
    response.headers[HEADER] = g.get("request_id", "")
    return response


def _end(_error: BaseException | None) -> None:
    _request_id.set("")
