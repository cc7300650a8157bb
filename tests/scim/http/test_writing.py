"""Beginning again when another writer got in between."""

import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from scim.errors import ScimError
from scim.writing import TRIES, write


class DeadlockError(Exception):
    sqlstate = "40P01"


class LockedError(sqlite3.OperationalError):
    sqlite_errorname = "SQLITE_BUSY"


def failing(times: int, error: Exception) -> Callable[[Any], int]:
    """Work that fails so many times and then says how often it ran."""
    runs = []

    def work(_session: Any) -> int:
        runs.append(1)
        if len(runs) <= times:
            raise error
        return len(runs)

    return work


DEADLOCK = OperationalError("", None, DeadlockError())
TAKEN = IntegrityError("", None, sqlite3.IntegrityError())


@pytest.mark.parametrize("error", [DEADLOCK, TAKEN])
def test_work_is_done_again_after_meeting_another_writer(error: Exception) -> None:
    assert write(nullcontext, failing(TRIES - 1, error)) == TRIES


@pytest.mark.parametrize(("error", "status"), [(DEADLOCK, 503), (TAKEN, 409)])
def test_it_gives_up_with_an_answer(error: Exception, status: int) -> None:
    with pytest.raises(ScimError) as refused:
        write(nullcontext, failing(TRIES, error))
    assert refused.value.status == status
    assert (status == 503) == ("Retry-After" in refused.value.headers)


def test_a_database_that_stays_locked_is_not_waited_for_twice() -> None:
    work = failing(1, OperationalError("", None, LockedError()))
    with pytest.raises(ScimError) as refused:
        write(nullcontext, work)
    assert refused.value.status == 503
    assert work(None) == 2


def test_other_mistakes_are_not_repeated() -> None:
    with pytest.raises(OperationalError):
        write(nullcontext, failing(1, OperationalError("", None, sqlite3.OperationalError("no such table"))))
