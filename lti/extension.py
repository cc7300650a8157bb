"""The LTI edge as a Flask extension: one blueprint, its errors, its pages."""

from flask import Flask
from flask_wtf import CSRFProtect

from lti.edge import LtiEdge
from lti.errors import LaunchRefused
from lti.refusals import refusal_page
from lti.register_views import blueprint as registration
from lti.views import blueprint as launches


def init_app(app: Flask, edge: LtiEdge, csrf: CSRFProtect) -> None:
    """Register the edge.

    Its posts come from platforms and carry proofs of their own instead of our token: a launch its state and
    signature, a registration its single-use invitation.
    """
    app.extensions["leadline.lti"] = edge
    for blueprint in (launches, registration):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_error_handler(LaunchRefused, refusal_page)
