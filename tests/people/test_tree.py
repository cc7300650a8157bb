"""The tree: who is under whom, who manages in effect, and what a big company costs."""

import time
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import insert

from courses.people.models import LineState, ManagerLine, Person
from courses.people.tree import effective_managers, people_under
from plugin.db import Database
from tests.builders import LONG_AGO, Builder
from tests.people.conftest import Directory

TREE = {"ceo": None, "vp": "ceo", "lead": "vp", "dev": "lead", "ops": "vp", "cfo": "ceo"}


@pytest.fixture
def company(directory: Directory) -> Directory:
    for name, manager in TREE.items():
        directory.says(name, manager=manager)
    return directory


def _under(company: Directory, name: str, *, direct: bool = False) -> set[str]:
    with company.database.reading() as session:
        query = people_under(company.organization_id, company.ids[name], direct=direct)
        return company.names(session.scalars(query).all())


def _managers(company: Directory, names: Sequence[str]) -> dict[str, str]:
    by_id = {key: name for name, key in company.ids.items()}
    with company.database.reading() as session:
        asked = [company.ids[name] for name in names]
        found = effective_managers(session, organization_id=company.organization_id, person_ids=asked)
    return {by_id[person]: by_id[manager] for person, manager in found.items()}


def test_everybody_under_a_manager(company: Directory) -> None:
    assert _under(company, "ceo") == {"vp", "lead", "dev", "ops", "cfo"}
    assert _under(company, "vp") == {"lead", "dev", "ops"}
    assert _under(company, "dev") == set()


def test_direct_reports_only(company: Directory) -> None:
    assert _under(company, "ceo", direct=True) == {"vp", "cfo"}


def test_reports_of_somebody_inactive_are_managed_by_the_next_active_one_above(company: Directory) -> None:
    company.says("vp", active=False)
    company.says("lead", active=False)
    assert _managers(company, list(TREE)) == {
        "vp": "ceo",
        "lead": "ceo",
        "dev": "ceo",
        "ops": "ceo",
        "cfo": "ceo",
    }
    assert _under(company, "ceo", direct=True) == {"cfo", "ops", "dev"}
    assert _under(company, "ceo") == {"cfo", "ops", "dev"}


def test_nobody_active_above_is_no_manager(company: Directory) -> None:
    company.says("ceo", active=False)
    assert _managers(company, ["vp", "dev"]) == {"dev": "lead"}


def test_circles_end_every_query(company: Directory) -> None:
    company.says("ceo", manager="dev")
    assert _under(company, "ceo") == {"vp", "lead", "dev", "ops", "cfo"}
    assert _managers(company, ["ceo", "dev"]) == {"dev": "lead"}


def test_data_that_is_already_circular_ends_every_query(build: Builder, database: Database) -> None:
    """No writer of ours leaves such rows; a restored or hand-edited database might."""
    organization = build.organization().id
    people = [build.person(name, provisioned=True, active=False) for name in ("a", "b", "c")]
    for person, manager in zip(people, people[1:] + people[:1], strict=True):
        build.add(
            ManagerLine(
                organization_id=organization,
                person_id=person.id,
                raw="x",
                raw_key="x",
                manager_id=manager.id,
                state=LineState.RESOLVED,
                changed_at=LONG_AGO,
            )
        )
    with database.reading() as session:
        assert session.scalars(people_under(organization, people[0].id)).all() == []
        asked = [person.id for person in people]
        assert effective_managers(session, organization_id=organization, person_ids=asked) == {}


def test_a_big_company_is_read_in_a_blink(build: Builder, database: Database) -> None:
    organization, size = build.organization().id, 5000
    ids = [uuid.uuid4() for _person in range(size)]
    shared = {"organization_id": organization}
    people = [
        {**shared, "id": key, "name": str(n), "active": True, "provisioned": True, "created_at": LONG_AGO}
        for n, key in enumerate(ids)
    ]
    line = {**shared, "raw": "x", "raw_key": "x", "state": LineState.RESOLVED, "changed_at": LONG_AGO}
    lines = [{**line, "person_id": ids[n], "manager_id": ids[(n - 1) // 7]} for n in range(1, size)]
    with database.transaction() as session:
        session.execute(insert(Person), people)
        session.execute(insert(ManagerLine), lines)
    with database.reading() as session:
        began = time.perf_counter()
        found = session.scalars(people_under(organization, ids[0])).all()
        took = time.perf_counter() - began
    assert len(found) == size - 1
    assert took < 1.0, "generous: it takes some 20 ms"
