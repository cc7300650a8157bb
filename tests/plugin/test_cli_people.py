"""`leadline people`, `platform match` and `organization domains`."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti.models import Identity, Registration
from plugin import migrate
from tests.builders import LONG_AGO, Builder
from tests.people.conftest import Directory
from tests.plugin.test_cli import Shell

ORGANIZATION = ("--organization", "Northgate Logistics")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(f"sqlite:///{tmp_path / 'own.db'}")
    migrate.upgrade(shell.database)
    yield shell
    shell.database.engine.dispose()


@pytest.fixture
def build(shell: Shell) -> Builder:
    return Builder(shell.database)


@pytest.fixture
def directory(shell: Shell, build: Builder) -> Directory:
    return Directory(shell.database, build.organization().id)


def _learner(build: Builder) -> uuid.UUID:
    person = build.person("Amara Osei", email="amara@northgate.example")
    build.add(
        Identity(
            id=uuid.uuid4(),
            organization_id=person.organization_id,
            issuer="https://lms.example",
            sub="3",
            person_id=person.id,
            username="amara",
            created_at=LONG_AGO,
        )
    )
    return person.id


def test_somebody_unlinked_is_suggested_linked_and_unlinked_again(
    shell: Shell, build: Builder, directory: Directory
) -> None:
    learner, amara = _learner(build), directory.says("amara")
    [waiting] = shell.json("people", "unlinked", *ORGANIZATION)["people"]
    assert (waiting["person_id"], waiting["suggested"]) == (str(learner), [str(amara)])
    made = shell.json("people", "link", *ORGANIZATION, str(learner), str(amara))
    assert (made["how"], made["unlinked_at"]) == ("admin", None)
    assert shell.json("people", "unlinked", *ORGANIZATION) == {"people": []}
    assert shell.json("people", "unlink", *ORGANIZATION, made["id"])["unlinked_at"]
    assert len(shell.json("people", "unlinked", *ORGANIZATION)["people"]) == 1
    assert [row["id"] for row in shell.json("people", "links", *ORGANIZATION)["links"]] == [made["id"]]
    assert made["id"] in shell.run("people", "links", *ORGANIZATION).stdout
    assert "undone already" in shell.refused("people", "unlink", *ORGANIZATION, made["id"])


def test_nobody_unknown_can_be_linked(shell: Shell, directory: Directory) -> None:
    nobody, amara = str(uuid.uuid4()), str(directory.says("amara"))
    assert "no person" in shell.refused("people", "link", *ORGANIZATION, nobody, amara)
    assert "no link" in shell.refused("people", "unlink", *ORGANIZATION, nobody)


def test_issues_are_listed_and_filtered(shell: Shell, build: Builder, directory: Directory) -> None:
    _learner(build)
    directory.says("late", manager="nobody-yet")
    found = shell.json("people", "issues", *ORGANIZATION)["issues"]
    assert [(row["issue"], row["given"]) for row in found] == [("awaited", "nobody-yet"), ("unlinked", None)]
    assert len(shell.json("people", "issues", *ORGANIZATION, "--only", "unlinked")["issues"]) == 1
    assert "nobody-yet" in shell.run("people", "issues", *ORGANIZATION).stdout


def test_the_tree_is_indented_text(shell: Shell, directory: Directory) -> None:
    assert "told of nobody" in shell.run("people", "tree", *ORGANIZATION).stdout
    directory.says("boss", title="Director")
    directory.says("report", manager="boss")
    assert shell.run("people", "tree", *ORGANIZATION).stdout == "Boss, Director\n  Report\n"
    rows = shell.json("people", "tree", *ORGANIZATION)["people"]
    assert [(row["depth"], row["name"]) for row in rows] == [(0, "Boss"), (1, "Report")]


def test_a_platforms_pairs_are_declared(shell: Shell, build: Builder) -> None:
    registration = build.registration()
    learner = _learner(build)
    match = ("platform", "match", str(registration.id))
    assert shell.json(*match, "--sourcedid", "externalId") == {
        "id": str(registration.id),
        "sourcedid": "externalId",
        "username": "off",
    }
    assert shell.json(*match, "--username", "userName")["sourcedid"] == "externalId"
    identity = shell.one(Identity)
    assert (identity.person_id, identity.match_due) == (learner, True)
    shell.json(*match, "--sourcedid", "off", "--username", "off")
    row = shell.one(Registration)
    assert (row.match_sourcedid, row.match_username) == ("off", "off")
    assert shell.run(*match, "--sourcedid", "email").exit_code == 2
    assert "no platform" in shell.refused("platform", "match", str(uuid.uuid4()))


def test_domains_are_switched_on_and_off(shell: Shell, build: Builder) -> None:
    build.organization()
    domains = ("organization", "domains", "Northgate Logistics")
    assert shell.json(*domains, "--link-by-email", "Northgate.example")["domains"] == ["northgate.example"]
    assert "no domain" in shell.refused(*domains, "--link-by-email", "amara@northgate.example")
    assert shell.json(*domains)["domains"] == []
