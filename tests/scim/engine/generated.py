"""Users and filters for Hypothesis, and scim2-models' classes made from the schemas that we announce."""

import json
from typing import Any

from hypothesis import strategies as st
from scim2_models import Extension, Resource, Schema

from scim.announced import schema_documents
from scim.attributes import ENTERPRISE, LEADERSHIP

ENT, LEAD = ENTERPRISE.urn, LEADERSHIP.urn
Document = dict[str, Any]

_schemas = {
    entry["name"]: Schema.model_validate(entry)
    for entry in schema_documents("https://leadline.example/scim/v2")
}
_User = Resource.from_schema(_schemas["User"])
_Enterprise = Extension.from_schema(_schemas["EnterpriseUser"])
_Leadership = Extension.from_schema(_schemas["LeadershipUser"])
JudgedUser: Any = _User[_Enterprise | _Leadership]

# Few letters, so that values meet; wildcards, quotes and letters outside ASCII, because they hurt.
text = st.text(alphabet='aAbB%_\\"/é É.', max_size=4)
names = st.text(alphabet="aAbBé._", min_size=1, max_size=4)
types = st.sampled_from(["work", "home", "Work"])
dates = st.sampled_from(["2020-01-31", "2024-12-01", "2026-11-23"])


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional=parts)


def _filled(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return strategy.filter(bool)


element = _filled(_some(value=_filled(text), type=types, primary=st.booleans()))


def _one_primary(elements: list[Document]) -> list[Document]:
    first = next((entry for entry in elements if entry.get("primary")), None)
    return [entry if entry is first else {**entry, "primary": False} for entry in elements]


elements = st.lists(element, min_size=1, max_size=3).map(_one_primary)
addresses = st.lists(_filled(_some(locality=text, type=types)), min_size=1, max_size=2)
users: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {"userName": names, "active": st.booleans()},
    optional={
        "externalId": _filled(text),
        "displayName": text,
        "title": text,
        "name": _filled(_some(familyName=_filled(text), givenName=_filled(text))),
        "emails": elements,
        "roles": elements,
        "addresses": addresses,
        ENT: _filled(
            _some(
                department=text,
                employeeNumber=text,
                manager=st.fixed_dictionaries({"value": text.filter(str.strip)}),
            )
        ),
        LEAD: _filled(_some(leadershipLevel=st.integers(1, 5), hireDate=dates)),
    },
)
directories = st.lists(users, min_size=1, max_size=6, unique_by=lambda user: user["userName"].casefold())

_ORDER = ["eq", "ne", "gt", "ge", "lt", "le"]
_TEXTS = [*_ORDER, "co", "sw", "ew"]
_ATTRIBUTES = [
    *["userName", "externalId", "displayName", "title", "name.familyName", "TITLE", "emails", "emails.value"],
    *["emails.type", "addresses.locality", "roles.value", f"{ENT}:department", f"{ENT}:employeeNumber"],
    *[f"{ENT}:manager.value", "urn:ietf:params:scim:schemas:core:2.0:User:displayName"],
]


def _compared(
    names: list[str], operators: list[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[str]:
    spelled = values.map(lambda value: json.dumps(value, ensure_ascii=False))
    return st.tuples(st.sampled_from(names), st.sampled_from(operators), spelled).map(" ".join)


def _joined(terms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(terms, st.sampled_from(["and", "or", "AND", "Or"]), terms).map(" ".join)
    return two | terms.map("({})".format) | terms.map("not ({})".format)


_inside = st.recursive(
    _compared(["value", "type", "Type"], _TEXTS, text | types)
    | _compared(["primary"], ["eq", "ne"], st.booleans())
    | st.sampled_from(["value pr", "type pr", "primary pr"]),
    _joined,
    max_leaves=3,
)
_paths = st.tuples(st.sampled_from(["emails", "roles", "Emails"]), _inside).map("{0[0]}[{0[1]}]".format)
_present = st.sampled_from(
    ["name", "emails", "emails.type", "addresses", f"{ENT}:manager", f"{LEAD}:leadershipLevel", *_ATTRIBUTES]
)
filters = st.recursive(
    _compared(_ATTRIBUTES, _TEXTS, text | types | names)
    | _compared(["active", "emails.primary"], ["eq", "ne"], st.booleans())
    | _compared([f"{LEAD}:leadershipLevel"], _ORDER, st.integers(0, 6))
    | _compared([f"{LEAD}:hireDate"], _TEXTS, dates | st.sampled_from(["2024", "-12-", "01"]))
    | _present.map("{} pr".format)
    | _paths,
    _joined,
    max_leaves=6,
)

_ops = st.sampled_from(["add", "replace", "Replace"])


def _valued(user: Document) -> Document:
    """Give every element a value: one without says nothing once a part of it is removed, and then goes."""
    filled = {
        name: [{"value": "a", **entry} for entry in user[name]]
        for name in ("emails", "roles")
        if name in user
    }
    return user | filled


patchable = users.map(_valued)
_valued_elements = elements.map(lambda given: [{"value": "a", **entry} for entry in given])

# A remove's value names an element by what it is, not by which one is primary.
_named_elements = st.lists(st.fixed_dictionaries({"value": text}, optional={"type": types}), min_size=1)


def _operation(path: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    change = st.fixed_dictionaries({"op": _ops, "path": st.just(path), "value": values})
    return change | st.just({"op": "remove", "path": path})


_texts = ["displayName", "title", "nickName", "externalId", "name.familyName", f"{ENT}:department"]
_name = _filled(_some(familyName=_filled(text), middleName=_filled(text)))
_chosen = st.sampled_from(
    ['type eq "work"', 'type eq "home" and value eq "a"', 'value co "a"', "primary eq true"]
)
_element_paths = st.tuples(st.sampled_from(["emails", "roles"]), _chosen).map("{0[0]}[{0[1]}]".format)
operations = st.lists(
    st.one_of(
        *(_operation(path, _filled(text)) for path in _texts),
        _operation("name", _name),
        _operation("active", st.booleans()),
        _operation("emails", _valued_elements),
        _operation("roles", _valued_elements),
        _operation(f"{LEAD}:leadershipLevel", st.integers(0, 6)),
        _operation("userName", names),
        _element_paths.flatmap(
            lambda path: st.fixed_dictionaries(
                {"op": _ops, "path": st.just(f"{path}.value"), "value": _filled(text)}
            )
        ),
        _element_paths.flatmap(lambda path: _operation(f"{path}.type", types)),
        _element_paths.flatmap(lambda path: _operation(f"{path}.primary", st.booleans())),
        _element_paths.flatmap(
            lambda path: _operation(path, element.map(lambda entry: {"value": "a", **entry}))
        ),
        st.fixed_dictionaries(
            {"op": _ops, "value": _some(title=_filled(text), name=_name, emails=_valued_elements)}
        ),
        st.fixed_dictionaries(
            {"op": _ops, "value": _some(**{ENT: _filled(_some(department=_filled(text)))})}
        ),
        st.fixed_dictionaries({"op": st.just("remove"), "path": st.just("emails"), "value": _named_elements}),
    ),
    min_size=1,
    max_size=4,
)
