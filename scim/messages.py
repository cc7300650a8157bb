"""Messages of RFC 7644 that are no resources."""

from typing import Any

LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
BULK_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def list_response(
    resources: list[dict[str, Any]], *, total: int, start: int | None = None, next_cursor: str | None = None
) -> dict[str, Any]:
    """Write a page. `start` is for paging by index alone, `next_cursor` for cursors alone (RFC 9865 2)."""
    body: dict[str, Any] = {"schemas": [LIST_URN], "totalResults": total, "itemsPerPage": len(resources)}
    if start is not None:
        body["startIndex"] = start
    if next_cursor is not None:
        body["nextCursor"] = next_cursor
    return {**body, "Resources": resources}
