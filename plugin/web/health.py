"""GET /healthz: whether this process serves."""

from flask import Blueprint

from plugin.security import Access, guard

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@guard(Access.ANYONE)
def healthz() -> dict[str, str]:
    """Answer 200 as soon as the process serves; asks nothing of the database."""
    return {"status": "ok"}
