"""Discovery over HTTP (RFC 7644 4): public, because clients read it before they have a token."""

from typing import Any

from flask import Blueprint, Response, request

from scim import discovery
from scim.answers import answer
from scim.edge import PREFIX, edge
from scim.errors import ScimError

blueprint = Blueprint("scim_discovery", __name__, url_prefix=PREFIX)


@blueprint.before_request
def refuse_filters() -> None:
    """Refuse filters: discovery is small and read whole (RFC 7644 4)."""
    if "filter" in request.args:
        raise ScimError(403, "Discovery cannot be filtered. Read it whole.")


@blueprint.get("/ServiceProviderConfig")
def service_provider_config() -> Response:
    """Say what is supported."""
    return answer(discovery.service_provider_config(edge().root))


@blueprint.get("/ResourceTypes")
def resource_types() -> Response:
    """List the types of resource."""
    return answer(discovery.listed(discovery.resource_types(edge().root)))


@blueprint.get("/ResourceTypes/<id_>")
def resource_type(id_: str) -> Response:
    """Show one type of resource."""
    return _one(discovery.resource_types(edge().root), id_)


@blueprint.get("/Schemas")
def schemas() -> Response:
    """List the schemas."""
    return answer(discovery.listed(discovery.schemas(edge().root)))


@blueprint.get("/Schemas/<id_>")
def schema(id_: str) -> Response:
    """Show one schema."""
    return _one(discovery.schemas(edge().root), id_)


def _one(documents: list[dict[str, Any]], id_: str) -> Response:
    return answer(discovery.one(documents, id_))
