"""Hostile requests over HTTP: a 4xx with a reason, never a 500, and nothing is written."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from courses.audit import AuditEntry
from courses.people.models import Person
from scim.bodies import MIB
from scim.models import ScimGroup, ScimUser
from tests.scim.access.conftest import Directory

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LEADERSHIP = "urn:leadline:params:scim:schemas:extension:leadership:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
NOBODY = "00000000-0000-4000-8000-000000000000"
TERM = 'userName eq "a"'


class Caller:
    """Sends whatever it is told to with a live token."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.headers: dict[str, str] = {}
        self.renew()

    def renew(self) -> None:
        """Take a new token, which may ask as often as the old one."""
        self.headers = {"Authorization": f"Bearer {self.directory.token().token}"}

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        if body is not None:
            more["data"] = body if isinstance(body, bytes) else json.dumps(body).encode()
            more.setdefault("content_type", "application/scim+json")
        return self.directory.client.open(f"/scim/v2{path}", method=method, headers=self.headers, **more)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str | None]:
        """Send, check that the answer is a SCIM error, and return its status and type."""
        answer = self.send(method, path, body, **more)
        assert answer.mimetype == "application/scim+json"
        assert answer.json
        assert answer.json["status"] == str(answer.status_code)
        assert answer.json["detail"]
        return answer.status_code, answer.json.get("scimType")

    def user(self, **changes: Any) -> Any:
        """Make a user."""
        answer = self.send(
            "POST", "/Users", {"schemas": [CORE], "userName": "amara@northgate.example", **changes}
        )
        assert answer.status_code == 201, answer.text
        return answer.json

    def written(self) -> list[int]:
        """Count what there is."""
        with self.directory.build.database.reading() as session:
            tables = (ScimUser, ScimGroup, Person, AuditEntry)
            return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.fixture
def caller(directory: Directory) -> Caller:
    return Caller(directory)


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"userName": "\xff"}',
    b'{"userName": "a\\u0000b"}',
    b'{"userName": "\\ud800"}',
    b'{"userName": "a", "userName": "b"}',
    b'{"userName": NaN}',
    b'{"a":' * 50_000,
    b"[" * 500_000,
    b'{"userName": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/Users"),
        ("POST", "/Groups"),
        ("PUT", f"/Users/{NOBODY}"),
        ("PATCH", f"/Groups/{NOBODY}"),
        ("POST", "/Bulk"),
        ("POST", "/.search"),
        ("POST", "/Users/.search"),
    ],
)
def test_a_broken_body_is_400_everywhere_and_writes_nothing(caller: Caller, method: str, path: str) -> None:
    before = caller.written()
    for body in BROKEN:
        assert caller.refused(method, path, body) == (400, "invalidSyntax"), body[:30]
    assert caller.written() == before


WRONG = [
    None,
    True,
    7,
    -1.5,
    10**30,
    "",
    "x" * 5000,
    [],
    [[]],
    [None],
    ["x"],
    [{}],
    {},
    {"value": {}},
    {"x": None},
]
NAMES = [
    "userName",
    "externalId",
    "name",
    "displayName",
    "active",
    "emails",
    "phoneNumbers",
    "addresses",
    "roles",
    "groups",
    "password",
    "id",
    "meta",
    "schemas",
    "nickName",
    ENTERPRISE,
    LEADERSHIP,
    "manager",
    "members",
    "unknown",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_the_wrong_type_leads_to_500(caller: Caller, name: str) -> None:
    """Once as an attribute of a POST and a PUT, once as the value of PATCH operations."""
    id_ = caller.user()["id"]
    for number, value in enumerate(WRONG):
        body = {"schemas": [CORE], "userName": f"other{number}", name: value}
        group = {"displayName": f"Group {number}", name: value}
        operations = [{"op": op, "path": name, "value": value} for op in ("add", "replace", "remove")]
        asked = [
            caller.send("POST", "/Users", body),
            caller.send("PUT", f"/Users/{id_}", body),
            caller.send("POST", "/Groups", group),
            *(
                caller.send("PATCH", f"/Users/{id_}", {"schemas": [PATCH_OP], "Operations": [operation]})
                for operation in operations
            ),
            caller.send(
                "PATCH",
                f"/Users/{id_}",
                {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": {name: value}}]},
            ),
        ]
        for answer in asked:
            assert answer.status_code in {200, 201, 400, 409}, (value, answer.text)


@pytest.mark.parametrize(
    "operations",
    [
        *WRONG,
        [7],
        ["x"],
        [{"op": None}],
        [{"op": 7, "path": "title", "value": "x"}],
        [{"op": ["add"], "path": "title", "value": "x"}],
        [{"op": "move", "path": "title", "value": "x"}],
        [{"op": "add", "path": 7, "value": "x"}],
        [{"op": "add", "path": ["title"], "value": "x"}],
        [{"op": "add", "path": "", "value": "x"}],
        [{"op": "add", "path": "x" * 9000, "value": "x"}],
        [{"op": "add", "path": "emails[" * 1000, "value": "x"}],
        [{"op": "add", "path": "emails[" + "(" * 4000, "value": "x"}],
        [{"op": "add", "path": 'emails[type eq "work"', "value": "x"}],
        [{"op": "add", "path": "urn:a:b:c", "value": "x"}],
        [{"op": "add", "path": "name.givenName.more", "value": "x"}],
        [{"op": "add", "path": "......", "value": "x"}],
        [{"op": "remove"}],
        [{"op": "replace", "value": [{"title": "x"}]}],
        [{"op": "replace", "path": "title", "value": "x"}] * 5000,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_no_patch_leads_to_500_and_a_refused_one_writes_nothing(caller: Caller, operations: Any) -> None:
    id_ = caller.user()["id"]
    group = caller.send("POST", "/Groups", {"displayName": "Leads"}).json or {}
    for path in (f"/Users/{id_}", f"/Groups/{group['id']}"):
        before = caller.written()
        answer = caller.send("PATCH", path, {"schemas": [PATCH_OP], "Operations": operations})
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert caller.written() == before


FILTERS = {
    "long": f'userName eq "{"a" * 8200}"',
    "101 terms": " or ".join([TERM] * 101),
    "33 deep": "(" * 33 + TERM + ")" * 33,
    "parentheses": "(" * 100_000,
    "nots": "not (" * 1000 + TERM + ")" * 1000,
    "brackets": "emails[" * 1000,
    "nested value path": 'emails[emails[type eq "a"]]',
    "empty": " ",
    "nothing compared": "userName eq",
    "unknown attribute": 'nope eq "x"',
    "password": 'password eq "x"',
    "unknown operator": 'userName is "x"',
    "open quote": 'userName eq "x',
    "bad escape": r'userName eq "\x"',
    "NUL by escape": r'userName eq "a\u0000"',
    "half a pair": r'userName eq "\ud800"',
    "boolean order": "active gt true",
    "type": "active eq 7",
    "date": 'meta.created gt "soon"',
    "far date": 'meta.created gt "99999-01-01T00:00:00Z"',
    "great number": f"{LEADERSHIP}:leadershipLevel eq 1e400",
    "semicolon": 'userName eq "a"; drop table people',
    "comment": 'userName eq "a" --',
}


@pytest.mark.parametrize("text", FILTERS.values(), ids=FILTERS)
def test_a_hostile_filter_is_400_invalid_filter(caller: Caller, text: str) -> None:
    searched = caller.refused("POST", "/Users/.search", {"filter": text})
    assert searched == (400, "invalidFilter")
    if len(text) < 20_000:
        assert caller.refused("GET", "/Users", query_string={"filter": text}) == searched


@pytest.mark.parametrize(
    "text",
    [
        r'userName eq "\"; drop table people; --"',
        'userName eq "%"',
        'userName sw "%"',
        'userName co "_"',
        r'userName co "\\"',
        'userName eq "\U0001f600"',
        'id eq "x\' or 1=1"',
        'id eq "' + "9" * 400 + '"',
        f"{LEADERSHIP}:leadershipLevel eq 99999999999999999999",
        'members eq "x"',
    ],
)
def test_a_strange_filter_finds_nobody(caller: Caller, text: str) -> None:
    caller.user()
    place = "/Groups" if text.startswith("members") else "/Users"
    answer = caller.send("GET", place, query_string={"filter": text})
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.json
        assert answer.json["totalResults"] == 0


PARAMETERS = ["startIndex", "count", "sortBy", "sortOrder", "attributes", "cursor", "filter"]
TEXTS = ["", "0", "-1", "1e5", "9" * 30, "-" + "9" * 30, "x", "é", "a\0b", "%", "' or 1=1", "," * 900, "٣"]


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("path", ["/Users", "/Groups", "/"])
def test_no_query_parameter_leads_to_500(caller: Caller, name: str, path: str) -> None:
    for text in TEXTS:
        assert caller.send("GET", path, query_string={name: text}).status_code in {200, 400}, text


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("path", ["/Users/.search", "/Groups/.search", "/.search"])
def test_no_search_parameter_leads_to_500(caller: Caller, name: str, path: str) -> None:
    for value in [*WRONG, *TEXTS[:-5]]:
        if value != "a\0b":
            assert caller.send("POST", path, {name: value}).status_code in {200, 400}, value


@pytest.mark.parametrize(
    "id_", ["x", "0", NOBODY, "%00", "..", "é", "%ff", "a" * 3000, "' or 1=1", "%20", "{}"]
)
@pytest.mark.parametrize("place", ["Users", "Groups"])
def test_an_id_that_is_none_is_404(caller: Caller, place: str, id_: str) -> None:
    for method in ("GET", "DELETE"):
        assert caller.refused(method, f"/{place}/{id_}")[0] == (400 if id_ == "%00" else 404)


def test_sizes_are_413_and_operations_are_counted(caller: Caller) -> None:
    """1 MiB for users, 8 MiB for groups and bulk, 1,000 operations; all of them announced."""
    filler = "x" * MIB
    assert caller.refused("POST", "/Users", {"userName": "a", "title": filler})[0] == 413
    assert caller.refused("POST", "/.search", {"filter": filler})[0] == 413
    assert caller.refused("POST", "/Groups", {"displayName": "a", "x": filler * 8})[0] == 413
    assert caller.refused("POST", "/Bulk", {"schemas": [BULK], "x": filler * 8})[0] == 413
    operation = {"method": "DELETE", "path": f"/Users/{NOBODY}"}
    body = {"schemas": [BULK], "Operations": [operation] * 1001}
    assert caller.refused("POST", "/Bulk", body)[0] == 413
    assert caller.send("POST", "/Groups", {"displayName": "a", "unknown": filler}).status_code == 201


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_media_type_is_415(caller: Caller, media_type: str) -> None:
    assert caller.refused("POST", "/Users", b"{}", content_type=media_type)[0] == 415


OWN_MANAGER = {"userName": "a", ENTERPRISE: {"manager": {"value": "bulkId:a"}}}


@pytest.mark.parametrize(
    "operations",
    [
        *WRONG,
        [{"method": 7}],
        [{"method": "POST"}],
        [{"method": "POST", "path": 7}],
        [{"method": "POST", "path": "/Users", "bulkId": 7, "data": 7}],
        [{"method": "POST", "path": "/Users", "bulkId": {}, "data": {}}],
        [{"method": "DELETE", "path": "/Users/bulkId:x"}],
        [{"method": "PATCH", "path": "/Bulk", "data": {}}],
        [{"method": "POST", "path": "/../../oauth/token", "bulkId": "1", "data": {}}],
        [{"method": "POST", "path": "/Users", "bulkId": "a", "data": OWN_MANAGER}],
    ],
    ids=lambda value: repr(value)[:40],
)
def test_no_bulk_request_leads_to_500(caller: Caller, operations: Any) -> None:
    answer = caller.send("POST", "/Bulk", {"schemas": [BULK], "Operations": operations})
    assert answer.status_code in {200, 400, 413}
    if answer.status_code == 200:
        assert answer.json
        assert all(int(done["status"]) < 500 for done in answer.json["Operations"])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "x", "True", "work", "2026-01-01", NOBODY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "type", "primary", "givenName", "$ref"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [
        "userName",
        "emails",
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        "emails[primary eq true]",
        "name",
        "name.givenName",
        f"{ENTERPRISE}:manager",
        f"{ENTERPRISE}",
        "manager.value",
        'members[value eq "x"]',
        "members",
        "externalId",
        "addresses",
        f"{LEADERSHIP}:hireDate",
        None,
    ]
)
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove"])}, optional={"path": PATHS, "value": JSON}
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(OPERATION, min_size=1, max_size=4))
def test_whatever_is_patched_the_answer_is_no_500_and_reads_back(
    caller: Caller, operations: list[dict[str, Any]]
) -> None:
    caller.renew()
    found = (caller.send("GET", "/Users", query_string={"count": 1}).json or {}).get("Resources")
    user = found[0] if found else caller.user()
    answer = caller.send("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], "Operations": operations})
    assert answer.status_code in {200, 400}, answer.text
    read = caller.send("GET", f"/Users/{user['id']}").json
    if answer.status_code == 200:
        assert read == answer.json
    else:
        assert read == user
