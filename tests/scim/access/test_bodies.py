"""Hostile bodies: each is a 4xx with a reason, before anything looks at it."""

import contextlib
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from scim.bodies import MIB, check_text, parse, read_json
from scim.errors import ScimError


def reason(raw: bytes) -> str:
    with pytest.raises(ScimError) as caught:
        parse(raw)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidSyntax")
    return caught.value.detail


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def test_a_plain_object_comes_out_as_it_is() -> None:
    assert parse('{"a": ["\\u00e9", 1, 1.5, null, true, "😀", "\\ud83d\\ude00"]}'.encode()) == {
        "a": ["é", 1, 1.5, None, True, "😀", "😀"]
    }


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no JSON"),
        (b"{", "line 1, column 2"),
        (b"{'a': 1}", "no JSON"),
        (b"[]", "JSON object"),
        (b'"text"', "JSON object"),
        (b"null", "JSON object"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        ('{"a": "b"}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": 1, "a": 2}', "same name"),
        (b'{"a": [{"b": 1, "\\u0062": 2}]}', "same name"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a": "b\x00"}', "no JSON"),
        (b'{"a": "b\\u0000"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"a": [["b", {"c": "\\ud800"}]]}', "surrogate"),
        (b'{"a": "\\uDFFF\\uD800"}', "surrogate"),
        (nested(33), "deeper than 32"),
        (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "deeper than 32"),
        (b"[" * 500_000 + b"]" * 500_000, "deeper than 32"),
        (b'{"a":' * 200_000, "deeper than 32"),
        (b'{"a":1}{', "no JSON"),
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(raw: bytes, words: str) -> None:
    assert words in reason(raw)


def test_thirty_two_levels_are_allowed_and_so_are_many_objects_side_by_side() -> None:
    assert parse(nested(32))
    assert len(parse(b'{"a": [' + b"{}," * 5000 + b"{}]}")["a"]) == 5001


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    assert parse(b'{"a": "\\\\u0000"}') == {"a": "\\u0000"}


@given(st.binary(max_size=200))
def test_no_bytes_lead_to_another_error(raw: bytes) -> None:
    with contextlib.suppress(ScimError):
        assert isinstance(parse(raw), dict)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a0"\\/\n\0é😀', max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=4),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from("abc"), VALUES), st.booleans())
def test_whatever_is_sound_comes_out_as_it_went_in(body: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001
    raw = json.dumps(body, ensure_ascii=ascii_only).encode()
    if "\\u0000" in json.dumps(body):
        assert "NUL" in reason(raw) or "no JSON" in reason(raw)
    else:
        assert parse(raw) == json.loads(raw)


@pytest.mark.parametrize("text", ["a\0", "\ud800", "x\udfff"])
def test_texts_of_urls_are_checked_alike(text: str) -> None:
    with pytest.raises(ScimError):
        check_text(text)
    assert check_text("José 😀") == "José 😀"


def read(raw: bytes, media_type: str | None, limit: int = MIB) -> dict[str, Any]:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 10
    with app.test_request_context("/", method="POST", data=raw, content_type=media_type):
        return read_json(limit)


@pytest.mark.parametrize(
    "media_type",
    ["application/scim+json", "application/json", "application/scim+json; charset=utf-8", "Application/JSON"],
)
def test_json_of_either_media_type_is_read(media_type: str) -> None:
    assert read(b'{"userName": "longer than ten bytes"}', media_type)


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "x"])
def test_another_media_type_is_415(media_type: str | None) -> None:
    with pytest.raises(ScimError) as caught:
        read(b"{}", media_type)
    assert caught.value.status == 415


def test_a_body_over_the_limit_is_413_and_one_at_the_limit_is_read() -> None:
    body = b'{"a": "' + b"x" * (MIB - 9) + b'"}'
    assert len(body) == MIB
    assert read(body, "application/json")
    with pytest.raises(ScimError) as caught:
        read(body + b" ", "application/json")
    assert caught.value.status == 413
    assert read(body + b" ", "application/json", 8 * MIB)
