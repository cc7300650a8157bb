"""Launches per second and CPU per launch, beside a bare Flask app that does the least a launch could do.

The bare app verifies one RS256 token and writes two rows. Both run in this process, over WSGI, on SQLite
files of their own, in alternating rounds, so that the ratio means something on any machine. Asserts nothing.

    make bench ARGS="--launches 200 --rounds 5"
"""

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Column, DateTime, MetaData, String, Table

from plugin import migrate
from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.http import CannedHttp
from tests.lti.lms import KID, Lms, public_jwk

Posts = list[Callable[[], int]]
OK = {200, 303}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--launches", type=int, default=200)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_known_args()[0]  # `make bench` gives its ARGS to all
    with tempfile.TemporaryDirectory() as folder:
        key = generate_private_key(65537, 2048)
        bare = bare_app(Path(folder), key)
        client, lms = leadline(Path(folder), key)
        rounds = [
            (
                measure(bare_posts(bare, key, chosen.launches)),
                measure(launches(client, lms, chosen.launches, new_people=False)),
                measure(launches(client, lms, chosen.launches, new_people=True)),
            )
            for _round in range(chosen.rounds)
        ]
    names = ("bare Flask app", "launch, nothing new", "launch, new person")
    medians = [
        (
            statistics.median(results[kind][0] for results in rounds),
            statistics.median(results[kind][1] for results in rounds),
        )
        for kind in range(len(names))
    ]
    print(f"{'':22}{'per second':>12}{'CPU ms each':>14}{'CPU ratio':>12}")
    for name, (rate, cpu) in zip(names, medians, strict=True):
        print(f"{name:22}{rate:12.0f}{cpu * 1000:14.2f}{cpu / medians[0][1]:12.2f}")


def measure(posts: Posts) -> tuple[float, float]:
    """Return posts per second and CPU seconds per post."""
    began, cpu = time.perf_counter(), time.process_time()
    statuses = {post() for post in posts}
    spent = time.process_time() - cpu
    rate = len(posts) / (time.perf_counter() - began)
    if not statuses <= OK:
        raise SystemExit(f"answers were {statuses}: nothing was measured")
    return rate, spent / len(posts)


def bare_app(folder: Path, key: RSAPrivateKey) -> FlaskClient:
    """Make an app that verifies one token and writes two rows."""
    database = Database(f"sqlite:///{folder}/bare.db")
    metadata = MetaData()
    tables = [
        Table(name, metadata, Column("id", String, primary_key=True), Column("at", DateTime))
        for name in ("one", "two")
    ]
    metadata.create_all(database.engine)
    public = key.public_key()
    app = Flask("bare")

    @app.post("/")
    def post() -> str:
        jwt.decode(request.form["id_token"], public, algorithms=["RS256"], audience="bare")
        with database.transaction() as session:
            for table in tables:
                session.execute(table.insert().values(id=str(uuid.uuid4()), at=datetime.now(UTC)))
        return "done"

    return app.test_client()


def bare_posts(client: FlaskClient, key: RSAPrivateKey, count: int) -> Posts:
    """Prepare posts of signed tokens."""
    claims = {"aud": "bare", "exp": int(time.time()) + 600, "sub": "3"}
    tokens = [jwt.encode({**claims, "jti": str(number)}, key, algorithm="RS256") for number in range(count)]
    return [lambda token=token: client.post("/", data={"id_token": token}).status_code for token in tokens]  # type: ignore[misc]


def leadline(folder: Path, key: RSAPrivateKey) -> tuple[FlaskClient, Lms]:
    """Make Leadline with one registered platform whose keys are cached."""
    url = f"sqlite:///{folder}/leadline.db"
    config = Config.from_env({"LEADLINE_ENV": "development", "LEADLINE_DATABASE_URL": url})
    database = Database(config.database_url)
    migrate.upgrade(database)
    http = CannedHttp()
    build = Builder(database)
    registration = build.registration()
    build.deployment(registration)
    http.answers[registration.jwks_url] = {"keys": [public_jwk(key, KID)]}
    client = create_app(config, database=database, http=http).test_client()
    return client, Lms(registration, key, utc_now())


def launches(client: FlaskClient, lms: Lms, count: int, *, new_people: bool) -> Posts:
    """Begin logins, which are not measured, and prepare their launches."""
    lms.now = utc_now()
    return [_launch(client, lms, uuid.uuid4().hex if new_people else "3") for _number in range(count)]


def _launch(client: FlaskClient, lms: Lms, sub: str) -> Callable[[], int]:
    lms.begin(client)
    form = {"id_token": lms.sign(lms.claims(sub=sub)), "state": lms.state}
    cookie = f"leadline_state_{lms.state[-16:]}={lms.state}"
    browser = client.application.test_client(use_cookies=False)
    return lambda: browser.post("/lti/launch", data=form, headers={"Cookie": cookie}).status_code


if __name__ == "__main__":
    main()
