"""Users over HTTP: create, read, replace, patch, delete, come back."""

import uuid

from sqlalchemy import select

from courses.audit import AuditEntry
from courses.people.models import Person
from scim.models import ScimUser
from tests.builders import Builder
from tests.conftest import SetClock
from tests.scim.http.directory import ENT, LEAD, USER, Directory


def test_a_user_is_made_and_read_back_as_given(directory: Directory) -> None:
    given = {
        "schemas": [USER, ENT, LEAD],
        "userName": "Amara@example.com",
        "externalId": "A-1",
        "name": {"givenName": "Amara", "familyName": "Osei"},
        "emails": [{"value": "Amara@example.com", "type": "work", "primary": True}],
        "active": True,
        ENT: {"employeeNumber": "7", "department": "Ground"},
        LEAD: {"leadershipLevel": 2, "employmentStatus": "active", "hireDate": "2024-02-01"},
    }
    made = directory.post("/Users", given)
    assert made.status_code == 201
    assert made.mimetype == "application/scim+json"
    assert made.headers["Location"] == made.json["meta"]["location"]
    assert made.headers["Location"].endswith(f"/scim/v2/Users/{made.json['id']}")
    assert made.headers["ETag"] == made.json["meta"]["version"] == 'W/"1"'
    read = directory.get(f"/Users/{made.json['id']}")
    assert read.json == made.json
    assert {name: read.json[name] for name in given} == given
    assert read.json["meta"]["resourceType"] == "User"
    assert read.json["meta"]["created"] == "2026-11-23T09:00:00Z"


def test_a_password_is_taken_and_forgotten(directory: Directory) -> None:
    made = directory.user("amara", password="s3cret")
    assert "s3cret" not in directory.get(f"/Users/{made['id']}").text


def test_the_domain_learns_who_was_provisioned(directory: Directory, build: Builder) -> None:
    made = directory.user("Amara@x.example", displayName="Amara Osei", title="Lead")
    with build.database.reading() as session:
        person = session.get_one(Person, uuid.UUID(made["id"]))
    assert (person.name, person.title, person.provisioned, person.active) == (
        "Amara Osei",
        "Lead",
        True,
        True,
    )


def test_a_user_name_is_taken_whatever_its_case(directory: Directory) -> None:
    directory.user("Amara@x.example")
    answer = directory.post("/Users", {"schemas": [USER], "userName": "amara@X.example"})
    assert (answer.status_code, answer.json["status"], answer.json["scimType"]) == (409, "409", "uniqueness")


def test_renaming_to_a_taken_name_is_a_conflict_and_to_ones_own_in_capitals_is_not(
    directory: Directory,
) -> None:
    directory.user("amara")
    tomas = directory.user("tomas")
    rename = {"op": "replace", "path": "userName", "value": "AMARA"}
    assert directory.patch(f"/Users/{tomas['id']}", rename).status_code == 409
    answer = directory.patch(f"/Users/{tomas['id']}", {**rename, "value": "Tomas"})
    assert (answer.status_code, answer.json["userName"]) == (200, "Tomas")


def test_a_change_that_changes_nothing_keeps_version_time_and_audit(
    directory: Directory, clock: SetClock, build: Builder
) -> None:
    made = directory.user("amara", title="Lead")
    clock.now = clock.now.replace(hour=10)
    same = directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Lead"})
    again = directory.put(f"/Users/{made['id']}", made)
    assert same.json["meta"] == again.json["meta"] == made["meta"]
    changed = directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Head"})
    assert changed.json["meta"]["version"] == 'W/"2"'
    assert changed.json["meta"]["lastModified"] == "2026-11-23T10:00:00Z"
    assert _audited(build) == ["scim_user.created", "scim_user.patched"]


def test_the_audit_names_the_token_and_nobody_by_name(directory: Directory, build: Builder) -> None:
    made = directory.user("amara@x.example", displayName="Amara Osei")
    with build.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "scim_user.created")).one()
    assert entry.detail == {"token": "entra", "resource": "User", "id": made["id"]}
    assert str(entry.subject_id) == made["id"]


def test_put_without_active_keeps_a_person_switched_off(directory: Directory) -> None:
    made = directory.user("amara", active=False, title="Lead")
    answer = directory.put(f"/Users/{made['id']}", {"schemas": [USER], "userName": "amara"})
    assert answer.json["active"] is False
    assert "title" not in answer.json


def test_a_patch_is_atomic(directory: Directory) -> None:
    made = directory.user("amara", title="Lead")
    answer = directory.patch(
        f"/Users/{made['id']}",
        {"op": "replace", "path": "title", "value": "Head"},
        {"op": "replace", "path": "nothing.like.it", "value": "x"},
    )
    assert answer.status_code == 400
    assert directory.get(f"/Users/{made['id']}").json == made


def test_a_deleted_user_is_gone_leaves_groups_and_frees_the_name(
    directory: Directory, build: Builder
) -> None:
    made = directory.user("amara")
    group = directory.group("Ground", made["id"])
    assert directory.delete(f"/Users/{made['id']}").status_code == 204
    assert directory.get(f"/Users/{made['id']}").status_code == 404
    assert directory.delete(f"/Users/{made['id']}").status_code == 404
    after = directory.get(f"/Groups/{group['id']}").json
    assert not after.get("members")
    assert after["meta"]["version"] != group["meta"]["version"]
    assert directory.user("amara")["id"] != made["id"]
    with build.database.reading() as session:
        assert session.get_one(Person, uuid.UUID(made["id"])).active is False


def test_who_was_switched_off_comes_back_by_post_with_the_same_id(
    directory: Directory, build: Builder
) -> None:
    made = directory.user("amara", externalId="A-1", title="Lead")
    directory.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    back = directory.user("amara.osei", externalId="A-1", active=True)
    assert (back["id"], back["userName"], back["active"]) == (made["id"], "amara.osei", True)
    assert "title" not in back
    assert _audited(build)[-1] == "scim_user.reactivated"
    directory.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": "False"})
    assert directory.user("AMARA.osei", active=True)["id"] == made["id"]


def test_only_the_own_connection_takes_somebody_up_again(
    directory: Directory, another_connection: Directory
) -> None:
    directory.user("amara", active=False)
    answer = another_connection.post("/Users", {"schemas": [USER], "userName": "amara", "active": True})
    assert answer.status_code == 409


def test_somebody_active_is_never_taken_over(directory: Directory) -> None:
    directory.user("amara", externalId="A-1")
    answer = directory.post("/Users", {"schemas": [USER], "userName": "amara", "externalId": "A-1"})
    assert answer.status_code == 409


def test_coming_back_under_the_name_of_somebody_else_is_a_conflict(directory: Directory) -> None:
    directory.user("amara", externalId="A-1", active=False)
    directory.user("tomas")
    answer = directory.post("/Users", {"schemas": [USER], "userName": "tomas", "externalId": "A-1"})
    assert answer.status_code == 409


def test_a_manager_comes_out_as_given_and_with_a_reference_once_known(directory: Directory) -> None:
    made = directory.user("amara", **{ENT: {"manager": "E-9"}})
    assert made[ENT]["manager"] == {"value": "E-9"}
    boss = directory.user("boss", displayName="Boss", **{ENT: {"employeeNumber": "E-9"}})
    read = directory.get(f"/Users/{made['id']}").json
    expected = {"value": "E-9", "$ref": boss["meta"]["location"], "displayName": "Boss"}
    assert read[ENT]["manager"] == expected
    listed = directory.get('/Users?filter=userName eq "amara"').json["Resources"][0]
    assert listed == read
    only = directory.get(f"/Users/{made['id']}?attributes={ENT}:manager").json
    assert only[ENT] == {"manager": expected}


def test_a_removed_manager_is_absent(directory: Directory) -> None:
    made = directory.user("amara", **{ENT: {"manager": {"value": "E-9"}, "department": "Ground"}})
    gone = directory.patch(f"/Users/{made['id']}", {"op": "Replace", "path": f"{ENT}:manager", "value": ""})
    assert gone.json[ENT] == {"department": "Ground"}


def test_attributes_are_chosen_on_writes_too(directory: Directory) -> None:
    answer = directory.post(
        "/Users?attributes=userName", {"schemas": [USER], "userName": "amara", "title": "x"}
    )
    assert set(answer.json) == {"schemas", "id", "userName"}
    path = f"/Users/{answer.json['id']}?excludedAttributes=title,meta"
    changed = directory.patch(path, {"op": "add", "path": "nickName", "value": "A"})
    assert "title" not in changed.json
    assert changed.json["nickName"] == "A"


def test_rows_of_emails_follow_the_document(directory: Directory) -> None:
    made = directory.user("amara", emails=[{"value": "a@x.example", "type": "work"}])
    path = f"/Users/{made['id']}"
    directory.patch(path, {"op": "replace", "path": "emails", "value": [{"value": "b@x.example"}]})
    assert directory.names('/Users?filter=emails.value eq "b@x.example"') == ["amara"]
    assert directory.names('/Users?filter=emails.value eq "a@x.example"') == []


def test_a_user_id_is_one_text_only(directory: Directory) -> None:
    made = directory.user("amara")
    for wrong in (made["id"].replace("-", ""), "urn:uuid:" + made["id"], "nobody", "%20", "x" * 5000):
        answer = directory.get(f"/Users/{wrong}")
        assert (answer.status_code, answer.json["status"]) == (404, "404")


def _audited(build: Builder) -> list[str]:
    with build.database.reading() as session:
        rows = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("scim_user")))
        return list(rows.all())


def test_the_connection_is_the_one_that_wrote_last(directory: Directory, build: Builder) -> None:
    made = directory.user("amara")
    with build.database.reading() as session:
        assert session.get_one(ScimUser, uuid.UUID(made["id"])).connection == "entra"
