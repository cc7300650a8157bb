import json
import logging
import sys
from typing import Any

import pytest
from flask import Flask

from plugin import log

SECRETS = [
    "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "Authorization: Bearer abc.def",
    "mail to amara.osei@northgate.example now",
    "GET https://lms.example/auth?login_hint=amara&state=s3cret",
]


def line(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(log.JsonLines().format(record))
    return found


def record_of(message: str, **more: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "lti.delivery", "levelname": "INFO", "msg": message, **more})


def test_a_line_says_when_where_and_what() -> None:
    found = line(record_of("grade Delivered", cell="c-1", tries=1, status=None))
    assert found["logger"] == "lti.delivery"
    assert (found["level"], found["message"]) == ("info", "grade Delivered")
    assert (found["cell"], found["tries"], found["status"]) == ("c-1", 1, None)
    assert found["time"].endswith("+00:00")


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_and_addresses_are_struck_out(text: str) -> None:
    for found in (line(record_of(text)), line(record_of("extra", detail=text))):
        for secret in ("c2ln", "abc.def", "amara", "s3cret"):
            assert secret not in json.dumps(found)


def test_an_exception_is_its_type_and_its_place_but_not_its_words() -> None:
    try:
        int("Amara Osei wrote this")
    except ValueError:
        found = line(record_of("unexpected", exc_info=sys.exc_info()))
    assert found["exception"] == "builtins.ValueError"
    assert "test_log.py" in found["where"][-1]
    assert "Amara" not in json.dumps(found)


@pytest.mark.parametrize(
    ("asked", "taken"), [("abc-1.2_3", True), ("", False), ("a" * 65, False), ("a b", False), ("ä", False)]
)
def test_a_request_id_is_taken_over_when_it_is_short_and_plain(asked: str, taken: bool) -> None:  # noqa: FBT001 - a row
    app = Flask("test")
    log.init_app(app)
    seen: list[str] = []

    @app.get("/")
    def view() -> str:
        seen.append(line(record_of("here"))["request"])
        return ""

    answer = app.test_client().get("/", headers={log.HEADER: asked.encode().decode("latin-1")})
    assert seen == [answer.headers[log.HEADER]]
    assert (seen == [asked]) is taken
    assert "request" not in line(record_of("afterwards"))
