"""The filter grammar: the RFC's own examples, and the repairs of scim2-filter-parser 0.7.0, one by one."""

import importlib.metadata
from typing import Any

import pytest

from scim.errors import ScimError
from scim.filters import parse_filter
from scim.schema import ResourceType
from scim.terms import And, Compare, Filter, Not, Or, Present, ValuePath

USER = ResourceType.USER


def parsed(text: str) -> Any:
    return parse_filter(USER, text)


def shown(found: Filter) -> Any:
    """A tree that is easy to write down."""
    if isinstance(found, Compare):
        return (found.target.label, found.op, found.value)
    if isinstance(found, Present):
        return (found.target.label, "pr")
    if isinstance(found, Not):
        return ("not", shown(found.filter))
    if isinstance(found, ValuePath):
        return (found.target.label, [shown(found.filter)])
    return (type(found).__name__.lower(), *(shown(term) for term in found.terms))


def value(text: str) -> Any:
    return parsed(text).value


def test_the_repair_was_written_for_these_versions() -> None:
    assert importlib.metadata.version("scim2-filter-parser") == "0.7.0"
    assert importlib.metadata.version("sly") == "0.5"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('userName eq "bjensen"', ("userName", "eq", "bjensen")),
        ('name.familyName co "O\'Malley"', ("name.familyName", "co", "O'Malley")),
        (
            'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
            ("userName", "sw", "J"),
        ),
        ("title pr", ("title", "pr")),
        ('title pr and userType eq "Employee"', ("and", ("title", "pr"), ("userType", "eq", "Employee"))),
        ('title pr or userType eq "Intern"', ("or", ("title", "pr"), ("userType", "eq", "Intern"))),
        (
            'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
            (
                "and",
                ("userType", "eq", "Employee"),
                ("or", ("emails.value", "co", "example.com"), ("emails.value", "co", "example.org")),
            ),
        ),
        (
            'userType ne "Employee" and not (emails co "example.com")',
            ("and", ("userType", "ne", "Employee"), ("not", ("emails.value", "co", "example.com"))),
        ),
        (
            'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
            (
                "and",
                ("userType", "eq", "Employee"),
                ("emails", [("and", ("emails.type", "eq", "work"), ("emails.value", "co", "@example.com"))]),
            ),
        ),
        (
            'emails[type eq "work"].value eq "a@b"',
            ("emails", [("and", ("emails.type", "eq", "work"), ("emails.value", "eq", "a@b"))]),
        ),
        (
            'emails[type eq "work"].value pr',
            ("emails", [("and", ("emails.type", "eq", "work"), ("emails.value", "pr"))]),
        ),
        ("not (not (title pr))", ("not", ("not", ("title", "pr")))),
        ("(title pr)", ("title", "pr")),
    ],
)
def test_the_rfcs_examples(text: str, tree: Any) -> None:
    assert shown(parsed(text)) == tree


def test_and_binds_tighter_than_or() -> None:
    a, b, c = ("title", "pr"), ("locale", "pr"), ("timezone", "pr")
    assert shown(parsed("title pr or locale pr and timezone pr")) == ("or", a, ("and", b, c))
    assert shown(parsed("title pr and locale pr or timezone pr")) == ("or", ("and", a, b), c)
    assert shown(parsed("not (title pr) and locale pr")) == ("and", ("not", a), b)


def test_chains_are_flat() -> None:
    assert len(parsed(" or ".join(["title pr"] * 100)).terms) == 100
    assert len(parsed(" and ".join(["title pr"] * 50)).terms) == 50


def test_numbers_have_more_than_one_digit_a_sign_a_point_and_an_exponent() -> None:
    level = "leadershipLevel eq {}".format
    numbers = {"15": 15, "-1": -1, "1.5": 1.5, "1e3": 1000.0}
    assert {number: value(f"({level(number)})") for number in numbers} == numbers


def test_booleans_and_null_in_any_case_are_not_texts() -> None:
    assert [value(f"(active eq {word})") for word in ("true", "True", "TRUE", "false", "False")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert value('userName eq "true"') == "true"
    assert value('userName eq "5"') == "5"
    assert value('userName eq "null"') == "null"
    assert shown(parsed("title eq NULL")) == ("not", ("title", "pr"))


def test_keywords_end_where_words_end() -> None:
    for text in ('trueName eq "x"', "nullable pr", "falsey pr", "truepr"):
        with pytest.raises(ScimError, match=r"There is no attribute|cannot be read"):
            parsed(text)


def test_texts_are_json() -> None:
    assert value(r'userName eq "a\"b\\c\u00e9\/"') == 'a"b\\cé/'
    assert value('userName eq "a]b)c"') == "a]b)c"
    assert value('userName eq ""') == ""


def test_white_space_may_be_a_line_break() -> None:
    assert value('userName\r\n\teq\n"x"') == "x"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("externalId eq jyoung", "jyoung"),
        ("externalId EQ 00123", "00123"),
        ("userName eq amara@northgate.example", "amara@northgate.example"),
        (r"externalId eq NORTH\amara", r"NORTH\amara"),
        ("externalId eq 5f3c2a10-0000-4000-8000-000000000000", "5f3c2a10-0000-4000-8000-000000000000"),
        ("leadershipLevel eq 3", 3),
    ],
)
def test_entra_value_without_quotes(text: str, meant: Any) -> None:
    assert value(text) == meant


NO_FILTERS = r"""
userName
userName eq
eq
"x"
userName eq "x
userName eq 'x'
userName is pr
userName eq "x" and
and userName eq "x"
(userName eq "x"
userName eq "x")
()
not title pr
nope eq "x"
userName.value eq "x"
name.nope eq "x"
urn:unheard:User:userName eq "x"
emails[type eq "x"
emails[]
emails[nope pr]
emails[emails[type pr]]
emails.type[value pr]
emails[type pr] eq "x"
emails[type pr].nope eq "x"
emails[type pr].value[value pr]
emails[urn:x:y:type eq "x"]
name[givenName pr]
userName[value pr]
name eq "x"
addresses eq "x"
password eq "x"
password pr
meta.location pr
userName eq 5 or title pr
userName gt null
active gt true
active co "t"
active eq "x"
active eq 1
leadershipLevel co "1"
leadershipLevel eq "x"
leadershipLevel eq true
meta.created gt "yesterday"
meta.created gt 5
meta.created sw "2026"
userName eq "\x"
userName eq "\ud800"
userName eq "\u0000"
userName regex "x"
userName eq x y
title pr title pr
01 eq 1
"""


@pytest.mark.parametrize("text", ["", " ", 'userName eq "\x01"', *NO_FILTERS.strip().splitlines()])
def test_what_is_no_filter_of_ours_is_400_invalid_filter(text: str) -> None:
    with pytest.raises(ScimError) as refused:
        parsed(text)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_refusals_do_not_repeat_the_librarys_words() -> None:
    with pytest.raises(ScimError) as refused:
        parsed("userName eq eq eq")
    assert "Parsing error" not in refused.value.detail
    assert "sly" not in refused.value.detail
    assert refused.value.body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "400",
        "scimType": "invalidFilter",
        "detail": refused.value.detail,
    }


def test_a_hundred_terms_and_thirty_two_brackets_are_allowed() -> None:
    parsed(" or ".join(["title pr"] * 100))
    parsed("(" * 32 + "title pr" + ")" * 32)
    assert isinstance(parsed("not (" * 32 + "title pr" + ")" * 32), Not)
    assert isinstance(parsed("title pr and (locale pr or timezone pr)"), And)
    assert isinstance(parsed("title pr or (locale pr or timezone pr)"), Or)
