"""How a platform answered a score, and what that means for the cell.

Statuses as AGS 2.0 and the platforms use them: https://www.imsglobal.org/spec/lti-ags/v2p0#error-handling
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

LONGEST_WORDS = 500
DEEPEST = 10  # lists and objects around a message
TELLING = ("message", "reason", "error_description", "error")  # in the order of how much they tell


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `reason` is the phrase of the status line; `headers` ignores case."""

    status: int
    reason: str
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform shows our score."""

    status: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: try again, no earlier than `retry_after` says (the header, as it was sent)."""

    words: str
    status: int | None = None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """The platform will not take it, however often it is posted."""

    words: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class TokenExpired:
    """The access token is no longer good. A new one may be."""

    words: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class LookFirst:
    """Something as new as ours is there already: read it before deciding."""

    words: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class NoMoreAttempts:
    """The score would be taken, but not as a new attempt."""

    words: str
    status: int | None = None


Verdict = Delivered | Later | RefusedForGood | TokenExpired | LookFirst | NoMoreAttempts


def words_of(answer: Answer) -> str:
    """Say in at most 500 characters what the platform said, without what we had posted.

    Moodle puts the posted JSON into the reason phrase, so the phrase counts only up to the first brace.
    """
    said = "; ".join(_messages(_json(answer.body))) or _plain(answer.body)
    phrase = re.split(r"[{\[]", answer.reason)[0].strip()
    text = said or phrase or _standard_phrase(answer.status)
    return f"{answer.status} {text.removeprefix(str(answer.status)).strip()}"[:LONGEST_WORDS]


def storable(words: str) -> str:
    """Return words without what no database takes: PostgreSQL refuses NUL, UTF-8 has no lone surrogates."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "�", words)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _messages(found: Any, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(found, list):
        for item in found:
            yield from _messages(item, depth + 1)
    elif isinstance(found, dict) and "errors" in found:
        yield from _messages(found["errors"], depth + 1)
    elif isinstance(found, dict):
        told = next((found[key] for key in TELLING if isinstance(found.get(key), str)), "")
        yield from filter(None, [" ".join([*_field(found), told]).strip()])


def _field(found: dict[str, Any]) -> list[str]:
    return [found["field"]] if isinstance(found.get("field"), str) else []


def _plain(body: str) -> str:
    if _json(body) is not None:
        return ""
    title = re.search(r"<title>([^<]*)", body, re.IGNORECASE)  # both take a time linear in the length
    text = title[1] if title else re.sub(r"<[^<>]*>", " ", body)
    return " ".join(text.split())


def _standard_phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
