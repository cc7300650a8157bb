import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from courses.audit import AuditEntry
from lti.cells import GradeCell
from lti.models import Deployment, Invitation, LineItem, Registration
from lti.registration import find_invitation
from plugin import migrate
from plugin.cli.main import main
from plugin.config import settings_page
from plugin.db import Database
from tests.builders import LONG_AGO, Builder

SETTINGS = {
    "LEADLINE_ENV": "production",
    "LEADLINE_BASE_URL": "https://leadline.example",
    "LEADLINE_SECRET_KEY": "a secret for tests that is long enough",
}
URLS = {
    "issuer": "https://lms.example",
    "client-id": "abc",
    "auth-url": "https://lms.example/auth",
    "token-url": "https://lms.example/token",
    "jwks-url": "https://lms.example/jwks",
}


class Shell:
    """Runs `leadline` against a database file of its own."""

    def __init__(self, url: str) -> None:
        self.environ: dict[str, str | None] = {**SETTINGS, "LEADLINE_DATABASE_URL": url}
        self.database = Database(url)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, words, env=self.environ)

    def json(self, *words: str) -> dict[str, Any]:
        """Run with --json; the whole of standard output is one object."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        assert len(result.stdout.splitlines()) == 1
        return found

    def refused(self, *words: str) -> str:
        """Run and return the reason why it was refused."""
        result = self.run(*words, "--json")
        assert (result.exit_code, result.stdout) == (1, "")
        return result.stderr

    def one(self, table: type[Any]) -> Any:
        with self.database.reading() as session:
            return session.scalars(select(table)).one()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(f"sqlite:///{tmp_path / 'cli.db'}")


@pytest.fixture
def shell(empty: Shell) -> Shell:
    migrate.upgrade(empty.database)
    return empty


def platform_add(**changes: str) -> list[str]:
    given = {**URLS, **changes}
    return ["platform", "add", *(f"--{name}={value}" for name, value in given.items())]


def test_an_organization_is_added_once(shell: Shell) -> None:
    added = shell.json("organization", "add", "Northgate Logistics")
    assert added == {"id": str(uuid.UUID(added["id"])), "name": "Northgate Logistics"}
    assert "already" in shell.refused("organization", "add", "Northgate Logistics")
    assert "needs a name" in shell.refused("organization", "add", " ")


def test_text_is_for_people(shell: Shell) -> None:
    assert shell.run("organization", "add", "Northgate Logistics").stdout.startswith(
        "Added Northgate Logistics"
    )


@pytest.mark.parametrize("key", ["id", "name"])
def test_an_invitation_is_a_link_whose_secret_is_not_kept(shell: Shell, key: str) -> None:
    organization = shell.json("organization", "add", "Northgate Logistics")
    invited = shell.json("platform", "invite", "--organization", organization[key], "--product", "moodle")
    address, token = invited["url"].rsplit("/", 1)
    assert address == "https://leadline.example/lti/register"
    row = shell.one(Invitation)
    assert (row.product, row.used_at, token in row.token_hash) == ("moodle", None, False)
    assert row.expires_at.isoformat(timespec="seconds") == invited["expires_at"]
    with shell.database.reading() as session:
        found, name = find_invitation(session, token=token, now=row.created_at)
    assert (found.id, name) == (row.id, "Northgate Logistics")


def test_a_platform_is_added_by_hand(shell: Shell) -> None:
    shell.json("organization", "add", "Northgate Logistics")
    added = shell.json(
        *platform_add(organization="Northgate Logistics", product="canvas"),
        "--deployment-id=1",
        "--deployment-id=2",
    )
    assert added == {
        "id": added["id"],
        "login_url": "https://leadline.example/lti/login",
        "launch_url": "https://leadline.example/lti/launch",
        "jwks_url": "https://leadline.example/lti/jwks.json",
    }
    row = shell.one(Registration)
    assert (str(row.id), row.auth_url, row.token_audience) == (added["id"], "https://lms.example/auth", None)
    [platform] = shell.json("platform", "list")["platforms"]
    assert platform == {
        "id": added["id"],
        "organization": "Northgate Logistics",
        "issuer": "https://lms.example",
        "client_id": "abc",
        "product": "canvas",
        "match_sourcedid": "off",
        "match_username": "off",
    }
    deployments = shell.json("platform", "deployment", "list")["deployments"]
    assert [(row["deployment_id"], row["accepted"]) for row in deployments] == [("1", True), ("2", True)]
    assert "lms.example" in shell.run("platform", "list").stdout


def test_a_platform_is_added_once_and_strangers_learn_nothing(shell: Shell) -> None:
    for name in ("Northgate Logistics", "Southgate"):
        shell.json("organization", "add", name)
    shell.json(*platform_add(organization="Northgate Logistics"))
    assert '"Northgate Logistics"' in shell.refused(*platform_add(organization="Northgate Logistics"))
    assert "Northgate" not in shell.refused(*platform_add(organization="Southgate"))
    assert shell.json("platform", "list", "--organization", "Southgate") == {"platforms": []}


@pytest.mark.parametrize(
    "changes",
    [
        {"auth-url": "http://lms.example/auth"},
        {"token-url": "/token"},
        {"jwks-url": "file:///etc/passwd"},
        {"issuer": "lms"},
        {"client-id": " "},
        {"deployment-id": ""},
    ],
)
def test_details_that_cannot_be_right_are_refused(shell: Shell, changes: dict[str, str]) -> None:
    shell.json("organization", "add", "Northgate Logistics")
    assert "must" in shell.refused(*platform_add(organization="Northgate Logistics", **changes))


def test_development_takes_http(shell: Shell) -> None:
    shell.environ["LEADLINE_ENV"] = "development"
    shell.json("organization", "add", "Northgate Logistics")
    added = platform_add(organization="Northgate Logistics", **{"auth-url": "http://localhost:8001/auth"})
    assert shell.json(*added)["id"]


def test_a_waiting_deployment_is_accepted(shell: Shell) -> None:
    build = Builder(shell.database)
    waiting = build.deployment()
    with shell.database.transaction() as session:
        session.merge(waiting).accepted = False
    assert shell.json("platform", "deployment", "accept", str(waiting.id))["accepted"] is True
    assert shell.one(Deployment).accepted is True
    shell.json("platform", "deployment", "accept", str(waiting.id))
    assert shell.one(AuditEntry).action == "deployment.accepted"
    assert "no deployment" in shell.refused("platform", "deployment", "accept", str(uuid.uuid4()))


@pytest.fixture
def refused_cell(shell: Shell) -> uuid.UUID:
    build = Builder(shell.database)
    person, registration = build.person(), build.registration()
    shared = {"organization_id": person.organization_id}
    line_item = build.add(
        LineItem(
            **shared,
            id=uuid.uuid4(),
            registration_id=registration.id,
            url="https://lms.example/1",
            resource_id="t:step-up:m1",
            created_at=LONG_AGO,
        )
    )
    cell = GradeCell(
        **shared,
        id=uuid.uuid4(),
        line_item_id=line_item.id,
        person_id=person.id,
        user_id="learner-1",
        points=46,
        state="working",
        timestamp=LONG_AGO,
        version=1,
        delivery="refused",
        due_at=LONG_AGO,
        platform_status=422,
        platform_words="422 User not found",
    )
    return build.add(cell).id


def test_grades_are_shown_with_the_platforms_words(shell: Shell, refused_cell: uuid.UUID) -> None:
    [cell] = shell.json("grades", "status")["cells"]
    assert (cell["id"], cell["delivery"], cell["words"]) == (
        str(refused_cell),
        "refused",
        "422 User not found",
    )
    assert (
        "422 User not found" in shell.run("grades", "status", "--organization", "Northgate Logistics").stdout
    )


@pytest.mark.parametrize("how", ["--cell", "--all"])
def test_grades_are_sent_again(shell: Shell, refused_cell: uuid.UUID, how: str) -> None:
    which = [how, str(refused_cell)] if how == "--cell" else [how]
    assert shell.json("grades", "retry", *which) == {"cells": [str(refused_cell)]}
    assert shell.one(GradeCell).delivery == "due"


def test_an_unknown_cell_is_refused(shell: Shell) -> None:
    assert "no cell" in shell.refused("grades", "retry", "--cell", str(uuid.uuid4()))


@pytest.mark.parametrize(
    "words",
    [
        ["grades", "retry"],
        ["grades", "retry", "--all", "--cell", str(uuid.UUID(int=1))],
        ["grades", "retry", "--cell", "seven"],
        ["platform", "invite"],
        ["platform", "invite", "--organization", "X", "--product", "blackboard"],
        ["organization", "add"],
        ["serve", "--port", "0"],
        ["nonsense"],
    ],
)
def test_wrong_usage_exits_with_2(shell: Shell, words: list[str]) -> None:
    assert shell.run(*words).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [["organization", "add", "X"], ["platform", "list"], ["grades", "status"], ["serve"]],
)
def test_a_database_that_was_not_migrated_says_how(empty: Shell, words: list[str]) -> None:
    assert "leadline db upgrade" in empty.refused(*words)


def test_the_database_is_brought_up_to_date(empty: Shell) -> None:
    assert empty.json("db", "check")["current"] is None
    assert len(empty.json("db", "upgrade")["heads"]) == 1
    assert empty.json("db", "upgrade")
    assert empty.json("db", "check")["current"] is True


def test_checking_migrations_needs_no_settings(empty: Shell) -> None:
    empty.environ = dict.fromkeys(empty.environ)
    assert "agree" in empty.run("db", "check").stdout


@pytest.mark.parametrize("words", [["serve"], ["worker"], ["db", "upgrade"], ["platform", "list"]])
def test_every_missing_setting_is_named_before_anything_starts(empty: Shell, words: list[str]) -> None:
    empty.environ |= {"LEADLINE_SECRET_KEY": "short", "LEADLINE_BASE_URL": None}
    reason = empty.refused(*words)
    assert "LEADLINE_SECRET_KEY" in reason
    assert "LEADLINE_BASE_URL" in reason


def test_a_misspelt_setting_only_warns(shell: Shell) -> None:
    shell.environ["LEADLINE_DATABSE_URL"] = "x"
    result = shell.run("platform", "list", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"platforms": []})
    assert "LEADLINE_DATABSE_URL" in result.stderr


def test_a_database_that_cannot_be_reached_is_a_sentence(empty: Shell) -> None:
    empty.environ["LEADLINE_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    assert "The database did not do it" in empty.refused("platform", "list")


def test_more_than_one_worker_needs_a_broker(shell: Shell) -> None:
    assert "LEADLINE_BROKER_URL" in shell.refused("serve", "--workers", "2")


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_workers_of_their_own_need_a_broker(shell: Shell, command: str) -> None:
    assert "LEADLINE_BROKER_URL is not set" in shell.refused(command)


def test_the_settings_page_is_printed_as_it_is(empty: Shell) -> None:
    assert empty.run("settings").stdout == settings_page()
    assert empty.json("settings")["page"] == settings_page()


def test_an_unknown_organization_is_refused(shell: Shell) -> None:
    assert 'no organization "Westgate"' in shell.refused("platform", "invite", "--organization", "Westgate")
