"""The demo's directory: sixty people, managers after their reports, the LMS's people among them."""

from plugin.sandbox.directory import ENTERPRISE, company
from plugin.sandbox.school import PEOPLE


def test_there_are_sixty_people_with_keys_of_their_own() -> None:
    users = company()
    assert len(users) == 60
    for keys in (
        [user["userName"] for user in users],
        [user[ENTERPRISE]["employeeNumber"] for user in users],
        [user["emails"][0]["value"] for user in users],
    ):
        assert len(set(keys)) == 60


def test_every_manager_comes_after_their_reports() -> None:
    numbers = [user[ENTERPRISE]["employeeNumber"] for user in company()]
    for place, user in enumerate(company()):
        manager = user[ENTERPRISE].get("manager")
        assert manager is None or numbers.index(manager["value"]) > place


def test_the_lms_and_the_directory_say_the_same_of_its_people() -> None:
    known = {user["userName"]: user for user in company()}
    for person in PEOPLE:
        user = known[person.username]
        assert person.idnumber in {"", user[ENTERPRISE]["employeeNumber"]}
        assert (person.name, person.email) == (user["displayName"], user["emails"][0]["value"])
