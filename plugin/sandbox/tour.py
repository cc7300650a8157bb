"""What an admin, a teacher and learners would do, by HTTP: connect, add the steps, do the work.

Used by `leadline demo` and by the flow tests. Nothing here writes except through HTTP.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from plugin.sandbox import work
from plugin.sandbox.visitor import Page, VisitError, Visitor

COURSE = 2
ORGANIZATION = "Northgate Logistics"
PATIENCE = 60.0  # seconds for the grades to arrive

Say = Callable[[str], None]


class Tour:
    """The people of the sandbox LMS at `lms`, using Leadline. `say` hears of the progress."""

    def __init__(self, lms: str, say: Say) -> None:
        self.lms = lms
        self.say = say
        self._visitors: dict[str, Visitor] = {}

    def connect(self, setup_url: str) -> None:
        """Let an admin name the organization and give the registration link to the LMS."""
        self.say("The admin names the organization in Leadline")
        page = Visitor().get(setup_url).form().fill(name=ORGANIZATION).submit()
        link = page.form_value("link")
        self.say("The admin gives the registration link to the LMS, reads what it asks, and confirms")
        tools = self.open("ines", "/admin/tools")
        asked = tools.form("/admin/tools/register").fill(url=link).submit().iframe()
        asked.form().submit()

    def add_steps(self, *modules: str) -> None:
        """Let a teacher add modules to the course by deep linking."""
        self.say(f"The teacher adds {len(modules)} steps to the course by deep linking")
        tool = self.tool_id()
        picker = self.open("tomas", f"/courses/{COURSE}/add/{tool}").iframe()
        picker.form().set("module", list(modules)).submit()

    def tool_id(self) -> str:
        """Find the id of the registered tool, on the page where the teacher picks one."""
        page = self.open("tomas", f"/courses/{COURSE}/add")
        start = f"/courses/{COURSE}/add/"
        links = [str(link["href"]) for link in page.soup.select("a[href]")]
        found = next((link.rsplit("/", maxsplit=1)[-1] for link in links if link.startswith(start)), None)
        if found is None:
            raise VisitError(f"{page.url} offers no tool: the registration did not work")
        return found

    def launch(self, username: str, title: str) -> Page:
        """Open an activity of the course as somebody, inside its frame."""
        return self.open(username, f"/courses/{COURSE}").link(title).iframe()

    def look_in(self, *usernames: str, title: str) -> None:
        """Let people open an activity without doing anything in it."""
        self.say(f"{', '.join(map(str.capitalize, usernames))} open “{title}”")
        for username in usernames:
            self.launch(username, title)

    def learn(self, username: str, title: str, *, activities: int = 4) -> None:
        """Let a learner launch a module and do its first activities."""
        page = self.launch(username, title)
        steps: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
            ("brief", lambda: {"answer": work.BRIEF}),
            ("snapshot", work.snapshot),
            ("artefact", lambda: work.charter(_today())),
            ("commitment", lambda: work.promise(_today())),
        )
        base = page.url.rsplit("/", maxsplit=1)[0]
        for activity, values in steps[:activities]:
            self.say(f"{username.capitalize()} launches “{title}” and does: {activity}")
            hand_in(self.visitor(username).get(f"{base}/{activity}"), values())

    def wait_for_grades(self, expected: dict[str, int]) -> dict[str, Any]:
        """Wait until the LMS shows these scores, by username, in its first column."""
        self.say("Waiting for the grades to arrive in the LMS")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            book = self.gradebook()
            if {name: score for name, score in first_column(book).items() if score is not None} == expected:
                return book
            time.sleep(0.2)
        raise VisitError(f"after {PATIENCE:.0f} s the gradebook shows {first_column(self.gradebook())}")

    def gradebook(self) -> dict[str, Any]:
        """Read the gradebook as the teacher sees it."""
        book: dict[str, Any] = self.open("tomas", f"/courses/{COURSE}/gradebook.json").json()
        return book

    def open(self, username: str, path: str) -> Page:
        """Open a page of the LMS as somebody."""
        return self.visitor(username).get(self.address(username, path))

    def address(self, username: str, path: str) -> str:
        """Return the link that signs somebody in and shows a page."""
        return f"{self.lms}/as/{username}?next={quote(path)}"

    def visitor(self, username: str) -> Visitor:
        """Return somebody's browser."""
        return self._visitors.setdefault(username, Visitor())


def hand_in(page: Page, values: dict[str, Any]) -> Page:
    """Fill in the one form of a learner's page and hand it in."""
    form = page.form("data-autosave")
    hidden = {field.name: field.value for field in form.fields if field.name in HIDDEN}
    return page.visitor.post(form.action, {**hidden, **values, "action": "hand-in"})


HIDDEN = frozenset({"csrf_token", "occasion", "revision"})


def first_column(book: dict[str, Any]) -> dict[str, float | None]:
    """Return each person's score in the gradebook's first column."""
    column = str(book["columns"][0]["id"])
    return {person["username"]: person["grades"].get(column, {}).get("score") for person in book["people"]}


def _today() -> Any:
    return datetime.now(UTC).date()
