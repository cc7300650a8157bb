"""A class opens a new activity together: everybody gets in, and nothing is made twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import func, select

from courses.people.models import Person
from lti.models import Launch, ResourceLink
from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.databases import committing
from tests.fakes.http import CannedHttp
from tests.lti.lms import KID, Lms, public_jwk

PEOPLE = 8


@pytest.fixture
def own_database(migrated: Database, tmp_path: Path) -> Iterator[Database]:
    with committing(migrated, tmp_path) as database:
        yield database


def test_eight_people_open_a_new_link_in_a_new_deployment_at_once(
    own_database: Database, config: Config, platform_key: RSAPrivateKey
) -> None:
    build, http = Builder(own_database), CannedHttp()
    registration = build.registration(product="canvas")
    http.answers[registration.jwks_url] = {"keys": [public_jwk(platform_key, KID)]}
    app = create_app(config, database=own_database, http=http)

    def launch(number: int) -> list[int]:
        """Launch twice at once, as two frames of one page would."""
        lms = Lms(registration, platform_key, utc_now(), deployment_id="new")
        return [lms.launch(app.test_client(), sub=f"person-{number % PEOPLE}").status_code]

    with ThreadPoolExecutor(2 * PEOPLE) as pool:
        statuses = [status for found in pool.map(launch, range(2 * PEOPLE)) for status in found]
    assert statuses == [303] * 2 * PEOPLE
    with own_database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Person, ResourceLink, Launch)
        ]
    assert counts == [PEOPLE, 1, PEOPLE]
