"""What a learner types to work through module 1, as a browser would post it."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

MODULE = "/learn/step-up/m1"
TODAY = date(2026, 11, 23)
PURPOSE = (
    "We get chilled food from dock to truck before it warms by a single degree, so that shops in the north "
    "can trust what they open at six, every single morning of the week."
)
BRIEF = {"occasion": "main", "answer": "Ask two people on Friday what the week was for."}
SNAPSHOT = {
    "occasion": "t1",
    **{f"item_{place}": str(answer) for place, answer in enumerate((4, 3, 4, 2, 5, 3, 4, 2), start=1)},
}
PROMISE = {
    "occasion": "made",
    "promise": "Ask each crew lead which goal their night moved",
    "noticed_by": "Mei Tanaka",
    "measure": "Asked at four of four handovers",
    "due": (TODAY + timedelta(days=21)).isoformat(),
    "obstacle": "The handover runs late",
    "plan": "I ask the others on Tuesday",
}
CLOSING = {
    "occasion": "closed",
    "outcome": "partly",
    "evidence": "I asked three of the four crew leads at the Monday handover, and Mei wrote their answers on "
    "the board. The fourth was ill, so I asked him by phone on Thursday afternoon instead.",
    "learning": "People answer at once when the goals are on the wall.",
}


def charter(due: date = date(2027, 3, 31)) -> dict[str, str]:
    """A complete team charter."""
    found = {
        "occasion": "main",
        "team": "Night cold-chain crew",
        "purpose": PURPOSE,
        "priorities.0": "Fewer warm pallets",
        "priorities.1": "Safe nights",
        "rhythm": "weekly",
        "review": "The first ten minutes of the Monday briefing",
        "measures.0.text": "Shops stop calling about warm deliveries",
        "measures.0.kind": "business",
        "measures.1.text": "Nobody is asked to skip a break",
        "measures.1.kind": "people",
    }
    for place, owner in enumerate(("Mei Tanaka", "Luis Ortega")):
        found |= {
            f"goals.{place}.statement": f"Goal of {owner}",
            f"goals.{place}.metric": "Pallets a week",
            f"goals.{place}.baseline": "14",
            f"goals.{place}.target": "5",
            f"goals.{place}.due": due.isoformat(),
            f"goals.{place}.owner": owner,
            f"goals.{place}.parent": str(place + 1),
        }
    for place, person in enumerate(("Mei Tanaka", "Luis Ortega", "Hana Novak")):
        found |= {
            f"roles.{place}.person": person,
            f"roles.{place}.owns": "1",
            f"roles.{place}.asked": "Changes to the dock plan",
            f"roles.{place}.not_mine": "Truck maintenance",
        }
    for place, line in enumerate(("We say it when we are late", "We stop the line", "We hand over on paper")):
        found[f"expectations.{place}"] = line
    for place, person in enumerate(("Mei Tanaka", "Luis Ortega")):
        found[f"members.{place}"] = person
    return found


def hand_in(client: FlaskClient, activity: str, values: dict[str, str], revision: int = 0) -> TestResponse:
    """Press the main button of an activity's form."""
    return client.post(f"{MODULE}/{activity}", data={**values, "revision": revision, "action": "hand-in"})
