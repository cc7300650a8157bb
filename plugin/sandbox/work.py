"""What the learners of the demo write: made-up people with a real problem, a cold chain at night."""

from datetime import date, timedelta
from typing import Any

BRIEF = "Ask each crew lead which of the site's priorities their shift moves, and listen for the reason."
ANSWERS = (4, 3, 4, 2, 5, 3, 4, 2)  # with the eighth reversed: 65.6, the design's first worked example


def snapshot() -> dict[str, Any]:
    """Answer the eight statements."""
    return {f"item_{place}": str(answer) for place, answer in enumerate(ANSWERS, start=1)}


def charter(today: date) -> dict[str, Any]:
    """Fill in the team charter, by form path. References count from 1."""
    soon, later = (today + timedelta(days=days) for days in (60, 90))
    return {
        "team": "Night cold-chain crew",
        "purpose": (
            "We get chilled food from dock to truck before it warms by a single degree, so that shops in the "
            "north can trust what they open at six. Summer volumes double from May, and every warm pallet is "
            "food somebody grew for nothing."
        ),
        "priorities.0": "Fewer warm pallets",
        "priorities.1": "Safe nights",
        **_item("goals.0", _goal("Halve the warm pallets", "Warm pallets per week", (14, 5), soon)),
        "goals.0.owner": "Mei",
        "goals.0.parent": "1",
        **_item("goals.1", _goal("Anyone may stop the line", "People signed off", (4, 11), later)),
        "goals.1.owner": "Luis",
        "goals.1.parent": "2",
        **_item("roles.0", _role("Mei", "1", "Dock order", "Shift swaps")),
        **_item("roles.1", _role("Luis", "2", "Stopping the line", "Truck bookings")),
        **_item("roles.2", _role("Hana", "1", "Gate temperatures", "Line stops")),
        "expectations.0": "We say it aloud when a gate stands open",
        "expectations.1": "We hand over with the board, not from memory",
        "expectations.2": "We ask before we reorder somebody's dock",
        "measures.0.text": "Shops report no warm delivery for four weeks",
        "measures.0.kind": "business",
        "measures.1.text": "Nobody works a break through",
        "measures.1.kind": "people",
        "rhythm": "weekly",
        "review": "The first ten minutes of the Monday briefing",
        "members.0": "Mei Tanaka",
        "members.1": "Luis Ortega",
        "members.2": "Hana Novak",
    }


def promise(today: date) -> dict[str, Any]:
    """Make a promise that is due in three weeks."""
    return {
        "promise": "Share the dock order with the crew leads every Monday",
        "noticed_by": "Mei, who runs the first shift",
        "measure": "Three Mondays out of three",
        "due": (today + timedelta(days=21)).isoformat(),
        "obstacle": "The order changes at the last minute",
        "plan": "If it changes, then I tell the leads what changed before I tell anybody else",
    }


def _item(path: str, values: dict[str, str]) -> dict[str, str]:
    return {f"{path}.{name}": value for name, value in values.items()}


def _goal(statement: str, metric: str, numbers: tuple[int, int], due: date) -> dict[str, str]:
    baseline, target = map(str, numbers)
    known = {"baseline": baseline, "target": target, "due": due.isoformat()}
    return {"statement": statement, "metric": metric, **known}


def _role(person: str, owns: str, asked: str, not_mine: str) -> dict[str, str]:
    return {"person": person, "owns": owns, "asked": asked, "not_mine": not_mine}
