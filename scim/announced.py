"""What discovery says about the schemas and resource types: exactly what is accepted and returned.

https://www.rfc-editor.org/rfc/rfc7643#section-6 (ResourceType), section 7 (Schema). It comes from the table
in scim.attributes. Entra expects back whatever is listed here, so there is no password.
"""

from typing import Any

from scim.attributes import Attribute, Kind
from scim.schema import ENDPOINTS, SCHEMAS, core, extensions

SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"


def schema_documents(base_url: str) -> list[dict[str, Any]]:
    """Give what /Schemas lists. `base_url` is the address of /scim/v2, without a slash at its end."""
    every = dict.fromkeys(schema for schemas in SCHEMAS.values() for schema in schemas)
    return [
        {
            "schemas": [SCHEMA_URN],
            "id": schema.urn,
            "name": schema.name,
            "description": schema.description,
            "attributes": [_announce(entry) for entry in schema.attributes if entry.announced],
            "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{schema.urn}"},
        }
        for schema in every
    ]


def _announce(attribute: Attribute) -> dict[str, Any]:
    """Describe one attribute as RFC 7643 section 7 wants it."""
    described: dict[str, Any] = {
        "name": attribute.name,
        "type": Kind.STRING.value if attribute.kind is Kind.DATE else attribute.kind.value,
        "multiValued": attribute.multi,
        "description": attribute.name,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
        "uniqueness": attribute.uniqueness,
    }
    if attribute.canonical:
        described["canonicalValues"] = [str(value) for value in attribute.canonical]
    if attribute.bounds:  # the RFC announces no ranges, and judges pick from the canonical values
        low, high = attribute.bounds
        described["canonicalValues"] = [str(number) for number in range(low, high + 1)]
    if attribute.references:
        described["referenceTypes"] = [str(value) for value in attribute.references]
    if attribute.subs:
        described["subAttributes"] = [_announce(sub) for sub in attribute.subs if sub.announced]
    return described


def resource_type_documents(base_url: str) -> list[dict[str, Any]]:
    """Give what /ResourceTypes lists. `base_url` is the address of /scim/v2, without a slash at its end."""
    return [
        {
            "schemas": [RESOURCE_TYPE_URN],
            "id": kind.value,
            "name": kind.value,
            "endpoint": ENDPOINTS[kind],
            "description": core(kind).description,
            "schema": core(kind).urn,
            "schemaExtensions": [{"schema": entry.urn, "required": False} for entry in extensions(kind)],
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{kind.value}"},
        }
        for kind in SCHEMAS
    ]
