"""Everything we know about a launch before it is taken in, in one SELECT."""

from typing import Any

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.orm import Session

from lti.claims import LaunchClaims
from lti.logins import BurntLogin
from lti.tables import DEPLOYMENTS, IDENTITIES, LAUNCHES, LINKS, PEOPLE, REGISTRATIONS

R, D, ID, P, L, V = (  # short, so that the query below reads as a table
    table.c for table in (REGISTRATIONS, DEPLOYMENTS, IDENTITIES, PEOPLE, LINKS, LAUNCHES)
)
OTHERS = DEPLOYMENTS.alias()

QUERY = (
    select(
        R.id.label("registration_id"),
        R.organization_id,
        R.issuer,
        R.registration_endpoint,
        R.product,
        exists().where(OTHERS.c.registration_id == R.id, OTHERS.c.accepted).label("has_deployments"),
        D.id.label("deployment_row"),
        D.accepted.label("deployment_accepted"),
        ID.id.label("identity_id"),
        ID.sourcedid.label("identity_sourcedid"),
        ID.username.label("identity_username"),
        P.id.label("person_id"),
        P.provisioned.label("person_provisioned"),
        P.active.label("person_active"),
        P.name.label("person_name"),
        P.given_name.label("person_given_name"),
        P.email.label("person_email"),
        L.id.label("link_id"),
        L.resource_id.label("link_resource_id"),
        L.title.label("link_title"),
        L.context_id.label("link_context_id"),
        L.context_title.label("link_context_title"),
        L.line_item_url.label("link_line_item_url"),
        L.line_items_url.label("link_line_items_url"),
        V.id.label("launch_id"),
        V.learner.label("launch_learner"),
    )
    .select_from(REGISTRATIONS)
    .outerjoin(DEPLOYMENTS, (D.registration_id == R.id) & (D.deployment_id == bindparam("asked_deployment")))
    .outerjoin(
        IDENTITIES,
        (ID.organization_id == R.organization_id)
        & (ID.issuer == R.issuer)
        & (ID.sub == bindparam("asked_sub")),
    )
    .outerjoin(PEOPLE, P.id == ID.person_id)
    .outerjoin(LINKS, (L.deployment_id == D.id) & (L.resource_link_id == bindparam("asked_link")))
    .outerjoin(LAUNCHES, (V.identity_id == ID.id) & (V.resource_link_id == L.id))
    .where(R.id == bindparam("asked_registration"))
)


def find_known(session: Session, claims: LaunchClaims, login: BurntLogin) -> Row[Any]:
    """Find registration, deployment, person, link and earlier launch; what is unknown is None."""
    asked = {
        "asked_registration": login.registration_id,
        "asked_deployment": claims.deployment_id,
        "asked_sub": claims.sub,
        "asked_link": claims.resource_link_id,
    }
    return session.connection().execute(QUERY, asked).one()
