"""Whatever a directory says in whatever order: the tree has no circle, and nothing is left out needlessly."""

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from courses.people.models import ManagerHistory, ManagerLine
from plugin.db import Database
from tests.builders import Builder
from tests.people.conftest import Directory

NAMES = st.sampled_from("abcde")
SAYS = st.tuples(st.just("says"), NAMES, st.sampled_from(["a", "b", "c", "d", "e", "1", "2", None]))
NUMBERS = st.tuples(st.just("number"), NAMES, st.sampled_from(["1", "2", None]))
FORGETS = st.tuples(st.just("forgets"), NAMES, st.none())


def _run(directory: Directory, operations: list[Any]) -> None:
    for verb, name, value in operations:
        if verb == "says":
            directory.says(name, manager=value)
        elif verb == "number":
            directory.says(name, employee_number=value)
        elif name in directory.ids:
            directory.forgets(name)


def _above(tree: dict[str, str], name: str) -> list[str]:
    """Climb until the top; a circle would never end, and fails instead."""
    climbed = [name]
    while climbed[-1] in tree:
        assert len(climbed) <= len(tree), f"circle: {climbed}"
        climbed.append(tree[climbed[-1]])
    return climbed


def _meant(directory: Directory, raw: str) -> list[str]:
    numbered = [name for name, facts in directory.facts.items() if facts.get("employee_number") == raw]
    return numbered or [name for name in directory.facts if name == raw]


@given(st.lists(SAYS | NUMBERS | FORGETS, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_is_where_it_belongs(build: Builder, database: Database, operations: list[Any]) -> None:
    directory = Directory(database, build.organization(str(uuid.uuid4())).id)
    _run(directory, operations)
    lines = {name: line for name, line in directory.lines().items() if line}
    assert set(lines) == {name for name, facts in directory.facts.items() if facts.get("manager")}
    tree = {name: manager for name, (state, manager) in lines.items() if state == "resolved" and manager}
    for name, (state, manager) in lines.items():
        _above(tree, name)
        meant = _meant(directory, directory.facts[name]["manager"])
        if len(meant) != 1:
            # A line that was joined stays so when its manager is known by another number: the id counts.
            assert state in {"resolved", "cycle", "self"} or state == ("ambiguous" if meant else "pending")
        elif state == "cycle":
            assert name in _above(tree, str(manager))
        else:
            assert state == ("self" if manager == name else "resolved")


@given(st.lists(SAYS | NUMBERS | FORGETS, max_size=25))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_history_agrees_with_the_tree(build: Builder, database: Database, operations: list[Any]) -> None:
    directory = Directory(database, build.organization(str(uuid.uuid4())).id)
    _run(directory, operations)
    with database.reading() as session:
        open_ones = session.execute(
            select(ManagerHistory.person_id, ManagerHistory.manager_id).where(
                ManagerHistory.organization_id == directory.organization_id, ManagerHistory.ended_at.is_(None)
            )
        ).all()
        tree = session.execute(
            select(ManagerLine.person_id, ManagerLine.manager_id).where(
                ManagerLine.organization_id == directory.organization_id, ManagerLine.state == "resolved"
            )
        ).all()
    assert sorted(map(tuple, open_ones)) == sorted(map(tuple, tree))
