"""Whether an unknown deployment may be learnt from a launch.

Canvas: one key has many deployments and the client id separates customers, so they are learnt. Others: the
first is learnt when the registration named none; a later unknown one waits for an admin.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """`accepted` false means: noted, listed, and refused until an admin accepts it."""

    accepted: bool


def decide(product: str, *, accepted: bool | None, has_others: bool) -> Decision:
    """Decide about a deployment. `accepted` is None when it was never seen."""
    if accepted is not None:
        return Decision(accepted)
    return Decision(product == "canvas" or not has_others)
