"""The two AGS calls we make: post a score, read a result.

https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests

from lti import spec
from lti.products.answers import Answer, TokenExpired
from lti.products.standard import SCORE_MAXIMUM, Standard
from lti.tokens import ServiceRegistration

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
LONGEST_BODY = 20_000  # characters of an answer to a score; no words come later
NEAR = 0.1  # platforms rescale to the column's maximum and round


class Tokens(Protocol):
    """Gives out access tokens (lti.tokens.TokenSource). Raises TokenRefused."""

    def token_for(self, registration: ServiceRegistration, scopes: list[str]) -> str:
        """Return a token for these scopes."""

    def forget(self, registration: ServiceRegistration, scopes: list[str]) -> None:
        """Drop a token that the platform no longer takes."""


class ResultUnreadable(Exception):
    """The platform would not show the result."""


class OutOfTime(Exception):
    """Too little time is left for another call."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Result:
    """What the gradebook shows: points of 100, or nothing (Moodle shows a 0 as nothing)."""

    points: float | None
    timestamp: datetime | None = None

    def shows(self, points: int) -> bool:
        """Say whether this is `points`, but for rounding."""
        return abs((self.points or 0) - points) < NEAR


@dataclass(frozen=True, slots=True)
class Column:
    """Where scores go: a line item of a registration, and the manners of its product."""

    registration: ServiceRegistration
    url: str
    product: Standard


class Ags:
    """Calls the Assignment and Grade Services. `in_time` says before each call whether it may begin.

    Raises requests.RequestException, TokenRefused and OutOfTime.
    """

    def __init__(
        self, http: requests.Session, tokens: Tokens, *, in_time: Callable[[], bool] = _always
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._in_time = in_time

    def post_score(self, column: Column, score: dict[str, Any]) -> Answer:
        """Post a score, as compact JSON: Moodle answers 200 to a refused one that has line breaks."""
        body = json.dumps(score, separators=(",", ":"))

        def post(token: str) -> requests.Response:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE}
            return self._http.post(service_url(column.url, "scores"), data=body, headers=headers)

        answer = self._with_token(column, spec.SCORE_SCOPE, post)
        return replace(answer, body=answer.body.replace(body, "…")[:LONGEST_BODY])

    def read_result(self, column: Column, user_id: str) -> Result:
        """Read what one learner's cell shows. Raises ResultUnreadable."""
        url = service_url(column.url, "results", user_id=user_id)

        def get(token: str) -> requests.Response:
            headers = {"Authorization": f"Bearer {token}", "Accept": RESULTS_TYPE}
            return self._http.get(url, headers=headers)

        answer = self._with_token(column, spec.RESULT_SCOPE, get)
        if answer.status != HTTPStatus.OK:
            raise ResultUnreadable(f"the result could not be read: {answer.status}")
        return _find_result(answer.body, user_id)

    def _with_token(self, column: Column, scope: str, send: Callable[[str], requests.Response]) -> Answer:
        answer = self._send(column, scope, send)
        if isinstance(column.product.verdict(answer), TokenExpired):
            self._tokens.forget(column.registration, [scope])
            answer = self._send(column, scope, send)
        return answer

    def _send(self, column: Column, scope: str, send: Callable[[str], requests.Response]) -> Answer:
        token = self._tokens.token_for(column.registration, [scope])
        if not self._in_time():
            raise OutOfTime
        return _read(send(token))


def service_url(line_item_url: str, service: str, **query: str) -> str:
    """Put `/scores` or `/results` before the query string: Moodle's line items end in `?type_id=1`."""
    parts = urlsplit(line_item_url)
    asked = "&".join(filter(None, [parts.query, urlencode(query)]))
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{service}", asked, ""))


def _read(response: requests.Response) -> Answer:
    response.encoding = response.encoding or "utf-8"  # requests would try every encoding it knows
    return Answer(response.status_code, response.reason or "", response.text, response.headers)


def _find_result(body: str, user_id: str) -> Result:
    try:
        rows: list[dict[str, Any]] = json.loads(body)
        return _read_result(next((row for row in rows if str(row.get("userId")) == user_id), {}))
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ResultUnreadable("the result could not be read: it is not a list of results") from error


def _read_result(row: dict[str, Any]) -> Result:
    if row.get("resultScore") is None:
        return Result(None, _moment(row.get("timestamp")))
    maximum = float(row.get("resultMaximum") or 1)
    return Result(float(row["resultScore"]) * SCORE_MAXIMUM / maximum, _moment(row.get("timestamp")))


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=found.tzinfo or UTC)
