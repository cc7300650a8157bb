"""Roles in the context decide; unknown means learner."""

import pytest

from lti.roles import Standing, standing

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
I = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"  # noqa: E741 - as short as M
LEARNER = Standing(staff=False, learner=True)
STAFF = Standing(staff=True, learner=False)
NEITHER = Standing(staff=False, learner=False)

CASES = [
    ([], LEARNER),
    (["http://example.org/wizard"], LEARNER),
    ([f"{M}#Learner"], LEARNER),
    (["Learner"], LEARNER),
    ([f"{M}#Instructor"], STAFF),
    (["Instructor"], STAFF),
    ([f"{M}/Instructor#TeachingAssistant"], STAFF),
    ([f"{M}#ContentDeveloper"], STAFF),
    ([f"{M}#Mentor"], NEITHER),
    ([f"{M}#Learner", f"{I}Instructor"], LEARNER),
    ([f"{M}#Learner", f"{I}Administrator"], LEARNER),
    ([f"{I}Administrator"], LEARNER),
    ([f"{M}#Instructor", f"{M}#Learner"], Standing(staff=True, learner=True)),
]


@pytest.mark.parametrize(("roles", "expected"), CASES)
def test_roles_are_read(roles: list[str], expected: Standing) -> None:
    assert standing(roles) == expected
