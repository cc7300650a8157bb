"""Assignment and Grade Services over HTTP, with Moodle's URLs, media types and errors.

https://www.imsglobal.org/spec/lti-ags/v2p0
"""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from plugin.sandbox import moodle
from plugin.sandbox.access import school
from plugin.sandbox.claims import columns_url
from plugin.sandbox.columns import Columns
from plugin.sandbox.moodle import AGS, RefusedError
from plugin.sandbox.peer import peer_of
from plugin.sandbox.records import Course, Tool

WRITE = [AGS + "lineitem"]
READ = [*WRITE, AGS + "lineitem.readonly"]
FILTERS = {
    "resource_id": "resourceId",
    "tag": "tag",
    "resource_link_id": "resourceLinkId",
    "lti_link_id": "ltiLinkId",
}
ERRORS = {401: "Unauthorized", 404: "Not Found: Grade item {} doesn't exist"}
REFUSED_SCORES = {400, 409, 500}

bp = Blueprint("ags", __name__, url_prefix="/services/<int:course_id>/lineitems")


def caller(course_id: int, type_id: str | None) -> tuple[Tool, Course]:
    """Find the tool a bearer token belongs to, and the course; raises RefusedError."""
    text = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = school().live_token(text)
    tool = school().tool_by_client(token.client_id) if token else None
    if tool is None or type_id not in {None, str(tool.type_id)}:
        raise RefusedError(401, "Unauthorized")
    if course_id not in school().courses:
        raise RefusedError(404, f"Not Found: Course {course_id} doesn't exist")
    return tool, school().courses[course_id]


@bp.get("")
def index(course_id: int) -> ResponseReturnValue:
    """List a tool's columns, filtered and paged by `limit` and `from`."""
    _check_accept(moodle.COLUMNS_TYPE, any_type=False)
    columns = _ask(course_id, READ, "handle_get_lineitems").result["content"]
    for name, key in FILTERS.items():
        if name in request.args:
            columns = [column for column in columns if column.get(key) == request.args[name]]
    limit, start = request.args.get("limit", 0, int), request.args.get("from", 0, int)
    headers = {}
    if limit > 0:
        url = columns_url(school(), course_id, request.args.get("type_id", 0, int))
        headers["Link"] = moodle.link_header(url, limit=limit, start=start, total=len(columns))
        columns = columns[start : start + limit]
    return _json(columns, moodle.COLUMNS_TYPE, headers=headers)


@bp.post("")
def create(course_id: int) -> ResponseReturnValue:
    """Add a column."""
    _check_content_type(moodle.COLUMN_TYPE)
    return _json(_ask(course_id, WRITE, "handle_create_lineitem").result, moodle.COLUMN_TYPE, 201)


@bp.get("/<item>/lineitem")
def show(course_id: int, item: str) -> ResponseReturnValue:
    """Read a column."""
    _check_accept(moodle.COLUMN_TYPE)
    return _json(_ask(course_id, READ, "handle_get_lineitem", item).result, moodle.COLUMN_TYPE)


@bp.put("/<item>/lineitem")
def replace(course_id: int, item: str) -> ResponseReturnValue:
    """Replace a column."""
    _check_content_type(moodle.COLUMN_TYPE)
    if not isinstance(request.get_json(force=True, silent=True), dict):
        raise RefusedError(400, "Bad Request")
    return _json(_ask(course_id, WRITE, "handle_update_lineitem", item).result, moodle.COLUMN_TYPE)


@bp.delete("/<item>/lineitem")
def delete(course_id: int, item: str) -> ResponseReturnValue:
    """Remove a column."""
    _ask(course_id, WRITE, "handle_delete_lineitem", item)
    return Response(status=204, mimetype="text/html")


@bp.post("/<item>/lineitem")
def misplaced(course_id: int, item: str) -> ResponseReturnValue:
    """Refuse what a tool posts when it puts `/scores` behind the query."""
    raise RefusedError(400, f"No handler found for /{course_id}/lineitems/{item}/lineitem")


@bp.post("/<item>/lineitem/scores")
def score(course_id: int, item: str) -> ResponseReturnValue:
    """Take a score: 200 with an empty body, or a refusal with the body `[]`."""
    _check_content_type(moodle.SCORE_TYPE)
    try:
        _ask(course_id, [AGS + "score"], "handle_update_score", item)
    except RefusedError as exc:
        if exc.status not in REFUSED_SCORES:
            raise
        reason = moodle.reason_phrase(exc, request.get_data(as_text=True))
        status = "200 OK" if reason is None else f"{exc.status} {reason}"
        return Response("[]", status, content_type=f"{moodle.SCORE_TYPE}; charset=utf-8")
    return Response("", 200, content_type=f"{moodle.SCORE_TYPE}; charset=utf-8")


@bp.get("/<item>/lineitem/results")
def results(course_id: int, item: str) -> ResponseReturnValue:
    """List results, of one person if asked."""
    _check_accept(moodle.RESULTS_TYPE)
    if {"limit", "type_id"} <= request.args.keys():
        return Response("<!DOCTYPE html><title>Error</title>", 404, mimetype="text/html")  # it crashes
    shown = _ask(course_id, [AGS + "result.readonly"], "handle_get_results", item).result["content"]
    if "user_id" in request.args:
        shown = [result for result in shown if result["userId"] == request.args["user_id"]]
    return _json(shown, moodle.RESULTS_TYPE)


def _ask(course_id: int, scopes: list[str], handler: str, item: str | None = None) -> Any:
    tool, course = caller(course_id, request.args.get("type_id"))
    if item is not None and not item.isdecimal():
        raise moodle.DATABASE_ERROR
    service = Columns(peer_of(tool), course, scopes)
    given = {} if item is None else {"line_item_id": item}
    answer = service.handle_resp(lambda: getattr(service, handler)(**given))
    if answer.code in ERRORS:
        raise RefusedError(answer.code, ERRORS[answer.code].format(item))
    if answer.code >= HTTPStatus.BAD_REQUEST:
        raise RefusedError(answer.code, answer.message)
    return answer


def _check_accept(media: str, *, any_type: bool = True) -> None:
    if not moodle.accepts(request.headers.get("Accept", ""), media, any_type=any_type):
        raise RefusedError(400, f"No handler found for {request.path} {request.headers['Accept']}")


def _check_content_type(media: str) -> None:
    if not moodle.is_type(request.headers.get("Content-Type", ""), media):
        raise RefusedError(
            400, f"No handler found for {request.path}  {request.headers.get('Content-Type', '')}"
        )


def _json(body: Any, media: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, content_type=f"{media}; charset=utf-8")
