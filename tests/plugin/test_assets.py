"""Stylesheets, scripts and pictures."""

import gc
import warnings

from flask import Flask, url_for
from flask.testing import FlaskClient


def test_an_asset_that_has_not_changed_is_not_sent_again_and_leaves_no_file_open(client: FlaskClient) -> None:
    with client.get("/static/leadline.css") as first:
        tag = first.headers["ETag"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client.get("/static/leadline.css", headers={"If-None-Match": tag}).status_code == 304
        gc.collect()


def test_assets_have_an_address_of_their_own_for_each_version(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("static", filename="leadline.css") == "/static/leadline.css?v=0.1.0"
