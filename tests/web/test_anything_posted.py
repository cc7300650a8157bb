"""Whatever is posted to a learner's pages, the answer is ours and the page still opens afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.content.fields import Field, Kind
from courses.content.packs import packs
from courses.modules.sheets import Sheet, sheets
from tests.builders import Builder
from tests.web.module_one import MODULE, PROMISE, SNAPSHOT, charter, hand_in

SHEETS = sheets(packs()["m1"])
HUGE = "9" * 4500
PLACES = ["0", "1", "2", "01", "59", "999", "1000", "٣", "x", "-1", ""]


def names_of(field: Field, path: str) -> Iterator[str]:
    """List names that a browser would post for a field, and names that are almost like them."""
    yield path
    if field.kind in (Kind.LIST, Kind.LINES):
        for place in PLACES:
            yield f"{path}.{place}"
            yield f"{path}.{place}.x"
            for inner in field.fields:
                yield from names_of(inner, f"{path}.{place}.{inner.key}")


def entries(sheet: Sheet) -> st.SearchStrategy[dict[str, list[str]]]:
    names = st.sampled_from([name for field in sheet.form.fields for name in names_of(field, field.key)])
    usual = [
        "",
        "1",
        "2",
        "4",
        "60",
        "1,000",
        "NaN",
        "1e9999999",
        "2026-12-14",
        "9999-12-31",
        "weekly",
        "kept",
    ]
    texts = st.sampled_from([*usual, HUGE, "word " * 400]) | st.text(max_size=40)
    return st.dictionaries(names | st.text(max_size=20), st.lists(texts, min_size=1, max_size=3), max_size=12)


def buttons(sheet: Sheet) -> st.SearchStrategy[str]:
    lists = [field.key for field in sheet.form.fields] + ["", "x"]
    moves = st.builds(
        "{}:{}:{}".format, st.sampled_from(["add", "remove"]), st.sampled_from(lists), st.sampled_from(PLACES)
    )
    return st.sampled_from(["save", "hand-in"]) | moves | st.text(max_size=12)


@st.composite
def posts(draw: st.DrawFn, sheet: Sheet) -> list[dict[str, Any]]:
    """A few posts to one sheet, each with the revision it would have, and now and then another."""
    revision = st.sampled_from(["0", "1", HUGE, "x"])
    return [
        draw(entries(sheet))
        | {"occasion": sheet.occasion, "action": draw(buttons(sheet))}
        | {"revision": str(place) if draw(st.booleans()) else draw(revision)}
        for place in range(draw(st.integers(1, 3)))
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.activity}-{sheet.occasion}")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_post_breaks_a_page(
    client: FlaskClient, build: Builder, sheet: Sheet, data: st.DataObject
) -> None:
    build.visitor().sign_in(client)
    if sheet.occasion in ("note", "t2", "closed"):
        hand_in(client, "snapshot", SNAPSHOT)
        hand_in(client, "commitment", PROMISE)
    for form in data.draw(posts(sheet)):
        assert client.post(f"{MODULE}/{sheet.activity}", data=form).status_code < 500
        assert client.get(f"{MODULE}/{sheet.activity}").status_code == 200
    assert client.get("/learn/").status_code == 200


@pytest.mark.parametrize("action", ["save", "hand-in", "add:goals", "remove:priorities:0"])
@pytest.mark.parametrize("name", ["goals.1.parent", "roles.0.owns", "priorities.01", "priorities.1.x"])
def test_no_value_of_a_complete_charter_breaks_it(
    client: FlaskClient, build: Builder, name: str, action: str
) -> None:
    build.visitor().sign_in(client)
    form = {**charter(), name: HUGE, "revision": "0", "action": action}
    assert client.post(f"{MODULE}/artefact", data=form).status_code < 500
    assert client.get(f"{MODULE}/artefact").status_code == 200
