"""Request bodies: read, measured and made safe before anything looks at them (RFC 7644 3.1, 3.12; RFC 8259).

Whatever is wrong is a 4xx with a reason. What comes out is an object of plain JSON values whose texts a
database can keep: no NUL, no half of a surrogate pair, no number that is none, nothing nested deeper than 32.
"""

import json
import math
import re
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from scim.errors import ScimError, too_large

MIB = 1024 * 1024
USERS_LIMIT = MIB  # bytes
GROUPS_LIMIT = BULK_LIMIT = 8 * MIB  # bytes
DEEPEST = 32  # objects and arrays within each other
MEDIA_TYPES = frozenset({"application/scim+json", "application/json"})
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  # escapes that may stand for NUL or half a pair


def read_json(limit: int = USERS_LIMIT) -> dict[str, Any]:
    """Read the body of the current request. Raises ScimError: 400, 413 over `limit` bytes, 415."""
    if request.mimetype not in MEDIA_TYPES:
        raise ScimError(415, "Send application/scim+json or application/json.")
    request.max_content_length = limit  # the application allows less, for forms
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise too_large(f"The body is longer than {limit} bytes.") from error
    if len(raw) > limit:  # the stream was opened earlier, with the largest limit of all routes
        raise too_large(f"The body is longer than {limit} bytes.")
    return parse(raw)


def parse(raw: bytes) -> dict[str, Any]:
    """Parse a body. Raises ScimError 400 invalidSyntax."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(f"The body is not UTF-8: byte {error.start} is wrong.") from error
    found = _loads(text)
    if not isinstance(found, dict):
        raise _bad("The body must be a JSON object.")
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(found)
    if _SUSPECT.search(text):
        _check_texts(found)
    return found


def check_text(text: str) -> str:
    """Return a text from a URL as it came. Raises ScimError 400 for one that no database could keep."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _bad("Texts may hold neither NUL characters nor unpaired surrogates.")
    return text


def _loads(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _bad(f"The body is no JSON: look at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:  # Python refuses integers of more than 4,300 digits
        raise _bad("The body holds a number that is too long.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two members of one name: parsers disagree about which one counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("An object in the body has two members of the same name.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _bad("The body holds a number that is too large.")
    return number


def _no_number(name: str) -> float:
    raise _bad(f"{name} is no JSON.")


def _check_depth(found: Any) -> None:
    """Go level by level, without recursion."""
    level = [found]
    for _depth in range(DEEPEST):
        level = [inner for outer in level for inner in _contents(outer) if isinstance(inner, (dict, list))]
        if not level:
            return
    raise _too_deep()


def _check_texts(found: Any) -> None:
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            check_text(value)
        elif isinstance(value, (dict, list)):
            waiting.extend(value)  # the names of an object, the elements of an array
            waiting.extend(_contents(value))


def _contents(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _too_deep() -> ScimError:
    return _bad(f"The body is nested deeper than {DEEPEST} levels.")


def _bad(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidSyntax")
