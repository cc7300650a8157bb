from flask.testing import FlaskClient

from tests.builders import Builder


def test_a_stranger_gets_an_error_page_with_a_reference(client: FlaskClient) -> None:
    page = client.get("/nothing-here")
    assert page.status_code == 404
    assert "Reference" in page.text


def test_builder(build: Builder) -> None:
    visitor = build.visitor()
    assert visitor.person.name == "Amara Osei"
