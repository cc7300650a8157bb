"""People of a platform meet people of the directory: at once, later, not at all, and back again."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from courses.audit import AuditEntry
from courses.errors import NotFound, Refused
from courses.modules.models import Attempt
from courses.people.actions import set_email_domains
from courses.people.issues import find_issues
from courses.people.linking import link, unlink
from courses.people.models import Organization, Person, PersonLink
from lti import spec
from lti.cells import GradeCell
from lti.matching import declare_pairs, look_again, match_due
from lti.models import Identity, Launch, LineItem
from lti.moving import MOVERS
from lti.unlinked import list_unlinked
from plugin.db import Database
from tests.builders import LONG_AGO, Builder
from tests.conftest import NOW
from tests.lti.lms import ABSENT, Lms
from tests.people.conftest import Directory

EMPLOYEE = {"person_sourcedid": "E1001"}
LOGIN = {"user_username": "AMara"}


@pytest.fixture
def directory(build: Builder, database: Database) -> Directory:
    return Directory(database, build.organization().id)


@pytest.fixture
def declared(lms: Lms, database: Database) -> Lms:
    """A platform whose two pairs the customer declared."""
    _declare(database, lms, sourcedid="employeeNumber", username="userName")
    return lms


def _declare(database: Database, lms: Lms, **pairs: str | None) -> None:
    with database.transaction() as session:
        declare_pairs(
            session,
            registration_id=lms.registration.id,
            **{"sourcedid": None, "username": None, **pairs},
            now=NOW,
        )


def _sweep(database: Database) -> int:
    with database.transaction() as session:
        return match_due(session, now=NOW)


def _who(database: Database) -> uuid.UUID:
    with database.reading() as session:
        return session.scalars(select(Identity.person_id)).one()


def _all(database: Database, table: type[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(table)))


@pytest.mark.parametrize("told", [{"lis": EMPLOYEE}, {"ext": LOGIN}, {"lis": EMPLOYEE, "ext": LOGIN}])
@pytest.mark.parametrize("first", ["directory", "platform"])
def test_who_the_declared_keys_fit_is_linked_whoever_comes_first(
    declared: Lms, client: FlaskClient, *, database: Database, directory: Directory, told: Any, first: str
) -> None:
    if first == "platform":
        declared.launch(client, **told)
        assert _sweep(database) == 0
    amara = directory.says("amara", employee_number="E1001")
    if first == "directory":
        declared.launch(client, **told)
    assert _sweep(database) == 1
    assert _who(database) == amara
    assert client.get("/learn/").status_code == 200


def test_a_user_name_is_read_from_a_custom_parameter_but_not_from_moodles(
    build: Builder, lms: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    """Teachers write custom parameters of a link in Moodle: they could make everybody the director."""
    directory.says("amara")
    custom = {"username": "amara"}
    _declare(database, lms, username="userName")
    lms.launch(client, custom=custom)
    assert _sweep(database) == 0
    lms.registration = build.registration(product="canvas", jwks_url=lms.registration.jwks_url)
    _declare(database, lms, username="userName")
    assert lms.launch(client, custom=custom, sub="4").status_code == 303
    assert [row.username for row in _all(database, Identity)] == ["", "amara"]
    assert _sweep(database) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"lis": {"person_sourcedid": ""}},
        {"lis": {"person_sourcedid": "$Person.sourcedId"}},
        {"lis": {"person_sourcedid": None}},
        {"ext": {"user_username": "$User.username"}},
        {"lis": None},
        {"roles": [spec.MEMBERSHIP + "#Learner", spec.TEST_USER], "lis": EMPLOYEE},
        {"custom": {"masquerading_user_id": "7"}, "email": ABSENT},
    ],
    ids=["blank", "variable", "null", "variable-name", "no-lis", "test-student", "nothing-told"],
)
def test_nothing_told_matches_nobody(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory, told: Any
) -> None:
    directory.says("", employee_number="")
    directory.says("$user.username", employee_number="$Person.sourcedId")
    directory.says("amara", employee_number="E1001", work_email="amara@northgate.example")
    declared.launch(client, **told)
    assert _sweep(database) == 0


def test_keys_that_were_not_declared_do_not_count(
    lms: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    amara = directory.says("amara", employee_number="E1001", external_id="E1001")
    lms.launch(client, lis=EMPLOYEE, ext=LOGIN)
    assert _sweep(database) == 0
    _declare(database, lms, sourcedid="externalId")
    assert _sweep(database) == 1
    assert _who(database) == amara


def test_keys_that_disagree_wait_for_an_admin(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara")
    directory.says("other", employee_number="E1001")
    declared.launch(client, lis=EMPLOYEE, ext=LOGIN)
    assert _sweep(database) == 0


def test_only_active_people_of_the_directory_are_found(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara", employee_number="E1001", active=False)
    declared.launch(client, lis=EMPLOYEE)
    assert _sweep(database) == 0
    directory.says("amara", active=True)
    assert _sweep(database) == 1


def test_nobody_is_found_in_another_organization(
    declared: Lms, client: FlaskClient, database: Database, build: Builder
) -> None:
    Directory(database, build.organization("Westgate").id).says("amara", employee_number="E1001")
    declared.launch(client, lis=EMPLOYEE, ext=LOGIN)
    assert _sweep(database) == 0


@pytest.mark.parametrize(
    ("domains", "linked"), [([], 0), (["elsewhere.example"], 0), (["northgate.EXAMPLE"], 1)]
)
def test_an_address_counts_only_in_a_domain_the_organization_named(
    lms: Lms,
    *,
    client: FlaskClient,
    database: Database,
    directory: Directory,
    domains: list[str],
    linked: int,
) -> None:
    directory.says("a.osei", work_email="Amara@Northgate.example")
    lms.launch(client)
    with database.transaction() as session:
        [organization] = session.scalars(select(Organization))
        set_email_domains(session, organization=organization, domains=domains, now=NOW)
    assert _sweep(database) == linked


def test_the_directory_never_adopts_somebody_by_itself(
    lms: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    lms.launch(client)
    directory.says("amara", work_email="amara@northgate.example", email="amara@northgate.example")
    assert _sweep(database) == 0
    assert len(_all(database, Person)) == 2


def test_the_directory_knows_better_what_its_people_are_called(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    amara = directory.says("amara", employee_number="E1001", name="Amara Osei-Bonsu")
    for _time in range(2):
        declared.launch(client, lis=EMPLOYEE)
        _sweep(database)
    with database.reading() as session:
        assert session.get_one(Person, amara).name == "Amara Osei-Bonsu"


def test_a_changed_sourcedid_never_moves_a_link(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    amara = directory.says("amara", employee_number="E1001")
    directory.says("other", employee_number="E9")
    declared.launch(client, lis=EMPLOYEE)
    _sweep(database)
    declared.launch(client, lis={"person_sourcedid": "E9"})
    assert _sweep(database) == 0
    assert _who(database) == amara


def test_somebody_acting_as_another_changes_nothing(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara", employee_number="E1001")
    declared.launch(client)
    _sweep(database)
    declared.launch(client, custom={"masquerading_user_id": "77"}, lis=EMPLOYEE, name="The Admin")
    assert _sweep(database) == 0
    with database.reading() as session:
        assert "The Admin" not in session.scalars(select(Person.name)).all()


def test_deactivating_ends_sessions_at_once_and_refuses_launches(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara", employee_number="E1001")
    declared.launch(client, lis=EMPLOYEE)
    _sweep(database)
    assert client.get("/learn/").status_code == 200
    directory.says("amara", active=False)
    assert client.get("/learn/").status_code == 401
    assert declared.launch(client, lis=EMPLOYEE).status_code == 403


def test_somebody_deleted_and_created_again_gets_their_work_back_by_employee_number(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara", employee_number="E1001")
    declared.launch(client, lis=EMPLOYEE, ext=LOGIN)
    _sweep(database)
    directory.forgets("amara")
    again = directory.says("amara", employee_number="E1001")
    assert _sweep(database) == 1
    assert _who(database) == again
    assert declared.launch(client, lis=EMPLOYEE, ext=LOGIN).status_code == 303


def test_a_user_name_given_to_somebody_else_does_not_pass_work_on(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    directory.says("amara")
    declared.launch(client, ext=LOGIN)
    assert _sweep(database) == 1
    directory.forgets("amara")
    directory.says("amara")
    assert _sweep(database) == 0


def _with_work(build: Builder, points: int = 27, **person: Any) -> Person:
    """Make a learner of a platform with an attempt and a gradebook cell."""
    visitor = build.visitor(line_item_url="https://lms.example/1")
    shared = {"organization_id": visitor.person.organization_id}
    _attempt(build, visitor.person, points=points)
    line_item = build.add(
        LineItem(
            **shared,
            id=uuid.uuid4(),
            registration_id=visitor.launch.registration_id,
            url="https://lms.example/1",
            resource_id="t:step-up:m1",
            created_at=LONG_AGO,
        )
    )
    build.add(
        GradeCell(
            **shared,
            id=uuid.uuid4(),
            line_item_id=line_item.id,
            person_id=visitor.person.id,
            user_id="learner-1",
            points=points,
            state="working",
            timestamp=LONG_AGO,
            version=1,
            delivery="delivered",
            due_at=LONG_AGO,
        )
    )
    return visitor.person


def _attempt(build: Builder, person: Person, *, points: int, number: int = 1) -> Attempt:
    return build.add(
        Attempt(
            id=uuid.uuid4(),
            organization_id=person.organization_id,
            person_id=person.id,
            track_key="step-up",
            module_key="m1",
            number=number,
            pack_version="1",
            points=points,
            state="working",
            started_at=LONG_AGO,
            updated_at=LONG_AGO,
        )
    )


def _link(database: Database, source: uuid.UUID, target: uuid.UUID, organization: uuid.UUID) -> PersonLink:
    with database.transaction() as session:
        return link(
            session,
            organization_id=organization,
            from_person_id=source,
            person_id=target,
            how="admin",
            movers=MOVERS,
            now=NOW,
        )


def _undo(database: Database, made: PersonLink) -> None:
    with database.transaction() as session:
        unlink(
            session, organization_id=made.organization_id, link_id=made.from_person_id, movers=MOVERS, now=NOW
        )


def test_linking_moves_everything_and_undoing_moves_it_back(
    build: Builder, database: Database, directory: Directory
) -> None:
    learner = _with_work(build)
    amara = directory.says("amara")

    def owners() -> set[uuid.UUID]:
        return {row.person_id for table in (Identity, Attempt, GradeCell) for row in _all(database, table)}

    made = _link(database, learner.id, amara, directory.organization_id)
    assert owners() == {amara}
    assert [row.new_column for row in _all(database, Launch)] == [True]
    _undo(database, made)
    assert owners() == {learner.id}
    assert {"person.linked", "person.unlinked"} <= {row.action for row in _all(database, AuditEntry)}


@pytest.mark.parametrize(("theirs", "current"), [(60, 60), (10, 27)])
def test_the_better_of_two_attempts_becomes_the_current_one(
    build: Builder, database: Database, directory: Directory, theirs: int, current: int
) -> None:
    learner = _with_work(build, points=27)
    amara = directory.says("amara")
    with database.reading() as session:
        person = session.get_one(Person, amara)
    own = _attempt(build, person, points=theirs)
    made = _link(database, learner.id, amara, directory.organization_id)
    newest = max(_all(database, Attempt), key=lambda attempt: attempt.number)
    assert newest.points == current
    _undo(database, made)
    after = {(a.person_id, a.number, a.points) for a in _all(database, Attempt)}
    assert after == {(learner.id, 1, 27), (amara, own.number, theirs)}


def test_a_link_that_was_undone_is_not_made_again_by_itself(
    declared: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    amara = directory.says("amara", employee_number="E1001")
    declared.launch(client, lis=EMPLOYEE)
    _sweep(database)
    [made] = _all(database, PersonLink)
    _undo(database, made)
    directory.says("amara", employee_number="other")
    directory.says("amara", employee_number="E1001")
    with database.transaction() as session:
        look_again(session, organization_id=directory.organization_id)
    assert _sweep(database) == 0
    _link(database, made.from_person_id, amara, directory.organization_id)
    assert _who(database) == amara


def test_only_people_who_are_not_in_the_directory_can_be_linked_and_only_to_those_who_are(
    build: Builder, database: Database, directory: Directory
) -> None:
    one, two = directory.says("one"), directory.says("two")
    learner, other = build.person("Learner"), build.person("Other")
    for source, target in ((one, two), (learner.id, other.id), (one, learner.id)):
        with pytest.raises(Refused):
            _link(database, source, target, directory.organization_id)
    foreign = Directory(database, build.organization("Westgate").id).says("one")
    for source, target in ((learner.id, foreign), (learner.id, uuid.uuid4()), (uuid.uuid4(), one)):
        with pytest.raises(NotFound):
            _link(database, source, target, directory.organization_id)


def test_the_queue_suggests_who_it_may_be(
    lms: Lms, client: FlaskClient, database: Database, directory: Directory
) -> None:
    amara = directory.says("a.osei", work_email="amara@northgate.example")
    directory.says("somebody")
    lms.launch(client, lis=EMPLOYEE)
    with database.reading() as session:
        [waiting] = list_unlinked(session, organization_id=directory.organization_id)
        issues = find_issues(session, organization_id=directory.organization_id)
    assert (waiting.name, waiting.sourcedid, waiting.suggested) == ("Amara Osei", "E1001", [amara])
    assert [issue.name for issue in issues if issue.issue == "unlinked"] == ["Amara Osei"]
