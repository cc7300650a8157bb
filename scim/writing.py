"""One writing transaction, begun again when another writer got in between.

Two writers may meet in a unique index or in a deadlock; the database then undoes one of them whole. Doing
that one again sees what the other left behind, and ends in the answer it deserves: a change, or a 409 or 412.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from scim.errors import ScimError

TRIES = 4
DEADLOCK, NOT_SERIALIZABLE = "40P01", "40001"  # SQLSTATE
BUSY = "SQLITE_BUSY"  # after the busy timeout, which is long: no use in waiting again
Answer = TypeVar("Answer")


def write(begin: Callable[[], AbstractContextManager[Session]], work: Callable[[Session], Answer]) -> Answer:
    """Run `work` in a transaction that `begin` opens, up to four times.

    Raises ScimError 409 or 503 when it never got through; `work` must not have effects outside the session.
    """
    for _attempt in range(TRIES):
        try:
            with begin() as session:
                return work(session)
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", None) == BUSY:
                raise _gave_up(error) from error
            if not _met_another(error):
                raise
            last = error
    raise _gave_up(last) from last


def _met_another(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in {DEADLOCK, NOT_SERIALIZABLE}


def _gave_up(error: DBAPIError) -> ScimError:
    if isinstance(error, OperationalError):
        return ScimError(503, "Others were writing all the time. Try again.", headers={"Retry-After": "1"})
    return ScimError(409, "It collides with something that exists already.", "uniqueness")
