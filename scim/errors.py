"""Everything the SCIM edge refuses, in its wire form (RFC 7644 section 3.12).

https://www.rfc-editor.org/rfc/rfc7644#section-3.12. `detail` says what happened, to which attribute, and what
would be accepted; it never holds a library's text or an internal address.
"""

from typing import Any

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal: HTTP status, RFC 7644's keyword for it if there is one, and extra headers."""

    def __init__(
        self, status: int, detail: str, scim_type: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Give the JSON body. The status is a string there, as the RFC wants it."""
        body = {"schemas": [ERROR_URN], "status": str(self.status), "detail": self.detail}
        return body | {"scimType": self.scim_type} if self.scim_type else body


def invalid_syntax(detail: str) -> ScimError:
    """400: the body is not a SCIM message."""
    return ScimError(400, detail, "invalidSyntax")


def invalid_value(detail: str) -> ScimError:
    """400: a required value is missing, or a value has the wrong type."""
    return ScimError(400, detail, "invalidValue")


def invalid_filter(detail: str) -> ScimError:
    """400: a filter that does not parse, names an unknown attribute or compares what cannot be compared."""
    return ScimError(400, detail, "invalidFilter")


def invalid_path(detail: str) -> ScimError:
    """400: a PATCH path that does not parse or names an unknown attribute."""
    return ScimError(400, detail, "invalidPath")


def no_target(detail: str) -> ScimError:
    """400: a PATCH path that leads nowhere."""
    return ScimError(400, detail, "noTarget")


def mutability(detail: str) -> ScimError:
    """400: a change of what clients may not change."""
    return ScimError(400, detail, "mutability")


def uniqueness(detail: str) -> ScimError:
    """409: somebody else has this value already."""
    return ScimError(409, detail, "uniqueness")


def not_found(detail: str) -> ScimError:
    """404: there is no such resource in this organization."""
    return ScimError(404, detail)


def too_large(detail: str) -> ScimError:
    """413: more bytes or operations than announced."""
    return ScimError(413, detail)
