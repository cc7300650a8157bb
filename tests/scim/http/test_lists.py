"""Lists: filter, sorting, pages by index and by cursor, attributes."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.builders import Builder
from tests.conftest import SetClock
from tests.scim.http.directory import ENT, USER, Directory

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def seven(directory: Directory, clock: SetClock) -> Directory:
    """Seven users; the third and the fourth arrived at the same moment."""
    for number, minute in enumerate((1, 2, 3, 3, 5, 6, 7)):
        clock.now = clock.now.replace(minute=minute)
        title = None if number == 2 else f"T{9 - number}"
        directory.user(f"u{number}", title=title)
    return directory


def test_the_connection_test_of_entra_finds_nobody(directory: Directory) -> None:
    answer = directory.get('/Users?filter=userName eq "6b8a1d0e-77c3-4a4b-9a2b-0c1e2d3f4a5b"')
    assert answer.status_code == 200
    assert answer.json["totalResults"] == 0
    assert answer.json["Resources"] == []


def test_pages_by_index_are_stable_and_complete(seven: Directory) -> None:
    every = seven.names("/Users")
    assert sorted(every) == [f"u{number}" for number in range(7)]
    paged = [name for start in (1, 3, 5, 7) for name in seven.names(f"/Users?startIndex={start}&count=2")]
    assert paged == every
    page = seven.get("/Users?startIndex=3&count=2").json
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (7, 3, 2)


@pytest.mark.parametrize(
    ("asked", "start", "items"),
    [
        ("startIndex=0", 1, 7),
        ("startIndex=-5&count=3", 1, 3),
        ("count=-1", 1, 0),
        ("count=0", 1, 0),
        ("startIndex=8", 8, 0),
        ("startIndex=99999999999999999999999", 2**31, 0),
        ("count=99999999999999999999999", 1, 7),
        ("startIndex=&count=", 1, 7),
    ],
)
def test_odd_pages_are_answered_with_the_exact_total(
    seven: Directory, asked: str, start: int, items: int
) -> None:
    page = seven.get(f"/Users?{asked}").json
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (7, start, items)
    assert len(page["Resources"]) == items


@pytest.mark.parametrize(
    "asked", ["startIndex=x", "count=1.5", "sortOrder=up", "sortBy=nope", "count=" + "9" * 5000]
)
def test_what_is_no_page_is_refused(directory: Directory, asked: str) -> None:
    answer = directory.get(f"/Users?{asked}")
    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")


def test_pages_hold_two_hundred_at_most_and_a_hundred_unasked(directory: Directory) -> None:
    operations = [{"method": "POST", "path": "/Users", "data": {"userName": f"u{n}"}} for n in range(203)]
    assert directory.bulk(*operations).status_code == 200
    assert directory.get("/Users").json["itemsPerPage"] == 100
    page = directory.get("/Users?count=1000").json
    assert (page["itemsPerPage"], page["totalResults"]) == (200, 203)


def test_sorting_has_those_without_a_value_last_and_first_when_descending(seven: Directory) -> None:
    assert seven.names("/Users?sortBy=title") == ["u6", "u5", "u4", "u3", "u1", "u0", "u2"]
    descending = seven.names("/Users?sortBy=title&sortOrder=descending")
    assert descending == ["u2", "u0", "u1", "u3", "u4", "u5", "u6"]


def _pages(directory: Directory, asked: str) -> list[str]:
    names: list[str] = []
    cursor = ""
    while True:
        page = directory.get(f"/Users?{asked}&cursor={cursor}").json
        names += [one["userName"] for one in page["Resources"]]
        assert page["totalResults"] == 7
        assert "startIndex" not in page
        if "nextCursor" not in page:
            return names
        cursor = page["nextCursor"]


def test_pages_by_cursor_are_those_by_index(seven: Directory) -> None:
    for asked in ("count=2", "count=3", "count=7", "count=200"):
        assert _pages(seven, asked) == seven.names("/Users")
    assert _pages(seven, "count=2&sortBy=title") == seven.names("/Users?sortBy=title")


def test_a_cursor_goes_on_where_it_was_though_others_were_deleted(seven: Directory) -> None:
    page = seven.get("/Users?count=3&cursor=").json
    seven.delete(f"/Users/{page['Resources'][0]['id']}")
    rest = seven.names(f"/Users?count=200&cursor={page['nextCursor']}")
    assert rest == seven.names("/Users")[2:]


def test_a_cursor_is_good_for_one_list_of_one_customer_for_an_hour(
    seven: Directory, other: Directory, clock: SetClock
) -> None:
    cursor = seven.get("/Users?count=3&cursor=").json["nextCursor"]
    for path in (
        f"/Users?filter=userName pr&cursor={cursor}",
        f"/Groups?cursor={cursor}",
        f"/Users?sortBy=title&cursor={cursor}",
        f"/Users?cursor={cursor[:-2]}",
        "/Users?cursor=nonsense",
        "/Users?cursor=ünsinn",
    ):
        answer = seven.get(path)
        assert (answer.status_code, answer.json["scimType"]) == (400, "invalidCursor"), path
    assert other.get(f"/Users?cursor={cursor}").json["scimType"] == "invalidCursor"
    clock.now = clock.now.replace(hour=12)
    answer = seven.get(f"/Users?cursor={cursor}")
    assert (answer.status_code, answer.json["scimType"]) == (400, "expiredCursor")


@pytest.mark.parametrize("count", ["0", "-1", "201"])
def test_with_a_cursor_a_count_that_cannot_be_served_is_refused(directory: Directory, count: str) -> None:
    answer = directory.get(f"/Users?cursor=&count={count}")
    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidCount")


def test_a_search_asks_in_the_body_what_a_url_asks(seven: Directory) -> None:
    body = {"schemas": [SEARCH], "filter": 'userName eq "u1" or userName eq "u4"', "attributes": ["userName"]}
    answer = seven.post(
        "/Users/.search", {**body, "sortBy": "userName", "sortOrder": "descending", "count": 5}
    )
    assert answer.status_code == 200
    assert [one["userName"] for one in answer.json["Resources"]] == ["u4", "u1"]
    assert all(set(one) == {"schemas", "id", "userName"} for one in answer.json["Resources"])
    for wrong in ({"count": "x"}, {"count": True}, {"filter": 3}, {"attributes": 1}, {"attributes": [1]}):
        assert seven.post("/Users/.search", {"schemas": [SEARCH], **wrong}).status_code == 400


def test_the_root_searches_users_and_groups_one_after_the_other(seven: Directory) -> None:
    seven.group("u-group")
    every = seven.names("/?count=100")
    assert every == [*seven.names("/Users"), "u-group"]
    paged = [name for start in range(1, 9) for name in seven.names(f"/?startIndex={start}&count=1")]
    assert paged == every
    assert seven.names("/?sortBy=userName&sortOrder=descending")[-2:] == ["u0", "u-group"]
    body: dict[str, Any] = {"schemas": [SEARCH], "filter": 'displayName sw "u-" or userName eq "u3"'}
    found = seven.post("/.search", body).json
    assert [one["meta"]["resourceType"] for one in found["Resources"]] == ["User", "Group"]
    first = seven.post("/.search", {"schemas": [SEARCH], "cursor": "", "count": 7}).json
    last = seven.post("/.search", {"schemas": [SEARCH], "cursor": first["nextCursor"], "count": 7}).json
    assert [one["displayName"] for one in last["Resources"]] == ["u-group"]
    assert "nextCursor" not in last


def test_attributes_are_chosen_and_unknown_ones_ignored(directory: Directory) -> None:
    directory.user("amara", title="Lead", **{ENT: {"department": "Ground"}})
    chosen = directory.get(f"/Users?attributes=userName,{ENT}:department,nope").json["Resources"][0]
    assert set(chosen) == {"schemas", "id", "userName", ENT}
    rest = directory.get("/Users?excludedAttributes=title,id,nope").json["Resources"][0]
    assert "title" not in rest
    assert rest["id"]


def test_a_page_of_a_hundred_costs_as_many_statements_as_a_page_of_two(
    directory: Directory, build: Builder
) -> None:
    boss = directory.user("boss")
    ids = [directory.user(f"u{n}", **{ENT: {"manager": {"value": boss["id"]}}})["id"] for n in range(12)]
    directory.group("Ground", boss["id"], *ids)
    counts = []
    for count in (2, 12):
        statements: list[str] = []
        note = lambda *given: statements.append(given[2])  # noqa: B023, E731 - counts what runs in this turn
        event.listen(build.database.engine, "before_cursor_execute", note)
        page = directory.get(f"/Users?count={count}").json
        event.remove(build.database.engine, "before_cursor_execute", note)
        assert page["Resources"][0]["groups"]
        counts.append(len([one for one in statements if one.startswith("SELECT")]))
    assert counts[0] >= counts[1]


def test_a_bad_filter_is_refused_with_its_reason(directory: Directory) -> None:
    for text in ('nope eq "x"', "userName eq", 'password eq "x"', "((", "x" * 9000):
        answer = directory.get(f"/Users?filter={text}")
        assert (answer.status_code, answer.json["scimType"]) == (400, "invalidFilter"), text[:40]


def test_nul_in_a_question_is_refused(directory: Directory) -> None:
    for path in (
        '/Users?filter=userName eq "a%00"',
        "/Users?sortBy=%00",
        "/Users/%00",
        "/Users?attributes=%00",
    ):
        answer = directory.get(path)
        assert answer.status_code in {400, 404}, path
        assert answer.json["status"] == str(answer.status_code)
    body = {"schemas": [USER], "userName": "a\x00"}
    assert directory.post("/Users", body).status_code == 400
