"""What an admin is shown about doubtful data, and the tree as text."""

from courses.people.issues import Issue, count_issues, find_issues
from courses.people.outline import outline
from plugin.db import Database
from tests.builders import Builder
from tests.people.conftest import Directory


def _issues(directory: Directory, only: Issue | None = None) -> list[tuple[str, str, str | None]]:
    with directory.database.reading() as session:
        found = find_issues(session, organization_id=directory.organization_id, only=only)
    return [(issue.issue, issue.name.lower(), issue.given) for issue in found]


def test_every_kind_of_doubt_is_listed_the_worst_first(directory: Directory, build: Builder) -> None:
    directory.says("top")
    directory.says("fine", manager="top")
    directory.says("late", manager="nobody-yet")
    directory.says("one", employee_number="7", manager="top")
    directory.says("two", employee_number="7", manager="top")
    directory.says("unsure", manager="7")
    directory.says("self", manager="self")
    directory.says("a", manager="fine")
    directory.says("b", manager="a")
    directory.says("a", manager="b")
    directory.says("left", active=False)
    directory.says("orphan", manager="left")
    directory.says("below", manager="orphan")
    build.person("learner")
    assert _issues(directory) == [
        ("ambiguous", "unsure", "7"),
        ("circle", "a", "b"),
        ("circle", "self", "self"),
        ("awaited", "late", "nobody-yet"),
        ("orphan", "orphan", "left"),
        ("no manager", "top", None),
        ("unlinked", "learner", None),
    ]
    assert _issues(directory, Issue.AWAITED) == [("awaited", "late", "nobody-yet")]
    with directory.database.reading() as session:
        counts = count_issues(session, organization_id=directory.organization_id)
    assert counts["circle"] == 2


def test_people_who_left_and_other_organizations_are_no_issue(
    directory: Directory, build: Builder, database: Database
) -> None:
    Directory(database, build.organization("Westgate").id).says("late", manager="nobody")
    directory.says("gone", manager="nobody", active=False)
    assert _issues(directory) == []


def test_the_outline_shows_active_people_under_who_manages_them(directory: Directory) -> None:
    for name, manager in {"Top": None, "Vic": "top", "Zoe": "vic", "Ann": "vic", "Bob": "top"}.items():
        directory.says(name.lower(), name=name, manager=manager)
    directory.says("vic", active=False)
    with directory.database.reading() as session:
        found = outline(session, organization_id=directory.organization_id)
    assert [(b.depth, b.name) for b in found] == [(0, "Top"), (1, "Ann"), (1, "Bob"), (1, "Zoe")]
