"""What this service provider can do (RFC 7643 5, RFC 7644 4, RFC 9865 3): public, small, and all true."""

from typing import Any

from scim.announced import resource_type_documents, schema_documents
from scim.asking import MOST, PAGE
from scim.bodies import BULK_LIMIT
from scim.bulk import MOST_OPERATIONS
from scim.cursors import TIMEOUT
from scim.errors import not_found
from scim.messages import list_response

CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
Document = dict[str, Any]


def service_provider_config(root: str) -> Document:
    """Announce features and limits; each number is the one that is enforced."""
    return {
        "schemas": [CONFIG_URN],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": MOST_OPERATIONS, "maxPayloadSize": BULK_LIMIT},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": PAGE,
            "maxPageSize": MOST,
            "cursorTimeout": TIMEOUT,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token that an administrator made: leadline scim token new",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            },
            {
                "type": "oauth2",
                "name": "OAuth 2.0 client credentials",
                "description": "One-hour tokens from /oauth/token, with a secret or a signed assertion",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6749#section-4.4",
            },
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{root}/ServiceProviderConfig"},
    }


def listed(documents: list[Document]) -> Document:
    """List all there is: discovery has no pages (RFC 7644 4)."""
    return list_response(documents, total=len(documents), start=1)


def resource_types(root: str) -> list[Document]:
    """Describe User and Group."""
    return resource_type_documents(root)


def schemas(root: str) -> list[Document]:
    """Describe every attribute that is accepted and returned."""
    return schema_documents(root)


def one(documents: list[Document], id_: str) -> Document:
    """Find a document by its id, ignoring case as URNs do. Raises ScimError 404."""
    for document in documents:
        if document["id"].lower() == id_.lower():
            return document
    raise not_found(f"There is nothing here with the id {id_}.")
