import sqlite3

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from traffic.errors import StoreError
from traffic.store.failures import is_passing, shown, store_errors

URL = make_url("postgresql://box:secret@db/traffic")


def failure(message: str) -> OperationalError:
    return OperationalError("SELECT 1", {}, sqlite3.OperationalError(message))


@pytest.mark.parametrize(
    ("came", "remedy"),
    [
        ("attempt to write a readonly database", "chown"),
        ("unable to open database file", "mounted read-only"),
        ("database or disk is full", "free space"),
        ("permission denied for schema public", "GRANT USAGE, CREATE"),
        ("no schema has been selected to create in", "GRANT USAGE, CREATE"),
        ("permission denied for table passages", "GRANT SELECT"),
        ("file is not a database", "move this file away"),
        ('connection failed: FATAL:  password authentication failed for user "box"', "database.password"),
        ("connection failed: Connection refused", "start the PostgreSQL server"),
        ('FATAL:  database "traffic" does not exist', "createdb"),
        ("something never seen", "database.url"),
    ],
)
def test_message_says_expected_came_and_remedy(came: str, remedy: str) -> None:
    with pytest.raises(StoreError) as caught, store_errors(URL, "to read the record"):
        raise failure(came)
    assert "expected to read the record" in caught.value.problem
    assert came in caught.value.problem
    assert remedy in caught.value.remedy


def test_password_is_never_shown() -> None:
    assert shown(URL) == "postgresql://box:***@db/traffic"
    with pytest.raises(StoreError) as caught, store_errors(URL, "anything"):
        raise failure("boom")
    assert "secret" not in str(caught.value)


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), store_errors(URL, "anything"):
        raise KeyError


@pytest.mark.parametrize(
    ("original", "passing"),
    [
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.OperationalError("database or disk is full"), False),
        (sqlite3.OperationalError("attempt to write a readonly database"), False),
        (psycopg.OperationalError("connection failed: Connection refused"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), True),
        (psycopg.errors.DiskFull("No space left on device"), False),
        (psycopg.errors.InsufficientPrivilege("permission denied"), False),
    ],
)
def test_what_passes_by_itself(original: Exception, passing: bool) -> None:
    assert is_passing(DBAPIError("INSERT", {}, original)) is passing
