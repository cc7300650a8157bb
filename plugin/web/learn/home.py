"""The learner's home page: what now, what is coming up, and where the seven steps stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.modules.progress import Progress
from courses.modules.spine import STEPS
from courses.ports import ModuleState
from plugin.web.learn.pictures import Arc, wheel
from plugin.web.learn.words import day_words, title_of


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    number: int
    title: str
    url: str | None
    kind: str  # see the macro `state`
    words: str
    points: int | None


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now."""

    title: str
    text: str
    action: str
    url: str
    minutes: int
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A date to know about."""

    on: date
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the home page shows."""

    heading: str
    next: Next | None
    coming: list[Coming]
    steps: list[Step]
    arcs: list[Arc]
    here: int
    completed: int
    finding: str


def home_page(progress: Mapping[str, Progress], *, track: str, now: datetime) -> HomePage:
    """Work out the home page. `progress` holds the modules that have content."""
    going = next((one for one in progress.values() if _is_going(one) and one.next_activity(now)), None)
    current = going or next((one for one in progress.values() if one.attempt is None), None)
    states = [_state(one) for one in progress.values()]
    completed = states.count(ModuleState.COMPLETED)
    under_way = len(states) - completed - states.count(ModuleState.NOT_STARTED)
    return HomePage(
        _heading(completed, under_way),
        _next(current, track, now) if current else None,
        sorted(
            (one for each in progress.values() for one in _coming(each, track, now)), key=lambda one: one.on
        ),
        [_step(place, key, progress.get(key), track) for place, key in enumerate(STEPS, start=1)],
        wheel(_rings(progress)),
        current.pack.step if current else 0,
        completed,
        _finding(completed, under_way, len(STEPS) - completed - under_way),
    )


def _state(progress: Progress) -> ModuleState:
    return ModuleState(progress.attempt.state) if progress.attempt else ModuleState.NOT_STARTED


def _is_going(progress: Progress) -> bool:
    return progress.attempt is not None and _state(progress) is not ModuleState.COMPLETED


def _rings(progress: Mapping[str, Progress]) -> list[tuple[int, int, bool]]:
    return [
        (one.pack.step, one.attempt.points, _state(one) is ModuleState.SUBMITTED)
        for one in progress.values()
        if one.attempt
    ]


def _heading(completed: int, under_way: int) -> str:
    if completed and under_way:
        words: str = ngettext(
            "One step done, %(going)s under way",
            "%(num)s steps done, %(going)s under way",
            completed,
            going=under_way,
        )
    elif completed:
        words = ngettext("One step done", "%(num)s steps done", completed)
    elif under_way:
        words = ngettext("Your first step is under way", "%(num)s steps are under way", under_way)
    else:
        words = _("Your first step takes ten minutes")
    return words


def _finding(completed: int, under_way: int, waiting: int) -> str:
    words: str = _(
        "Seven steps: %(completed)s completed, %(going)s under way, %(waiting)s not started. "
        "The table below says the same.",
        completed=completed,
        going=under_way,
        waiting=waiting,
    )
    return words


STANDING = {
    ModuleState.NOT_STARTED: "idle",
    ModuleState.WORKING: "here",
    ModuleState.SUBMITTED: "waiting",
    ModuleState.RETURNED: "warn",
    ModuleState.COMPLETED: "done",
}


def _state_words(state: ModuleState) -> str:
    words: dict[ModuleState, str] = {
        ModuleState.NOT_STARTED: _("Not started"),
        ModuleState.WORKING: _("In progress"),
        ModuleState.SUBMITTED: _("With your manager"),
        ModuleState.RETURNED: _("Came back to you"),
        ModuleState.COMPLETED: _("Completed"),
    }
    return words[state]


def _step(number: int, key: str, progress: Progress | None, track: str) -> Step:
    if progress is None:
        return Step(number, STEPS[key], None, "idle", _("Opens later"), None)
    state = _state(progress)
    url = url_for("learn.module", track=track, module=key)
    points = progress.attempt.points if progress.attempt and state is not ModuleState.NOT_STARTED else None
    return Step(number, progress.pack.title, url, STANDING[state], _state_words(state), points)


def _next(progress: Progress, track: str, now: datetime) -> Next | None:
    activity = progress.next_activity(now)
    if activity is None:
        return None
    title, text, action, minutes = _invitation(progress, activity, now)
    return Next(
        title,
        text,
        action,
        url_for("learn.show", track=track, module=progress.pack.key, activity=activity),
        minutes,
        progress.promise_due if activity == "commitment" else None,
    )


def _invitation(progress: Progress, activity: str, now: datetime) -> tuple[str, str, str, int]:
    """Say what the next activity is, why, what its button says, and how many minutes it takes."""
    pack, step = progress.pack, {"title": progress.pack.title}
    if activity == "brief":
        text = _(
            "“%(title)s” begins with a short text and one question. %(summary)s", summary=pack.summary, **step
        )
        return _("Read the brief"), text, _("Start reading"), pack.brief.minutes
    if activity == "snapshot":
        count = len(pack.snapshot.items)
        again = progress.handed_in("snapshot", "t1") is not None
        title = _("Look at yourself again") if again else _("Take a look at yourself")
        text = _(
            "“%(title)s” asks %(count)s short questions. Only you see your answers.", count=count, **step
        )
        return title, text, _("Answer the questions"), 4
    if activity == "artefact" and pack.artefact:
        action = _("Go on writing") if ("artefact", "main") in progress.works else _("Start writing")
        return title_of(activity, pack), pack.artefact.summary, action, pack.artefact.minutes
    if progress.promise_due:
        promise = progress.answers("commitment", "made").get("promise", "")
        ahead = now.date() < progress.promise_due
        title = _("Keep your promise") if ahead else _("Say how your promise went")
        return title, _("You promised: “%(promise)s”.", promise=promise), _("Say how it went"), 5
    return _("Make one promise"), pack.commitment_help, _("Make a promise"), 10


def _coming(progress: Progress, track: str, now: datetime) -> list[Coming]:
    found = []
    address: dict[str, Any] = {"track": track, "module": progress.pack.key}
    if progress.promise_due and not progress.is_done("commitment"):
        url = url_for("learn.show", **address, activity="commitment")
        promise = progress.answers("commitment", "made").get("promise", "")
        found.append(Coming(progress.promise_due, _("Your promise"), promise, url))
    opens = progress.second_snapshot_opens
    if opens and opens > now and not progress.handed_in("snapshot", "t2"):
        url = url_for("learn.show", **address, activity="snapshot")
        text = _("The same questions, to see what has moved since %(day)s", day=_first_day(progress))
        found.append(Coming(opens.date(), _("Your second snapshot"), text, url))
    return found


def _first_day(progress: Progress) -> str:
    first = progress.when("snapshot", "t1")
    return day_words(first) if first else ""
