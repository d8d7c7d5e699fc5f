"""What the databases say when something is wrong, turned into what an operator can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from traffic.errors import StoreError

_LET_MAKE_TABLES = "let this user make tables: GRANT USAGE, CREATE ON SCHEMA public TO user"
_REMEDIES = (
    ("expected an aware datetime", "give the time with its offset, as in 2026-05-01T12:00:00+00:00"),
    ("file is not a database", "give the path of a SQLite file in database.url, or move this file away"),
    (
        "database disk image is malformed",
        "restore the database from its backup, or save what `sqlite3 FILE .recover` reads",
    ),
    (
        "unable to open database file",
        "make its folder, and let this user write into it (chown or chmod; is the disk mounted read-only?)",
    ),
    (
        "readonly database",
        "let this user write the file and its folder (chown or chmod; is the disk mounted read-only?)",
    ),
    (
        "database or disk is full",
        "free space on the disk that holds the database, then start again: nothing is half written",
    ),
    ("database is locked", "end the other process that holds the database, or raise database.busy_timeout_s"),
    (
        "disk I/O error",
        "look at the disk (dmesg, smartctl), then restore the database from its backup if it does not open",
    ),
    (
        "No space left on device",
        "free space on the disk of the PostgreSQL server, then start again: nothing is half written",
    ),
    (
        "password authentication failed",
        "give the right user in database.url and the right database.password (or PGPASSWORD)",
    ),
    ("no password supplied", "give database.password (or PGPASSWORD)"),
    ("Connection refused", "start the PostgreSQL server, or give its host and port in database.url"),
    ("No such file or directory", "start the PostgreSQL server, or give its host and port in database.url"),
    ("failed to resolve host", "give the PostgreSQL server's host in database.url"),
    ("timeout", "see that the PostgreSQL server and the network between are up, or raise database.connect_timeout_s"),
    ("does not exist", "create it on the server: createdb NAME (or createuser NAME)"),
    ("permission denied for schema", _LET_MAKE_TABLES),
    ("no schema has been selected", _LET_MAKE_TABLES),
    (
        "permission denied",
        "grant this user the rights: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
    ),
    ("read-only transaction", "give the primary server's host in database.url, not a replica's"),
)
_ANY_REMEDY = "see that the server is up and that database.url names it"
_SERVER_GONE = ("08", "57P", "53300")


def shown(url: URL) -> str:
    """The URL without its password."""
    return url.render_as_string(hide_password=True)


@contextmanager
def store_errors(url: URL, expected: str) -> Iterator[None]:
    """Turns what the database raises inside into a StoreError: what was `expected`, what came, the remedy."""
    try:
        yield
    except SQLAlchemyError as error:
        came = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        raise StoreError(f"{shown(url)}: expected {expected}, got: {came}", remedy=_remedy(came)) from error


def is_passing(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed later: the server is gone, or another process is writing."""
    if error.connection_invalidated or "database is locked" in str(error.orig):
        return True
    state = getattr(error.orig, "sqlstate", "")
    return state is None or state.startswith(_SERVER_GONE)


def _remedy(came: str) -> str:
    return next((remedy for needle, remedy in _REMEDIES if needle in came), _ANY_REMEDY)
