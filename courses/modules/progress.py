"""How far somebody is in a module, read from what they handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.content.packs import Pack
from courses.modules.forms import Values, day
from courses.modules.models import ActivityWork, Attempt
from courses.modules.rules import Promise, Work, closing
from courses.modules.sheets import T2_AFTER, answer_key

Works = Mapping[tuple[str, str], ActivityWork]

# A day is over when it is over everywhere: nobody is late because of our time zone.
LAST_TIME_ZONE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Progress:
    """One person's attempt at one module. `attempt` is None before anything was written."""

    pack: Pack
    attempt: Attempt | None
    works: Works

    def handed_in(self, activity: str, occasion: str = "main") -> ActivityWork | None:
        """Find what was handed in on one sheet."""
        work = self.works.get((activity, occasion))
        return work if work is not None and work.submitted_at is not None else None

    def when(self, activity: str, occasion: str = "main") -> datetime | None:
        """Say when a sheet was last handed in."""
        work = self.handed_in(activity, occasion)
        return work.submitted_at if work else None

    def answers(self, activity: str, occasion: str = "main") -> Values:
        """Return what was handed in on a sheet; empty if nothing was."""
        work = self.handed_in(activity, occasion)
        return work.submitted or {} if work else {}

    @property
    def questions_changed(self) -> bool:
        """Say whether the snapshot was answered, but to other questions than those the pack asks today."""
        given = [self.answers("snapshot", occasion) for occasion in ("t1", "t2")]
        return not all(self._answers_todays_questions(answers) for answers in given if answers)

    def _answers_todays_questions(self, answers: Values) -> bool:
        asked = {answer_key(item) for item in self.pack.snapshot.items}
        return answers.get("version") == self.pack.snapshot.version and asked <= answers.keys()

    @property
    def second_snapshot_opens(self) -> datetime | None:
        """When the snapshot can be answered again; None before the first, or if its questions changed."""
        first = self.when("snapshot", "t1")
        return first + T2_AFTER if first and not self.questions_changed else None

    def second_snapshot_is_open(self, now: datetime) -> bool:
        """Say whether the second snapshot can be answered now."""
        opens = self.second_snapshot_opens
        return opens is not None and opens <= now and not self.handed_in("snapshot", "t2")

    @property
    def promise_due(self) -> date | None:
        """The day a promise falls due; None if there is no promise."""
        return day(self.answers("commitment", "made").get("due", ""))

    @property
    def promise(self) -> Promise:
        """How far the commitment is."""
        due, closed_at = self.promise_due, self.when("commitment", "closed")
        if due is None:
            return Promise.NONE
        return closing(due, (closed_at - LAST_TIME_ZONE).date()) if closed_at else Promise.MADE

    @property
    def work(self) -> Work:
        """What counts for credit."""
        return Work(
            brief=self.handed_in("brief") is not None,
            first_snapshot=self.handed_in("snapshot", "t1") is not None,
            second_snapshot=self.handed_in("snapshot", "t2") is not None,
            artefact=self.handed_in("artefact") is not None,
            promise=self.promise,
            entries_needed=self.pack.log_needed,
        )

    def is_done(self, activity: str) -> bool:
        """Say whether nothing is left to do in an activity for now."""
        if activity == "snapshot":
            return self.handed_in("snapshot", "t1") is not None
        if activity == "commitment":
            return self.handed_in("commitment", "closed") is not None
        return self.handed_in(activity) is not None

    def next_activity(self, now: datetime) -> str | None:
        """Name the first activity that waits for this person; None when all that is open is done."""
        for activity in self.open_activities:
            if activity == "commitment" and self.handed_in("commitment", "made"):
                continue
            if not self.is_done(activity):
                return activity
        if self.second_snapshot_is_open(now):
            return "snapshot"
        return None if self.is_done("commitment") else "commitment"

    @property
    def open_activities(self) -> tuple[str, ...]:
        """The activities that can be worked on, in order."""
        form = ("artefact",) if self.pack.artefact else ()
        return ("brief", "snapshot", *form, "commitment")
