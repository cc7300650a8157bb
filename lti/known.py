"""Everything we know about a launch before it is taken in, in one SELECT."""

from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session, aliased

from courses.people.models import Person
from lti.claims import LaunchClaims
from lti.models import Deployment, Identity, Launch, Login, Registration, ResourceLink

OTHER = aliased(Deployment)

COLUMNS: tuple[Any, ...] = (
    Registration.id.label("registration_id"),
    Registration.organization_id,
    Registration.issuer,
    Registration.registration_endpoint,
    Registration.product,
    exists()
    .where(OTHER.registration_id == Registration.id, OTHER.accepted.is_(True))
    .label("has_deployments"),
    Deployment.id.label("deployment_row"),
    Deployment.accepted.label("deployment_accepted"),
    Identity.id.label("identity_id"),
    Person.id.label("person_id"),
    Person.active.label("person_active"),
    Person.name.label("person_name"),
    Person.given_name.label("person_given_name"),
    Person.email.label("person_email"),
    ResourceLink.id.label("link_id"),
    ResourceLink.resource_id.label("link_resource_id"),
    ResourceLink.title.label("link_title"),
    ResourceLink.context_id.label("link_context_id"),
    ResourceLink.context_title.label("link_context_title"),
    ResourceLink.line_item_url.label("link_line_item_url"),
    ResourceLink.line_items_url.label("link_line_items_url"),
    Launch.id.label("launch_id"),
    Launch.learner.label("launch_learner"),
)


def find_known(session: Session, claims: LaunchClaims, login: Login) -> Row[Any]:
    """Find registration, deployment, person, link and earlier launch; what is unknown is None."""
    return session.execute(_query(claims).where(Registration.id == login.registration_id)).one()


def _query(claims: LaunchClaims) -> Select[Any]:
    return (
        select(*COLUMNS)
        .select_from(Registration)
        .outerjoin(
            Deployment,
            (Deployment.registration_id == Registration.id)
            & (Deployment.deployment_id == claims.deployment_id),
        )
        .outerjoin(
            Identity,
            (Identity.organization_id == Registration.organization_id)
            & (Identity.issuer == Registration.issuer)
            & (Identity.sub == claims.sub),
        )
        .outerjoin(Person, Person.id == Identity.person_id)
        .outerjoin(
            ResourceLink,
            (ResourceLink.deployment_id == Deployment.id)
            & (ResourceLink.resource_link_id == claims.resource_link_id),
        )
        .outerjoin(Launch, (Launch.identity_id == Identity.id) & (Launch.resource_link_id == ResourceLink.id))
    )
