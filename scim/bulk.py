"""Bulk: many operations in one request (RFC 7644 3.7), each in a transaction of its own.

One transaction for all would keep other writers waiting for seconds, and two such requests for each other.

An operation waits for those whose `bulkId` it refers to. Where they wait for each other, ids given out
beforehand break the circle: a manager or member who is not there yet is kept and joined on arrival.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scim.attributes import ResourceType
from scim.edge import Opens
from scim.errors import ScimError, invalid_syntax, invalid_value, too_large
from scim.etags import etag, expected
from scim.messages import BULK_RESPONSE_URN
from scim.schema import ENDPOINTS
from scim.stored import Stored
from scim.tokens import Caller
from scim.verbs import CHANGE, CREATE, DELETE, PLACES
from scim.writing import write

MOST_OPERATIONS = 1000
REFERENCE = re.compile(r"bulkId:([A-Za-z0-9._~:@-]+)")


@dataclass(slots=True, kw_only=True)
class Operation:
    """One operation of the request and, later, what became of it. `path` has no slash at its start."""

    method: str
    path: str
    bulk_id: str | None
    version: str | None
    data: Any
    refers: tuple[str, ...]
    answer: dict[str, Any] | None = None


@dataclass(slots=True)
class Bulk:
    """A request under way. `ids` are those of the resources that bulkIds stand for."""

    begin: Opens
    clock: Callable[[], datetime]
    caller: Caller
    root: str
    operations: list[Operation]
    fail_on_errors: int | None
    ids: dict[str, uuid.UUID]
    failed: set[str] = field(default_factory=set)
    errors: int = 0


def run_bulk(
    begin: Opens, caller: Caller, body: dict[str, Any], *, root: str, clock: Callable[[], datetime]
) -> dict[str, Any]:
    """Run a BulkRequest, answer with a BulkResponse. Raises ScimError 400, 413 for the request as a whole."""
    members = {name.lower(): value for name, value in body.items()}
    operations = _operations(members.get("operations"))
    made = [one.bulk_id for one in operations if one.bulk_id and one.method == "POST"]
    if len(made) != len(set(made)):
        raise invalid_value("Two operations of this request have the same bulkId.")
    ids = {bulk_id: uuid.uuid4() for bulk_id in made}
    bulk = Bulk(begin, clock, caller, root, operations, _fail_on_errors(members), ids)
    for operation in _in_order(operations):
        _run(bulk, operation)
        if bulk.fail_on_errors and bulk.errors >= bulk.fail_on_errors:
            break
    answers = [one.answer for one in operations if one.answer is not None]
    return {"schemas": [BULK_RESPONSE_URN], "Operations": answers}


def _operations(given: Any) -> list[Operation]:
    if not isinstance(given, list):
        raise invalid_syntax("A bulk request needs Operations, a list.")
    if len(given) > MOST_OPERATIONS:
        raise too_large(
            f"A bulk request may have {MOST_OPERATIONS} operations, and this one has {len(given)}."
        )
    return [_operation(entry) for entry in given]


def _operation(given: Any) -> Operation:
    if not isinstance(given, dict):
        raise invalid_syntax("Each of the Operations must be an object.")
    found = {name.lower(): value for name, value in given.items()}
    for name in ("method", "path", "bulkid", "version"):
        if not isinstance(found.get(name, ""), str | None):
            raise invalid_syntax(f"{name} of an operation must be a string.")
    path = (found.get("path") or "").strip("/")
    return Operation(
        method=(found.get("method") or "").upper(),
        path=path,
        bulk_id=found.get("bulkid") or None,
        version=found.get("version"),
        data=found.get("data"),
        refers=tuple(dict.fromkeys([*_references(path, "path"), *_references(found.get("data"))])),
    )


def _fail_on_errors(members: dict[str, Any]) -> int | None:
    given = members.get("failonerrors")
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 1):
        raise invalid_value("failOnErrors must be a whole number from 1.")
    return given


def _references(value: Any, key: str = "") -> Iterator[str]:
    """Find each bulkId that a body refers to: as a whole value, or within a path. Bodies are 32 deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _references(inner, name.lower())
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner, key)
    elif isinstance(value, str) and "bulkId:" in value:
        found = [REFERENCE.fullmatch(value)] if key != "path" else REFERENCE.finditer(value)
        yield from (match[1] for match in found if match)


def _in_order(operations: list[Operation]) -> Iterator[Operation]:
    """Give operations as they came, but each after those that make what it refers to; circles are cut."""
    made = {one.bulk_id: one for one in operations if one.bulk_id and one.method == "POST"}
    begun: set[int] = set()
    done: set[int] = set()
    for first in operations:
        stack = [first]
        while stack:
            top = stack[-1]
            begun.add(id(top))
            awaited = [made[name] for name in top.refers if name in made and id(made[name]) not in begun]
            if awaited:
                stack += reversed(awaited)
                continue
            stack.pop()
            if id(top) not in done:
                done.add(id(top))
                yield top


def _run(bulk: Bulk, operation: Operation) -> None:
    answer: dict[str, Any] = {"method": operation.method}
    if operation.bulk_id:
        answer["bulkId"] = operation.bulk_id
    try:
        answer |= write(bulk.begin, lambda session: _execute(bulk, session, operation))
    except ScimError as error:
        bulk.errors += 1
        if operation.bulk_id and operation.method == "POST":
            bulk.failed.add(operation.bulk_id)
        elif operation.path:
            answer["location"] = f"{bulk.root}/{operation.path}"
        answer |= {"status": str(error.status), "response": error.body()}
    operation.answer = answer


def _execute(bulk: Bulk, session: Session, operation: Operation) -> dict[str, Any]:
    for name in operation.refers:
        if name not in bulk.ids or name in bulk.failed:
            raise ScimError(409, f"It refers to bulkId:{name}, which this request did not make.")
    path = _filled(bulk, operation.path, "path")
    place, _slash, id_ = path.partition("/")
    kind = PLACES.get(place)
    if kind is None or bool(id_) is (operation.method == "POST"):
        raise invalid_value("The path must be /Users or /Groups for a POST, and name one resource otherwise.")
    now = bulk.clock()
    if operation.method == "DELETE":
        DELETE[kind](session, bulk.caller, id_, if_match=expected(operation.version), now=now)
        return {"location": f"{bulk.root}/{path}", "status": "204"}
    data = _filled(bulk, operation.data)
    if operation.method == "PATCH" and isinstance(data, list):  # as the RFC's own example has it (3.7.3)
        data = {"Operations": data}
    if not isinstance(data, dict):
        raise invalid_syntax("The operation needs data, an object.")
    if operation.method == "POST":
        key = bulk.ids.get(operation.bulk_id or "")
        return _made(bulk, kind, operation, CREATE[kind](session, bulk.caller, data, now=now, id_=key))
    change = CHANGE.get((kind, operation.method))
    if change is None:
        raise invalid_value("The method of an operation is POST, PUT, PATCH or DELETE.")
    if_match = expected(operation.version)
    row = change(session, bulk.caller, id_, data, if_match=if_match, now=now)
    return _told(bulk, kind, row, "200")


def _made(bulk: Bulk, kind: ResourceType, operation: Operation, row: Stored) -> dict[str, Any]:
    if operation.bulk_id:
        bulk.ids[operation.bulk_id] = row.id  # somebody who comes back keeps the id they had
    return _told(bulk, kind, row, "201")


def _told(bulk: Bulk, kind: ResourceType, row: Stored, status: str) -> dict[str, Any]:
    location = f"{bulk.root}{ENDPOINTS[kind]}/{row.id}"
    return {"location": location, "version": etag(row.version), "status": status}


def _filled(bulk: Bulk, value: Any, key: str = "") -> Any:
    """Put ids in place of references."""
    if isinstance(value, dict):
        return {name: _filled(bulk, inner, name.lower()) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(bulk, inner, key) for inner in value]
    if not isinstance(value, str) or "bulkId:" not in value:
        return value
    if key != "path" and not REFERENCE.fullmatch(value):
        return value
    return REFERENCE.sub(lambda match: str(bulk.ids[match[1]]), value)
