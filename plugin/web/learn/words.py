"""What the learner's pages say about activities, dates and states."""

from dataclasses import dataclass
from datetime import date, datetime, time

from babel.dates import format_date, format_skeleton
from flask import url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _

from courses.content.packs import Pack
from courses.modules.actions import Place
from courses.modules.progress import Progress
from courses.modules.spine import ACTIVITIES, Activity

TITLES = {
    "brief": lazy_gettext("Brief"),
    "snapshot": lazy_gettext("Snapshot"),
    "problem": lazy_gettext("Problem and questions"),
    "artefact": lazy_gettext("A piece of work"),
    "commitment": lazy_gettext("Commitment"),
    "log": lazy_gettext("Practice log"),
    "reflection": lazy_gettext("Reflection"),
    "check": lazy_gettext("Check"),
}

DONE = {
    ("brief", "main"): lazy_gettext("Your answer is kept. Next comes a look at yourself."),
    ("snapshot", "t1"): lazy_gettext("Your answers are kept. Only you can see them."),
    ("snapshot", "t2"): lazy_gettext("Your answers are kept. Only you can see them."),
    ("snapshot", "note"): lazy_gettext("Your note is kept. Only you can see it."),
    ("artefact", "main"): lazy_gettext("Handed in. You can still change it and hand it in again."),
    ("commitment", "made"): lazy_gettext("Your promise is made."),
    ("commitment", "closed"): lazy_gettext("Closed. Thank you for saying how it went."),
}


@dataclass(frozen=True, slots=True)
class Knot:
    """One activity on the rail. No `url` means that it is not open yet."""

    number: int
    title: str
    words: str
    done: bool
    here: bool
    url: str | None


def day_words(value: date | datetime, skeleton: str = "MMMMd") -> str:
    """Write a day in the reader's language, such as 9 February."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if skeleton == "long":
        return str(format_date(moment, "long", locale=get_locale()))
    return str(format_skeleton(skeleton, moment, locale=get_locale()))


def title_of(activity: str, pack: Pack) -> str:
    """Name an activity as this module does."""
    if activity == "artefact" and pack.artefact:
        return pack.artefact.title
    return pack.log_title if activity == "log" else str(TITLES[activity])


def rail(progress: Progress, place: Place, here: str, now: datetime) -> list[Knot]:
    """Lay out the eight activities of a module."""
    return [
        _knot(number, activity, progress, place, here=activity.key == here, now=now)
        for number, activity in enumerate(ACTIVITIES, start=1)
    ]


def _knot(
    number: int, activity: Activity, progress: Progress, place: Place, *, here: bool, now: datetime
) -> Knot:
    key = activity.key
    is_open = activity.open and key in progress.open_activities
    url = url_for("learn.show", track=place.track_key, module=place.module_key, activity=key)
    words = _standing(key, progress, here=here, now=now) if is_open else _("Opens later")
    done = is_open and progress.is_done(key)
    return Knot(number, title_of(key, progress.pack), words, done, here, url if is_open else None)


def _standing(key: str, progress: Progress, *, here: bool, now: datetime) -> str:
    words: str = _("You are here") if here else _("Not yet")
    if key == "snapshot" and progress.handed_in("snapshot", "t1"):
        words = _snapshot_standing(progress, now)
    elif key == "commitment" and progress.promise_due and not progress.is_done(key):
        words = _("Due %(day)s", day=day_words(progress.promise_due))
    elif progress.is_done(key):
        words = _("Handed in") if key == "artefact" else _("Done")
    return words


def _snapshot_standing(progress: Progress, now: datetime) -> str:
    opens = progress.second_snapshot_opens
    if progress.handed_in("snapshot", "t2") or opens is None:
        words: str = _("Done")
    elif opens <= now:
        words = _("Open again")
    else:
        words = _("Done; again from %(day)s", day=day_words(opens))
    return words
