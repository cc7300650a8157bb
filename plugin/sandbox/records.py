"""The records the sandbox LMS keeps: plain data, no rules."""

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["admin", "teacher", "assistant", "learner"]


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. `id` is what a tool sees as `sub`, `idnumber` what the HR feed filled in."""

    id: str
    username: str
    given_name: str
    family_name: str
    role: Role
    idnumber: str = ""

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """An invented address on a reserved domain."""
        return f"{self.given_name}.{self.family_name}@corp.example".lower()

    @property
    def is_staff(self) -> bool:
        """Whether this person sees everybody's grades."""
        return self.role != "learner"

    @property
    def edits(self) -> bool:
        """Whether this person may add activities."""
        return self.role in {"admin", "teacher"}


@dataclass
class Course:
    """A course and its members by person id."""

    id: int
    label: str
    title: str
    idnumber: str
    summary: str
    members: dict[str, Person] = field(default_factory=dict)

    @property
    def learners(self) -> dict[str, Person]:
        """The members who can be graded."""
        return {person.id: person for person in self.members.values() if person.role == "learner"}


@dataclass
class Tool:
    """A registered tool. `type_id` is also its deployment id, as in Moodle."""

    type_id: int
    client_id: str
    name: str
    domain: str
    description: str
    target_link_uri: str
    deep_linking_uri: str
    initiate_login_uri: str
    redirect_uris: tuple[str, ...]
    jwks_uri: str
    custom: dict[str, str]
    scopes: frozenset[str]
    shares_name: bool
    shares_email: bool
    key_set: dict[str, Any] | None = None


@dataclass
class Activity:
    """A resource link in a course."""

    id: int
    course_id: int
    type_id: int
    title: str
    text: str
    url: str
    custom: dict[str, Any]


@dataclass
class Grade:
    """One cell. `timestamp` is epoch seconds; `teacher` is a value typed in by a teacher, which wins."""

    score: float | None = None
    comment: str = ""
    timestamp: int | None = None
    teacher: float | None = None

    @property
    def shown(self) -> float | None:
        """The final value, as people and the results service see it."""
        return self.score if self.teacher is None else self.teacher


@dataclass
class Column:
    """A line item. `own` columns were made with their activity; one that does not count takes no grades."""

    id: int
    course_id: int
    type_id: int
    label: str
    maximum: float
    resource_id: str = ""
    tag: str = ""
    activity_id: int | None = None
    own: bool = False
    counts: bool = True
    review: dict[str, Any] | None = None
    grades: dict[str, Grade] = field(default_factory=dict)


@dataclass(frozen=True)
class Hint:
    """What one `lti_message_hint` stands for: who launches what. Without an activity it is deep linking."""

    person_id: str
    course_id: int
    type_id: int
    activity_id: int | None


@dataclass(frozen=True)
class Token:
    """An access token that was given out; `expires` is epoch seconds."""

    client_id: str
    scopes: frozenset[str]
    expires: float


@dataclass(frozen=True)
class Fault:
    """A wrong answer for the next request whose path contains `path_part`."""

    path_part: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    method: str = ""

    def matches(self, method: str, path: str) -> bool:
        """Whether this request should get the fault."""
        return self.path_part in path and self.method in {"", method}


@dataclass(frozen=True)
class PostedScore:
    """A score POST as it came in, and the status it got."""

    path: str
    body: str
    content_type: str
    status: int
