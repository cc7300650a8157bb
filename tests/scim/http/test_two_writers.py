"""Two writers at once, over an application that commits for real: no lost update, no 500."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.databases import committing
from tests.scim.http.directory import ENT, USER, Directory, make_token

ROUNDS = 12


@pytest.fixture
def two(migrated: Database, tmp_path: Path) -> Iterator[tuple[Directory, Directory]]:
    """Two clients of one running application, with a token each."""
    with committing(migrated, tmp_path) as database:
        config = Config.from_env(
            {
                "LEADLINE_ENV": "development",
                "LEADLINE_DATABASE_URL": database.url.render_as_string(hide_password=False),
                "LEADLINE_SCIM_RATE_LIMIT": "off",
            }
        )
        app = create_app(config, database=database)
        organization = Builder(database).organization().id
        yield _client(app, database, organization), _client(app, database, organization)


def _client(app: Flask, database: Database, organization: Any) -> Directory:
    return Directory(app.test_client(), make_token(database, organization, utc_now()))


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run functions in threads that start together."""
    gate = threading.Barrier(len(work))

    def run(one: Callable[[], Any]) -> Any:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def both(
    two: tuple[Directory, Directory], method: str, path: str, *bodies: Any, **headers: str
) -> list[TestResponse]:
    """Send the same, or one body each, at once."""
    each = bodies if len(bodies) == len(two) else bodies * len(two)
    return at_once(
        *[partial(one.send, method, path, body, **headers) for one, body in zip(two, each, strict=True)]
    )


def statuses(answers: list[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_no_update_is_lost_when_two_patch_different_attributes(two: tuple[Directory, Directory]) -> None:
    one, other = two
    path = f"/Users/{one.user('amara')['id']}"

    def write(directory: Directory, name: str) -> list[int]:
        operations = [{"op": "replace", "path": name, "value": str(turn)} for turn in range(ROUNDS)]
        return [directory.patch(path, operation).status_code for operation in operations]

    assert at_once(lambda: write(one, "title"), lambda: write(other, "nickName")) == [[200] * ROUNDS] * 2
    after = one.get(path).json
    last = str(ROUNDS - 1)
    assert (after["title"], after["nickName"]) == (last, last)
    assert after["meta"]["version"] == f'W/"{1 + 2 * ROUNDS}"'


def test_of_two_that_saw_the_same_version_one_is_refused(two: tuple[Directory, Directory]) -> None:
    one = two[0]
    path = f"/Users/{one.user('amara')['id']}"
    for turn in range(ROUNDS):
        seen = one.get(path).headers["ETag"]
        bodies = [{"Operations": [{"op": "add", "path": "title", "value": f"{who}{turn}"}]} for who in "ab"]
        answers = both(two, "PATCH", path, *bodies, If_Match=seen)
        assert statuses(answers) == [200, 412]
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert one.get(path).json == winner.json


def test_of_two_that_make_the_same_user_or_group_one_meets_a_conflict(
    two: tuple[Directory, Directory],
) -> None:
    for turn in range(ROUNDS):
        body = {"schemas": [USER], "userName": f"u{turn}", "displayName": f"g{turn}"}
        assert statuses(both(two, "POST", "/Users", body)) == [201, 409]
        assert statuses(both(two, "POST", "/Groups", body)) == [201, 409]


def test_of_two_that_take_up_somebody_again_one_meets_a_conflict(two: tuple[Directory, Directory]) -> None:
    for turn in range(ROUNDS):
        left = two[0].user(f"u{turn}", active=False)
        body = {"schemas": [USER], "userName": f"u{turn}", "active": True}
        answers = both(two, "POST", "/Users", body)
        assert statuses(answers) == [201, 409]
        assert next(one.json["id"] for one in answers if one.status_code == 201) == left["id"]


def test_two_that_fill_one_group_lose_nobody(two: tuple[Directory, Directory]) -> None:
    one, other = two
    people = [one.user(f"u{number}")["id"] for number in range(2 * ROUNDS)]
    path = f"/Groups/{one.group('Ground', people[0])['id']}"

    def add(directory: Directory, mine: list[str]) -> list[int]:
        operations = [{"op": "add", "path": "members", "value": [{"value": value}]} for value in mine]
        return [directory.patch(path, operation).status_code for operation in operations]

    assert at_once(lambda: add(one, people[:ROUNDS]), lambda: add(other, people[ROUNDS - 4 :])) == [
        [204] * ROUNDS,
        [204] * (ROUNDS + 4),
    ]
    assert one.members(path.rpartition("/")[2]) == set(people)


def test_deleting_people_while_they_are_added_to_groups_breaks_nothing(
    two: tuple[Directory, Directory],
) -> None:
    one, other = two
    people = [one.user(f"u{number}")["id"] for number in range(ROUNDS)]
    groups = [one.group(f"g{number}", *people)["id"] for number in range(2)]

    def fill() -> list[int]:
        body = [{"op": "add", "path": "members", "value": [{"value": value}]} for value in people]
        return [
            other.patch(f"/Groups/{groups[turn % 2]}", entry).status_code for turn, entry in enumerate(body)
        ]

    def empty() -> list[int]:
        return [one.delete(f"/Users/{value}").status_code for value in people]

    assert at_once(empty, fill) == [[204] * ROUNDS] * 2
    assert one.get("/Users").json["totalResults"] == 0
    for group in groups:
        assert all(set(member) == {"value"} for member in one.get(f"/Groups/{group}").json["members"])


def test_two_that_make_managers_and_reports_crosswise_end_with_every_line_resolved(
    two: tuple[Directory, Directory],
) -> None:
    def make(directory: Directory, mine: str, theirs: str) -> list[int]:
        return [
            directory.post(
                "/Users", {"userName": f"{mine}{turn}", ENT: {"manager": f"{theirs}{turn}"}}
            ).status_code
            for turn in range(ROUNDS)
        ]

    answers = at_once(lambda: make(two[0], "a", "b"), lambda: make(two[1], "b", "a"))
    assert answers == [[201] * ROUNDS] * 2
    listed = two[0].get("/Users").json["Resources"]
    assert len(listed) == 2 * ROUNDS
    assert all("$ref" in user[ENT]["manager"] for user in listed)


def test_two_bulks_over_the_same_people_in_opposite_order_both_arrive(
    two: tuple[Directory, Directory],
) -> None:
    people = [two[0].user(f"u{number}")["id"] for number in range(ROUNDS)]
    groups = [two[0].group(f"g{number}")["id"] for number in range(ROUNDS)]

    def run(directory: Directory, name: str, step: int) -> list[str]:
        title = [{"op": "replace", "path": name, "value": "x"}]
        operations = [
            entry
            for person, group in list(zip(people, groups, strict=True))[::step]
            for entry in (
                {"method": "PATCH", "path": f"/Groups/{group}", "data": {"Operations": [_adding(person)]}},
                {"method": "PATCH", "path": f"/Users/{person}", "data": {"Operations": title}},
            )
        ]
        return [one["status"] for one in directory.bulk(*operations).json["Operations"]]

    answers = at_once(lambda: run(two[0], "title", 1), lambda: run(two[1], "nickName", -1))
    assert answers == [["200"] * 2 * ROUNDS] * 2
    assert all({"title", "nickName"} <= set(user) for user in two[0].get("/Users").json["Resources"])


def _adding(person: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": person}]}
