"""What all modules share: the seven steps, the eight activities and who sees what of them."""

from dataclasses import dataclass
from enum import StrEnum

TRACK = "step-up"  # until tracks come, everybody is on this one
TRACKS = {TRACK: "Step up to first-line"}

# Domain design 3: the steps by name, whether their content is here yet or not.
STEPS = {
    "m1": "Line of sight",
    "m2": "Own it, see it",
    "m3": "Grow the next leader",
    "m4": "Walk the change",
    "m5": "Decide closer to the work",
    "m6": "Feedback that lands",
    "m7": "Progress worth noticing",
}


class Kind(StrEnum):
    """What sort of work an activity is."""

    READING = "reading"
    INSTRUMENT = "instrument"
    TALK = "talk"
    FORM = "form"
    PROMISE = "promise"
    LOG = "log"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Activity:
    """One of the eight. `key` is its address and its weight in a pack; `open` says whether it is built."""

    key: str
    title: str
    kind: Kind
    open: bool = False


ACTIVITIES = (
    Activity("brief", "Brief", Kind.READING, open=True),
    Activity("snapshot", "Snapshot", Kind.INSTRUMENT, open=True),
    Activity("problem", "Problem and questions", Kind.TALK),
    Activity("artefact", "Artefact", Kind.FORM, open=True),
    Activity("commitment", "Commitment", Kind.PROMISE, open=True),
    Activity("log", "Practice log", Kind.LOG),
    Activity("reflection", "Reflection", Kind.FORM),
    Activity("check", "Check", Kind.CHECK),
)


def resource_id(track_key: str, module_key: str) -> str:
    """Name a module's column in every gradebook (domain design 6.1)."""
    return f"t:{track_key}:{module_key}"
