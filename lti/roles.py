"""What a person may do in a course, from raw role strings (LTI Core 1.3, appendix A.2).

Roles in the context decide; an administrator of the institution is no teacher of the course. Unknown
means learner. Raw strings are kept, so that a better parser can read them again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lti.spec import MEMBERSHIP, TEST_USER

STAFF = frozenset({"Administrator", "ContentDeveloper", "Instructor", "Manager", "Officer"})
SPECTATORS = frozenset({"Mentor", "Member"})


@dataclass(frozen=True, slots=True)
class Standing:
    """`staff` teaches or administers the course; `learner` may be graded in it."""

    staff: bool
    learner: bool


def standing(roles: Iterable[str]) -> Standing:
    """Read roles. None at all, or only unknown ones, are a learner's: the lowest rights."""
    known = {name for name in map(_context_role, roles) if name}
    if not known:
        return Standing(staff=False, learner=True)
    return Standing(staff=bool(known & STAFF), learner="Learner" in known)


def is_test_user(roles: Iterable[str]) -> bool:
    """Say whether this is nobody: a teacher's view of the course as a student sees it."""
    return TEST_USER in roles


def _context_role(role: str) -> str | None:
    """Give `Instructor` for the full, the sub-role and the short form; None for other scopes."""
    if role.startswith(MEMBERSHIP + "#"):
        name = role.removeprefix(MEMBERSHIP + "#")
    elif role.startswith(MEMBERSHIP + "/"):  # sub-role: membership/Instructor#TeachingAssistant
        name = role.removeprefix(MEMBERSHIP + "/").split("#", maxsplit=1)[0]
    else:
        name = role
    return name if name in STAFF | SPECTATORS | {"Learner"} else None
