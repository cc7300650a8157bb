"""Users and Groups over HTTP (RFC 7644 3.3 to 3.7). A view reads, opens one transaction, and answers."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from scim.answers import answer, nothing
from scim.asking import Query, Selection, query, selection
from scim.attributes import ResourceType
from scim.bodies import BULK_LIMIT, GROUPS_LIMIT, USERS_LIMIT, check_text, read_json
from scim.bulk import run_bulk
from scim.edge import PREFIX, edge
from scim.errors import ScimError
from scim.etags import etag, expected, names
from scim.guard import caller, guard
from scim.listing import BOTH, Reader, list_resources
from scim.rendering import Renderer
from scim.schema import ENDPOINTS
from scim.stored import Stored, find
from scim.verbs import CHANGE, CREATE, DELETE, PLACES
from scim.writing import write

USER, GROUP = ResourceType.USER, ResourceType.GROUP
LIMITS = {USER: USERS_LIMIT, GROUP: GROUPS_LIMIT}
LIST, ONE = "/<any(Users, Groups):place>", "/<any(Users, Groups):place>/<id_>"
ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
blueprint = Blueprint("scim", __name__, url_prefix=PREFIX)


@blueprint.get(LIST, strict_slashes=False)
@guard
def list_(place: str) -> Response:
    """List resources of one type."""
    return _list(query(_args()), PLACES[place])


@blueprint.get("/", strict_slashes=False)
@guard
def list_both() -> Response:
    """List users, then groups (RFC 7644 3.4.2.1)."""
    return _list(query(_args()), *BOTH)


@blueprint.post(LIST + "/.search")
@guard
def search(place: str) -> Response:
    """List resources of one type, the question being in the body: it may be longer than a URL."""
    return _list(query(read_json()), PLACES[place])


@blueprint.post("/.search")
@guard
def search_both() -> Response:
    """List users, then groups, the question being in the body."""
    return _list(query(read_json()), *BOTH)


@blueprint.get(ONE)
@guard
def read(place: str, id_: str) -> Response:
    """Show one resource, or that it has not changed."""
    kind, chosen = PLACES[place], selection(_args())
    with edge().reading() as session:
        row = find(session, kind, caller(), id_)
        if names(request.if_none_match, row.version):
            return nothing(304, _headers(kind, row))
        return answer(_resource(session, kind, row, chosen), headers=_headers(kind, row))


@blueprint.post(LIST, strict_slashes=False)
@guard
def create(place: str) -> Response:
    """Make a resource, or take up again somebody who left."""
    kind, chosen = PLACES[place], selection(_args())
    body, now = read_json(LIMITS[kind]), edge().clock()

    def made(session: Session) -> Response:
        row = CREATE[kind](session, caller(), body, now=now)
        return answer(_resource(session, kind, row, chosen), 201, _headers(kind, row))

    return write(edge().transaction, made)


@blueprint.route(ONE, methods=["PUT", "PATCH"])
@guard
def change(place: str, id_: str) -> Response:
    """Replace a resource, or change parts of it.

    A PATCH of a group answers 204 unless attributes are asked for (RFC 7644 3.5.2): a group may be large.
    """
    kind, chosen = PLACES[place], selection(_args())
    body, now = read_json(LIMITS[kind]), edge().clock()
    verb, if_match = CHANGE[kind, request.method], expected(request.headers.get("If-Match"))
    brief = kind is GROUP and request.method == "PATCH" and not chosen.attributes

    def changed(session: Session) -> Response:
        row = verb(session, caller(), id_, body, if_match=if_match, now=now)
        if brief:
            return nothing(204, _headers(kind, row))
        return answer(_resource(session, kind, row, chosen), headers=_headers(kind, row))

    return write(edge().transaction, changed)


@blueprint.delete(ONE)
@guard
def delete(place: str, id_: str) -> Response:
    """Delete a resource."""
    verb, if_match, now = DELETE[PLACES[place]], expected(request.headers.get("If-Match")), edge().clock()
    write(edge().transaction, lambda session: verb(session, caller(), id_, if_match=if_match, now=now))
    return nothing(204)


@blueprint.post("/Bulk")
@guard
def bulk() -> Response:
    """Run many operations."""
    body, scim = read_json(BULK_LIMIT), edge()
    return answer(run_bulk(scim.transaction, caller(), body, root=scim.root, clock=scim.clock))


@blueprint.route("/Me", methods=ANY)
@guard
def me() -> Response:
    """Refuse: the caller is a directory, not a person (RFC 7644 3.11 allows it)."""
    raise ScimError(501, "A token stands for a directory, not for a person: there is no /Me here.")


def _args() -> dict[str, str]:
    return {name: check_text(value) for name, value in request.args.items()}


def _list(asked: Query, *kinds: ResourceType) -> Response:
    scim = edge()
    with scim.reading() as session:
        reader = Reader(session, caller().organization_id, scim.root, scim.secret_key, scim.clock())
        return answer(list_resources(reader, kinds, asked))


def _resource(session: Session, kind: ResourceType, row: Stored, chosen: Selection) -> dict[str, Any]:
    renderer = Renderer(session, caller().organization_id, edge().root, chosen)
    return renderer.render(kind, [row])[0]


def _headers(kind: ResourceType, row: Stored) -> dict[str, str]:
    return {"ETag": etag(row.version), "Location": f"{edge().root}{ENDPOINTS[kind]}/{row.id}"}
