"""What is tried again, and what is not."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from traffic.errors import StoreError
from traffic.store.retry import FIRST_PAUSE_S, INTEGRITY_TRIES, LONGEST_PAUSE_S, Retry

URL = make_url("sqlite:///traffic.db")
LOCKED = OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))
FULL = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
TWICE = IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))


class Transaction:
    """Fails in this way so many times."""

    def __init__(self, error: DBAPIError, times: int) -> None:
        self.error, self.times, self.tries = error, times, 0

    def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.times:
            raise self.error
        return "done"


@pytest.mark.parametrize(
    ("error", "times", "tries", "succeeds"),
    [
        (LOCKED, 0, 1, True),
        (LOCKED, 9, 10, True),
        (FULL, 1, 1, False),
        (TWICE, INTEGRITY_TRIES - 1, INTEGRITY_TRIES, True),
        (TWICE, INTEGRITY_TRIES, INTEGRITY_TRIES, False),
    ],
)
def test_what_passes_is_tried_again(error: DBAPIError, times: int, tries: int, succeeds: bool) -> None:
    transaction, pauses = Transaction(error, times), list[float]()
    retry = Retry(URL, 1e6, lambda seconds: bool(pauses.append(seconds)))
    if succeeds:
        assert retry.attempt("to record", transaction) == "done"
    else:
        with pytest.raises(StoreError, match="expected to record, got"):
            retry.attempt("to record", transaction)
    assert transaction.tries == tries
    assert pauses == sorted(pauses)
    assert all(FIRST_PAUSE_S <= pause <= LONGEST_PAUSE_S for pause in pauses)


def test_a_stopped_run_tries_no_more() -> None:
    transaction = Transaction(LOCKED, 99)
    with pytest.raises(StoreError, match="database is locked"):
        Retry(URL, 1e6, lambda _: True).attempt("to record", transaction)
    assert transaction.tries == 1


def test_time_that_is_up_ends_it() -> None:
    transaction = Transaction(LOCKED, 99)
    with pytest.raises(StoreError, match="database is locked"):
        Retry(URL, 0.0, lambda _: False).attempt("to record", transaction)
    assert transaction.tries == 1
