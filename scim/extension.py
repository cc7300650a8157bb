"""The SCIM edge as a Flask extension: its routes, its errors, its limits."""

from flask import Flask, request
from flask_wtf import CSRFProtect

from scim import auth, limits
from scim.answers import refusal
from scim.bodies import BULK_LIMIT
from scim.discovery_views import blueprint as discovery
from scim.edge import ScimEdge
from scim.errors import ScimError
from scim.oauth_views import blueprint as oauth
from scim.views import blueprint as resources


def init_app(app: Flask, edge: ScimEdge, csrf: CSRFProtect) -> None:
    """Register the edge. Its callers carry a token of their own instead of ours for forms."""
    app.extensions["leadline.scim"] = edge
    limits.init_app(app, rate=edge.rate_limit, storage=edge.storage_url)
    auth.init_app(app, edge)
    for blueprint in (resources, discovery, oauth):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_error_handler(ScimError, refusal)


@resources.url_value_preprocessor
def _take_long_bodies(*_route: object) -> None:
    """Lift the application's limit, which is meant for forms, before anything looks at the body."""
    request.max_content_length = BULK_LIMIT
