"""Whom a platform's person may be, decided on what fits per key."""

import uuid

import pytest

from lti.matching import Candidates, decide

A, B = uuid.UUID(int=1), uuid.UUID(int=2)


def one(person: uuid.UUID) -> frozenset[uuid.UUID]:
    return frozenset({person})


def test_the_strongest_key_decides() -> None:
    assert decide(Candidates(sourcedid=one(A), username=one(A)), email_counts=False) == (A, "sourcedid")
    assert decide(Candidates(username=one(A)), email_counts=False) == (A, "username")


def test_mail_alone_decides_only_where_it_counts() -> None:
    assert decide(Candidates(email=one(A)), email_counts=False) is None
    assert decide(Candidates(email=one(A)), email_counts=True) == (A, "email")


@pytest.mark.parametrize(
    "found",
    [
        Candidates(),
        Candidates(sourcedid=frozenset({A, B})),
        Candidates(sourcedid=frozenset({A, B}), username=one(A)),
        Candidates(sourcedid=one(A), username=one(B)),
        Candidates(sourcedid=one(A), email=one(B)),
        Candidates(username=one(A), email=one(B)),
    ],
    ids=[
        "nobody",
        "two",
        "two-though-one-fits-better",
        "keys-differ",
        "mail-differs",
        "mail-differs-from-name",
    ],
)
@pytest.mark.parametrize("email_counts", [True, False])
def test_nobody_two_or_a_contradiction_waits_for_an_admin(found: Candidates, *, email_counts: bool) -> None:
    assert decide(found, email_counts=email_counts) is None


def test_two_people_with_one_address_do_not_contradict_a_stronger_key() -> None:
    assert decide(Candidates(sourcedid=one(A), email=frozenset({A, B})), email_counts=False) == (
        A,
        "sourcedid",
    )
