"""The scripted web visitor, on pages made for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, make_response, redirect, request

from plugin.sandbox.visitor import VisitError, Visitor
from tests.sandbox.conftest import Stage, serving

FORM = """
<h1>A form</h1><a href="/next">Go on</a><iframe src="/frame"></iframe>
<form id="first" action="/echo?old=1"><input name="q" value="a"></form>
<form id="second" method="post" action="/echo">
  <input type="hidden" name="csrf" value="t">
  <input name="title" value="old"><input name="off" value="x" disabled><input value="nameless">
  <textarea name="words">
line 1
line 2</textarea>
  <select name="size"><option value="s">S</option><option value="m" selected>M</option></select>
  <input type="radio" name="scale" value="1"><input type="radio" name="scale" value="2" checked>
  <input type="checkbox" name="agree"><input type="checkbox" name="day" value="mo" checked>
  <input type="checkbox" name="day" value="tu"><input type="checkbox" name="day" value="we">
  <button name="do" value="save">Save</button><button name="do" value="send">Send it</button>
  <button type="button" name="do" value="no">Never</button>
</form><input name="outside" value="o" form="second">
"""


HTML = {
    "/form": FORM,
    "/frame": "<h1>In the frame</h1>",
    "/next": "<h1>Next</h1>",
    "/loop": '<form data-autosubmit action="/loop"></form>',
}


def pages() -> Flask:
    app = Flask("pages")
    for path, body in HTML.items():
        app.add_url_rule(path, path, lambda body=body: body)
    app.add_url_rule("/cookie", view_func=cookie)
    app.add_url_rule("/echo", view_func=echo, methods=["GET", "POST"])
    app.add_url_rule("/broken", "broken", lambda: ("<h1>Sorry</h1>", 500))
    return app


def cookie() -> Any:
    answer = make_response(redirect("/echo"))
    answer.set_cookie("kept", "yes", secure=True, httponly=True, samesite="None", partitioned=True)
    return answer


def echo() -> Any:
    fields = {key: request.values.getlist(key) for key in request.values}
    return jsonify(method=request.method, fields=fields, cookies=request.cookies)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    stage = Stage()
    stage.app = pages()
    with serving(stage) as url:
        yield url


def test_a_secure_cookie_is_sent_over_http_even_within_a_redirect(site: str) -> None:
    for host in ("127.0.0.1", "localhost"):
        visitor = Visitor()
        url = site.replace("127.0.0.1", host)
        assert visitor.get(f"{url}/cookie").json()["cookies"] == {"kept": "yes"}
        assert visitor.get(f"{url}/echo").json()["cookies"] == {"kept": "yes"}


def test_a_form_sends_what_a_browser_would(site: str) -> None:
    sent = Visitor().get(f"{site}/form").form("second").submit().json()
    assert sent["method"] == "POST"
    assert sent["fields"] == {
        "csrf": ["t"],
        "title": ["old"],
        "words": ["line 1\nline 2"],
        "size": ["m"],
        "scale": ["2"],
        "day": ["mo"],
        "outside": ["o"],
        "do": ["save"],
    }


def test_a_form_sends_what_was_filled_in_and_pressed(site: str) -> None:
    form = Visitor().get(f"{site}/form").form("second")
    form.fill(title="new", size="s", scale=1, agree=True, day=["tu", "we"])
    sent = form.submit("Send it").json()["fields"]
    assert (sent["title"], sent["size"], sent["scale"]) == (["new"], ["s"], ["1"])
    assert (sent["agree"], sent["day"], sent["do"]) == (["on"], ["tu", "we"], ["send"])


def test_a_get_form_replaces_the_query(site: str) -> None:
    sent = Visitor().get(f"{site}/form").form(0).fill(q="b").submit().json()
    assert sent == {"method": "GET", "fields": {"q": ["b"]}, "cookies": {}}


def test_links_and_frames_are_followed(site: str) -> None:
    page = Visitor().get(f"{site}/form")
    assert page.link("Go on").heading == "Next"
    assert page.iframe().heading == "In the frame"


@pytest.mark.parametrize(
    ("path", "act", "words"),
    [
        ("/broken", lambda page: page, "answered 500: Sorry"),
        ("/loop", lambda page: page, "kept submitting"),
        ("/form", lambda page: page.form("third"), "has no form 'third'"),
        ("/form", lambda page: page.form(9), "has no form 9"),
        ("/form", lambda page: page.link("Nowhere"), "no link"),
        ("/form", lambda page: page.iframe(1), "no frame"),
        ("/form", lambda page: page.form("second").fill(nothing="x"), "no field 'nothing'"),
        ("/form", lambda page: page.form("second").fill(size="xl"), "offers"),
        ("/form", lambda page: page.form("second").fill(scale=3), "offers"),
        ("/form", lambda page: page.form("second").submit("Never"), "no button"),
    ],
)
def test_what_is_not_there_is_said(site: str, path: str, act: Any, words: str) -> None:
    with pytest.raises(VisitError, match=words):
        act(Visitor().get(site + path))


def test_an_expected_error_is_a_page(site: str) -> None:
    assert Visitor().get(f"{site}/broken", expect=[500]).heading == "Sorry"
