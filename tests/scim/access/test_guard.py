"""The guard: a live token decides the organization; anything else is 401 with a SCIM body."""

import contextlib
import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from werkzeug.routing import Rule

from plugin.db import Database
from scim.models import ScimToken
from scim.tokens import bearer, find_caller, revoke_token
from tests.conftest import NOW
from tests.scim.access.conftest import Directory


def test_a_live_token_opens(directory: Directory) -> None:
    token = directory.token().token
    for scheme in ("Bearer", "bearer", "BEARER "):
        assert directory.users(f"{scheme} {token}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer lla_x",
        "Basic eDp5",
        "Token x",
        "Bearer \xff",
        "Bearer a b",
        "Bearer " + "x" * 5000,
        "x",
    ],
)
def test_anything_else_is_401_as_the_rfcs_word_it(directory: Directory, authorization: str | None) -> None:
    """RFC 7644 3.12 for the body, RFC 6750 3 for the header; the status is a string, as Okta wants it."""
    answer = directory.users(authorization)
    assert answer.status_code == 401
    assert answer.mimetype == "application/scim+json"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="scim"')
    assert answer.json
    assert answer.json["status"] == "401"
    assert answer.json["detail"]
    assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_only_a_token_that_was_sent_is_called_invalid(directory: Directory) -> None:
    assert "error" not in directory.users(None).headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in directory.users("Bearer unknown").headers["WWW-Authenticate"]


def test_a_token_expires(directory: Directory) -> None:
    token = directory.token(days=1).token
    directory.clock.now = NOW + timedelta(days=1, seconds=-1)
    assert directory.users(f"Bearer {token}").status_code == 200
    directory.clock.now = NOW + timedelta(days=1)
    assert directory.users(f"Bearer {token}").status_code == 401


def test_two_tokens_live_at_once_and_a_revoked_one_is_out_at_once(
    directory: Directory, database: Database
) -> None:
    old, new = directory.token(), directory.token()
    assert {directory.users(f"Bearer {each.token}").status_code for each in (old, new)} == {200}
    with database.transaction() as session:
        revoke_token(session, token_id=old.id, now=NOW)
    assert directory.users(f"Bearer {old.token}").status_code == 401
    assert directory.users(f"Bearer {new.token}").status_code == 200


def test_the_last_use_is_noted_at_most_once_a_minute(directory: Directory, database: Database) -> None:
    token = directory.token()
    noted = []
    for seconds in (0, 59, 61):
        directory.clock.now = NOW + timedelta(seconds=seconds)
        directory.users(f"Bearer {token.token}")
        with database.reading() as session:
            used = session.scalars(select(ScimToken.last_used_at)).one()
        assert used
        noted.append((used - NOW).total_seconds())
    assert noted == [0, 0, 61]


def test_finding_the_caller_costs_one_statement(directory: Directory, database: Database) -> None:
    token = directory.token().token
    seen: list[str] = []
    with database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        assert find_caller(session, token=token, now=NOW)
        assert len(seen) == 1


@pytest.mark.parametrize("path", ["ServiceProviderConfig", "ResourceTypes", "Schemas"])
def test_discovery_is_public(directory: Directory, path: str) -> None:
    assert directory.client.get(f"/scim/v2/{path}").status_code == 200


ADDRESSES = {"place": ("Users", "Groups"), "id_": ("x",)}


def addresses(rule: Rule) -> Iterator[str]:
    """Fill in what a route's address leaves open, in every way."""
    names = sorted(rule.arguments)
    with contextlib.suppress(KeyError):  # an argument that only public routes have
        for values in itertools.product(*(ADDRESSES[name] for name in names)):
            built = rule.build(dict(zip(names, values, strict=True)))
            assert built
            yield built[1]


def test_every_other_route_is_guarded(directory: Directory) -> None:
    """A route that somebody adds and forgets to guard fails here."""
    adapter = directory.client.application.url_map
    tried = []
    for rule in adapter.iter_rules():
        if not rule.endpoint.startswith("scim."):
            continue
        for address in addresses(rule):
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                status = directory.client.open(address, method=method, json={}).status_code
                tried.append((address, method, status))
    assert len(tried) > 20
    assert [each for each in tried if each[2] != 401] == []


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="),
        ("Bearer", None),
        ("Bearer =", None),
        ("Bearer a\0", None),
        ("Bearerabc", None),
        (None, None),
    ],
)
def test_the_header_is_read_as_rfc_6750_says(header: str | None, token: str | None) -> None:
    assert bearer(header) == token
