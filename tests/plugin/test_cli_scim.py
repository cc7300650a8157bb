"""`leadline scim`: tokens and clients, shown once."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from courses.audit import AuditEntry
from scim.models import ScimClient, ScimToken
from scim.tokens import hashed
from tests.plugin.test_cli import Shell, empty, shell

__all__ = ["empty", "shell"]
NORTHGATE = ["--organization", "Northgate Logistics"]


@pytest.fixture
def customer(shell: Shell) -> Shell:
    shell.json("organization", "add", "Northgate Logistics")
    shell.json("organization", "add", "Southgate")
    return shell


def actions(shell: Shell) -> list[tuple[str, Any]]:
    with shell.database.reading() as session:
        rows = session.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.at))
        return [(action, detail["name"]) for action, detail in rows if action.startswith("scim_")]


def test_a_token_is_shown_once_and_kept_as_its_hash(customer: Shell) -> None:
    made = customer.json("scim", "token", "new", *NORTHGATE, "--name", "Okta")
    assert set(made) == {"id", "token", "url", "expires_at"}
    assert made["url"] == "https://leadline.example/scim/v2"
    assert len(made["token"]) == len("lls_") + 43  # 256 bits
    row = customer.one(ScimToken)
    assert row.token_hash == hashed(made["token"])
    assert made["token"] not in json.dumps(customer.json("scim", "token", "list"))


def test_several_tokens_live_at_once_and_one_is_revoked(customer: Shell) -> None:
    first, second = (customer.json("scim", "token", "new", *NORTHGATE, "--name", "Okta") for _ in range(2))
    assert first["token"] != second["token"]
    customer.json("scim", "token", "revoke", first["id"])
    customer.json("scim", "token", "revoke", first["id"])
    listed = customer.json("scim", "token", "list", *NORTHGATE)["tokens"]
    assert [(row["id"], row["revoked_at"] is None) for row in listed] == [
        (first["id"], False),
        (second["id"], True),
    ]
    assert customer.json("scim", "token", "list", "--organization", "Southgate") == {"tokens": []}
    assert actions(customer) == [
        ("scim_token.new", "Okta"),
        ("scim_token.new", "Okta"),
        ("scim_token.revoke", "Okta"),
    ]


def test_a_token_may_expire(customer: Shell) -> None:
    made = customer.json("scim", "token", "new", *NORTHGATE, "--name", "Okta", "--days", "90")
    assert made["expires_at"]
    for days in ("0", "-1", "99999"):
        assert "days" in customer.refused("scim", "token", "new", *NORTHGATE, "--name", "x", f"--days={days}")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_name_is_needed(customer: Shell, name: str) -> None:
    assert "name needs" in customer.refused("scim", "token", "new", *NORTHGATE, "--name", name)
    assert "name needs" in customer.refused("scim", "client", "new", *NORTHGATE, "--name", name)


def test_text_says_what_to_give_to_the_directory(customer: Shell) -> None:
    words = customer.run("scim", "token", "new", *NORTHGATE, "--name", "Okta").stdout
    assert "https://leadline.example/scim/v2" in words
    assert "not shown again" in words
    words = customer.run("scim", "client", "new", *NORTHGATE, "--name", "Entra").stdout
    assert "token url: https://leadline.example/oauth/token" in words
    assert "Okta" in customer.run("scim", "token", "list").stdout
    assert "Entra" in customer.run("scim", "client", "list").stdout


def test_a_client_gets_a_secret_once(customer: Shell) -> None:
    made = customer.json("scim", "client", "new", *NORTHGATE, "--name", "Entra")
    row = customer.one(ScimClient)
    assert (row.client_id, row.secret_hash) == (made["client_id"], hashed(made["client_secret"]))
    customer.json("scim", "client", "revoke", made["id"])
    assert customer.json("scim", "client", "list", *NORTHGATE)["clients"][0]["revoked_at"]
    assert actions(customer) == [("scim_client.new", "Entra"), ("scim_client.revoke", "Entra")]


def test_a_client_with_keys_gets_no_secret(customer: Shell, tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    public, private = (RSAAlgorithm.to_jwk(part, as_dict=True) for part in (key.public_key(), key))
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [public]}))
    made = customer.json("scim", "client", "new", *NORTHGATE, "--name", "Entra", "--jwks", str(file))
    assert made["client_secret"] is None
    for wrong in (json.dumps({"keys": [private]}), '{"keys": []}', "{}", "nothing", "[" * 99999):
        file.write_text(wrong)
        assert customer.refused("scim", "client", "new", *NORTHGATE, "--name", "x", "--jwks", str(file))


def test_a_key_sets_url_is_https(customer: Shell) -> None:
    url = "https://directory.example/keys"
    assert customer.json("scim", "client", "new", *NORTHGATE, "--name", "Entra", "--jwks-url", url)
    assert customer.json("scim", "client", "list")["clients"][0]["authenticates_by"] == url
    for wrong in ("http://directory.example/keys", "keys", "https://"):
        assert "https" in customer.refused(
            "scim", "client", "new", *NORTHGATE, "--name", "x", "--jwks-url", wrong
        )


def test_what_does_not_exist_is_said(customer: Shell) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert "no SCIM token" in customer.refused("scim", "token", "revoke", nobody)
    assert "no SCIM client" in customer.refused("scim", "client", "revoke", nobody)
    assert customer.refused("scim", "token", "new", "--organization", "Nobody", "--name", "x")
