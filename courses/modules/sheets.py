"""The sheets a learner fills in: one form for each activity and occasion, from the pack and the spine."""

from dataclasses import dataclass
from datetime import timedelta

from courses.content.fields import Field, Form, Kind, Part, Rule
from courses.content.packs import Item, Pack

T2_AFTER = timedelta(days=21)

SCALES = {
    "frequency": ("Never", "Rarely", "Sometimes", "Often", "Always"),
    "agreement": ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"),
}

PROMISE = Form(
    (
        Part(
            "promise",
            "Your promise",
            (
                Field(
                    "promise",
                    "What will you do?",
                    Kind.TEXT,
                    help="Begin with a verb, such as “Ask” or “Share”. Up to 140 characters.",
                    missing="Say what you will do, beginning with a verb.",
                    rows=2,
                ),
                Field(
                    "noticed_by",
                    "Who will notice?",
                    Kind.TEXT,
                    help="A person who can see whether it happens.",
                    missing="Name somebody who will notice.",
                ),
                Field(
                    "measure",
                    "How will you both know?",
                    Kind.TEXT,
                    help="Something you can count or look at.",
                    missing="Say what you can count or look at.",
                ),
                Field(
                    "due",
                    "By when?",
                    Kind.DATE,
                    help="Three days to eight weeks from today.",
                    missing="Choose a day, three days to eight weeks from today.",
                ),
                Field(
                    "obstacle",
                    "What could get in the way?",
                    Kind.TEXT,
                    missing="Name the most likely obstacle. Every promise has one.",
                ),
                Field(
                    "plan",
                    "If that happens, then I will …",
                    Kind.TEXT,
                    missing="Say what you will do if it happens.",
                ),
            ),
            rules=(
                Rule("verb_first", "promise", "Begin with what you will do, such as “Ask” or “Share”.", {}),
                Rule(
                    "days_ahead",
                    "due",
                    "Choose a day three days to eight weeks from today.",
                    {"from": 3, "to": 56},
                ),
            ),
        ),
    )
)

CLOSING = Form(
    (
        Part(
            "closing",
            "How it went",
            (
                Field(
                    "outcome",
                    "Did you keep it?",
                    Kind.CHOICE,
                    help="An honest “not kept” earns the same as “kept”.",
                    missing="Choose what comes closest.",
                    options=(("kept", "Kept"), ("partly", "Partly kept"), ("not_kept", "Not kept")),
                ),
                Field(
                    "evidence",
                    "What happened?",
                    Kind.WORDS,
                    help="What you did, who saw it, and what came of it. At least 30 words.",
                    missing="Say what you did, who saw it, and what came of it.",
                    least=30,
                    most=400,
                    rows=5,
                ),
                Field(
                    "learning",
                    "What did you learn?",
                    Kind.TEXT,
                    missing="Say what you take with you. One sentence will do.",
                    rows=3,
                    most=600,
                ),
            ),
        ),
    )
)

NOTE = Form(
    (
        Part(
            "note",
            "A note to yourself",
            (
                Field(
                    "note",
                    "What do you want to remember about this?",
                    Kind.TEXT,
                    optional=True,
                    rows=4,
                    most=2000,
                ),
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form of one activity. A `once` sheet stays as it was handed in; others can be handed in again."""

    activity: str
    occasion: str
    form: Form
    once: bool = False


def sheet(pack: Pack, activity: str, occasion: str) -> Sheet | None:
    """Find a sheet; None if the pack has no such thing."""
    return next((one for one in sheets(pack) if (one.activity, one.occasion) == (activity, occasion)), None)


def sheets(pack: Pack) -> list[Sheet]:
    """List every sheet of a module. The first of an activity is the one that starts it."""
    snapshot = _snapshot_form(pack)
    artefact = [Sheet("artefact", "main", pack.artefact.form)] if pack.artefact else []
    return [
        Sheet("brief", "main", _brief_form(pack)),
        Sheet("snapshot", "t1", snapshot, once=True),
        Sheet("snapshot", "t2", snapshot, once=True),
        Sheet("snapshot", "note", NOTE),
        *artefact,
        Sheet("commitment", "made", PROMISE, once=True),
        Sheet("commitment", "closed", CLOSING, once=True),
    ]


def _brief_form(pack: Pack) -> Form:
    question = Field(
        "answer",
        pack.brief.question,
        Kind.TEXT,
        help=pack.brief.question_help,
        missing="Write one thing you will try.",
        rows=3,
        least=10,
        most=280,
    )
    return Form((Part("answer", pack.brief.question, (question,)),))


def answer_key(item: Item) -> str:
    """Name the answer to a statement of the snapshot."""
    return f"item_{item.key}"


def _snapshot_form(pack: Pack) -> Form:
    options = tuple((str(value), word) for value, word in enumerate(SCALES[pack.snapshot.scale], start=1))
    fields = tuple(
        Field(
            answer_key(item),
            item.text,
            Kind.SCALE,
            item=f"Statement {place}",
            missing="Choose the answer that comes closest.",
            options=options,
        )
        for place, item in enumerate(pack.snapshot.items, start=1)
    )
    return Form((Part("items", "", fields),))
