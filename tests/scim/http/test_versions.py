"""ETags: what has changed is not overwritten, what has not is not sent again."""

from typing import Any

import pytest

from tests.scim.http.directory import GROUP, USER, Directory

TITLE = {"op": "replace", "path": "externalId", "value": "x"}


@pytest.fixture(params=["Users", "Groups"])
def made(request: pytest.FixtureRequest, directory: Directory) -> tuple[str, dict[str, Any]]:
    resource = directory.user("amara") if request.param == "Users" else directory.group("Ground")
    return f"/{request.param}/{resource['id']}", resource


def _body(resource: dict[str, Any]) -> dict[str, Any]:
    if "userName" in resource:
        return {"schemas": [USER], "userName": "amara", "externalId": "y"}
    return {"schemas": [GROUP], "displayName": "Ground", "externalId": "y"}


def test_a_stale_version_is_refused_by_every_verb(
    directory: Directory, made: tuple[str, dict[str, Any]]
) -> None:
    path, resource = made
    before = resource["meta"]["version"]
    directory.patch(path, TITLE)
    after = directory.get(path)
    for answer in (
        directory.patch(path, {**TITLE, "value": "z"}, If_Match=before),
        directory.put(path, _body(resource), If_Match=before),
        directory.delete(path, If_Match=before),
    ):
        assert (answer.status_code, answer.json["status"]) == (412, "412")
    assert directory.get(path).json == after.json


@pytest.mark.parametrize("version", ['W/"1"', '"1"', "*", 'W/"9", W/"1"'])
def test_the_current_version_passes_in_every_spelling(
    directory: Directory, made: tuple[str, dict[str, Any]], version: str
) -> None:
    path, _resource = made
    assert directory.patch(path, TITLE, If_Match=version).status_code in {200, 204}
    assert directory.get(path).headers["ETag"] == 'W/"2"'


def test_what_has_not_changed_is_not_sent_again(
    directory: Directory, made: tuple[str, dict[str, Any]]
) -> None:
    path, resource = made
    answer = directory.get(path, If_None_Match=resource["meta"]["version"])
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == resource["meta"]["version"]
    directory.patch(path, TITLE)
    assert directory.get(path, If_None_Match=resource["meta"]["version"]).status_code == 200


def test_a_version_of_nothing_is_not_found(directory: Directory) -> None:
    path = "/Users/00000000-0000-4000-8000-000000000000"
    assert directory.delete(path, If_Match="*").status_code == 404
