"""Nothing of another customer is ever found, counted, filtered, changed or told apart from nothing."""

from tests.scim.http.directory import ENT, Directory


def test_the_same_names_may_exist_at_two_customers(directory: Directory, other: Directory) -> None:
    ours = directory.user("amara", externalId="A-1"), directory.group("Ground")
    theirs = other.user("amara", externalId="A-1"), other.group("Ground")
    assert {made["id"] for made in ours}.isdisjoint(made["id"] for made in theirs)


def test_no_filter_reaches_another_customer(directory: Directory, other: Directory) -> None:
    amara = directory.user("amara", title="Lead")
    directory.group("Ground", amara["id"])
    for text in (
        'userName eq "amara"',
        'title pr or userName pr or not (title eq "x")',
        f'id eq "{amara["id"]}" or meta.created gt "2000-01-01T00:00:00Z"',
        'not (userName eq "x") or userName eq "\' or 1=1 --"',
    ):
        assert other.get(f"/Users?filter={text}").json["totalResults"] == 0
    assert other.get("/Users").json["totalResults"] == 0
    assert other.get("/?count=0").json["totalResults"] == 0
    assert other.get(f'/Groups?filter=members eq "{amara["id"]}"').json["totalResults"] == 0


def test_no_verb_reaches_another_customer(directory: Directory, other: Directory) -> None:
    amara = directory.user("amara")
    group = directory.group("Ground", amara["id"])
    nothing = other.get("/Users/00000000-0000-4000-8000-000000000000").json
    change = {"op": "replace", "path": "displayName", "value": "x"}
    for resource, path in ((amara, f"/Users/{amara['id']}"), (group, f"/Groups/{group['id']}")):
        for answer in (
            other.get(path),
            other.patch(path, change),
            other.put(path, {"userName": "x", "displayName": "x"}),
            other.delete(path),
            other.delete(path, If_Match='W/"77"'),
        ):
            assert answer.status_code == 404
        assert directory.get(path).json == {**resource, **directory.get(path).json}
    assert other.get(f"/Users/{amara['id']}").json == nothing
    bulk = other.bulk({"method": "DELETE", "path": f"/Users/{amara['id']}"})
    assert bulk.json["Operations"][0]["status"] == "404"
    assert directory.get(f"/Users/{amara['id']}").status_code == 200


def test_members_and_managers_of_another_customer_stay_strangers(
    directory: Directory, other: Directory
) -> None:
    amara = directory.user("amara", externalId="A-1", displayName="Amara Osei")
    group = other.group("Ground", amara["id"], "A-1")
    assert all(set(member) == {"value"} for member in group["members"])
    report = other.user("report", **{ENT: {"manager": {"value": amara["id"]}}})
    assert report[ENT]["manager"] == {"value": amara["id"]}
    assert "groups" not in directory.get(f"/Users/{amara['id']}").json
    directory.delete(f"/Users/{amara['id']}")
    assert other.members(group["id"]) == {amara["id"], "A-1"}
