"""The strict half of what is accepted: types, canonical values, sizes (RFC 7643 section 2.3).

Whatever comes here has been through scim.dialects: names are ours, and None is gone.
"""

from typing import Any

from scim.attributes import Attribute, Kind
from scim.errors import ScimError, invalid_value

MAX_BYTES = 2048  # of one text, folded: an index entry of PostgreSQL holds 2,704
MAX_ELEMENTS = 100  # of a multi-valued attribute of a user

Element = dict[str, Any]


def check(attribute: Attribute, value: Any, within: str = "") -> Any:
    """Give the value back if it fits the attribute; raises 400 invalidValue. `within` names the parent."""
    label = f"{within}.{attribute.name}" if within else attribute.name
    if attribute.multi:
        return check_elements(attribute, value)
    if attribute.kind is Kind.COMPLEX:
        return check_parts(attribute, value)
    if attribute.kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else _refuse(label, "true or false")
    if attribute.kind is Kind.INTEGER:
        return _integer(attribute, value, label)
    return _text(attribute, value, label)


def check_parts(attribute: Attribute, value: Any) -> Element:
    """Check a complex value, or one element of a multi-valued one."""
    if not isinstance(value, dict):
        _refuse(attribute.name, "an object")
    parts = {sub.name: value[sub.name] for sub in attribute.subs if value.get(sub.name) is not None}
    for sub in attribute.subs:
        if sub.name in parts:
            check(sub, parts[sub.name], attribute.name)
    return parts


def check_elements(attribute: Attribute, value: Any) -> list[Element]:
    """Check all elements of a multi-valued attribute, dropping empty ones."""
    if not isinstance(value, list):
        _refuse(attribute.name, "a list")
    check_size(attribute, value)
    return [parts for element in value if (parts := check_parts(attribute, element))]


def check_size(attribute: Attribute, elements: list[Any]) -> None:
    """Refuse more elements than anybody has addresses."""
    if len(elements) > MAX_ELEMENTS:
        raise invalid_value(f"{attribute.name}: at most {MAX_ELEMENTS} are kept.")


def check_text(value: Any, label: str) -> str:
    """Check that a value is a text that can be kept and indexed."""
    if not isinstance(value, str):
        _refuse(label, "a text in quotes")
    if "\x00" in value:
        raise invalid_value(f"{label} holds a NUL character, which cannot be kept.")
    try:
        size = len(value.casefold().encode())
    except UnicodeEncodeError as exc:
        raise invalid_value(f"{label} holds half of a surrogate pair, which is no character.") from exc
    if size > MAX_BYTES:
        raise invalid_value(f"{label} is longer than {MAX_BYTES} bytes.")
    return str(value)


def _text(attribute: Attribute, value: Any, label: str) -> str:
    text = check_text(value, label)
    if attribute.canonical and text not in attribute.canonical:
        raise invalid_value(f"{label} is one of {', '.join(attribute.canonical)}.")
    if attribute.required and not text.strip():
        raise invalid_value(f"{label} is required and cannot be empty.")
    return text


def _integer(attribute: Attribute, value: Any, label: str) -> int:
    low, high = attribute.bounds or (-(2**31), 2**31 - 1)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        _refuse(label, f"a whole number from {low} to {high}")
    return int(value)


def _refuse(label: str, wanted: str) -> Any:
    raise _wrong(label, wanted)


def _wrong(label: str, wanted: str) -> ScimError:
    return invalid_value(f"{label} must be {wanted}.")
