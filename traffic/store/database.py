"""Opening the database: one engine, owned by a `with`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypedDict

from sqlalchemy import Connection, Engine, create_engine, delete, event, false
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from traffic.errors import StoreError
from traffic.store.failures import shown, store_errors
from traffic.store.schema import SchemaState, schema_state, upgrade_schema
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow

UPGRADE = "traffic db upgrade"
INSTALL_DRIVER = 'pip install "traffic[postgresql]"'
TCP_DEAD_AFTER_MS = 30_000


class _SqliteArguments(TypedDict):
    timeout: float
    isolation_level: None


class _PostgresqlArguments(TypedDict):
    connect_timeout: int
    application_name: str
    tcp_user_timeout: int


@contextmanager
def open_database(settings: DatabaseSettings) -> Iterator[Engine]:
    """The database with the current schema, for reading and writing from any thread.

    Raises:
        StoreError: it is absent, unreachable, no database, or of another version.
    """
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise StoreError(f"expected a database at {file}, found none", remedy=UPGRADE)
    with _engine(settings, foreign_keys="ON") as engine:
        with store_errors(engine.url, "a database that can be read"), engine.connect() as connection:
            state = schema_state(connection)
        _require_current(state, engine.url)
        yield engine


@contextmanager
def open_for_recording(settings: DatabaseSettings) -> Iterator[Engine]:
    """As `open_database`, but makes an absent database, and makes sure that it can be written.

    Raises:
        StoreError: as `open_database`, or it is read-only.
    """
    create_if_absent(settings)
    with open_database(settings) as engine:
        _require_writable(engine)
        yield engine


def check_database(settings: DatabaseSettings) -> str:
    """Says in one line that the database is there, current and writable; changes nothing.

    Raises:
        StoreError: it is not, with the remedy.
    """
    with open_database(settings) as engine:
        _require_writable(engine)
        return f"{shown(engine.url)}: current schema, writable"


def check_before_recording(settings: DatabaseSettings) -> str:
    """As `check_database`, but an empty database in which the tables can be made is fine too.

    Raises:
        StoreError: a run could not record in it, with the remedy.
    """
    with (
        _engine(settings, foreign_keys="OFF") as engine,
        store_errors(engine.url, "a database that can be written"),
        writing(engine).connect() as connection,
    ):
        if schema_state(connection) is SchemaState.EMPTY:
            upgrade_schema(connection)
            connection.rollback()
            return f"{shown(engine.url)}: empty: the first run makes the tables"
    return check_database(settings)


def create_if_absent(settings: DatabaseSettings) -> None:
    """Makes the database (a SQLite file with its folder, the tables of PostgreSQL) where there is none at all."""
    with migrating(settings) as connection:
        if schema_state(connection) is SchemaState.EMPTY:
            upgrade_schema(connection)


def upgrade(settings: DatabaseSettings) -> None:
    """Brings the database to the current schema in one transaction, or makes it; a current one is left as it is.

    Raises:
        StoreError: unreachable, read-only, of a newer version, or with tables that are not ours.
    """
    with migrating(settings) as connection:
        state = schema_state(connection)
        if state is SchemaState.OLDER or state is SchemaState.EMPTY:
            upgrade_schema(connection)
        else:
            _require_current(state, connection.engine.url)


def sqlite_file(settings: DatabaseSettings) -> Path | None:
    """The file of a SQLite database, None for a server."""
    url = settings.connection_url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: on SQLite they take the write lock at their start.

    A SQLite transaction that reads before it asks for the lock fails at once when another process wrote in between.
    """
    return engine.execution_options(sqlite_begin="IMMEDIATE")


@contextmanager
def migrating(settings: DatabaseSettings) -> Iterator[Connection]:
    """A connection in a transaction that may change the schema; committed at the end of the `with`."""
    file = sqlite_file(settings)
    if file is not None:
        _make_folder(file.parent)
    # SQLite rebuilds a table to alter it, which foreign keys would take for deleting its rows.
    with (
        _engine(settings, foreign_keys="OFF") as engine,
        store_errors(engine.url, "a database that can be written"),
        writing(engine).begin() as connection,
    ):
        yield connection


@contextmanager
def _engine(settings: DatabaseSettings, *, foreign_keys: str) -> Iterator[Engine]:
    engine = _sqlite_engine(settings, foreign_keys) if sqlite_file(settings) else _postgresql_engine(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def _sqlite_engine(settings: DatabaseSettings, foreign_keys: str) -> Engine:
    arguments = _SqliteArguments(timeout=settings.busy_timeout_s, isolation_level=None)
    engine = _create_engine(settings.connection_url, arguments)
    # FULL: a commit is on the disk before it is told, also when the power fails.
    pragmas = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": foreign_keys}
    event.listen(engine, "connect", partial(_set_pragmas, pragmas))
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql_engine(settings: DatabaseSettings) -> Engine:
    arguments = _PostgresqlArguments(
        connect_timeout=settings.connect_timeout_s, application_name="traffic", tcp_user_timeout=TCP_DEAD_AFTER_MS
    )
    try:
        engine = _create_engine(settings.connection_url, arguments)
    except ModuleNotFoundError as error:
        raise StoreError(f"expected the PostgreSQL driver psycopg, got: {error}", remedy=INSTALL_DRIVER) from error
    event.listen(engine, "connect", _commit_to_disk)
    return engine


def _create_engine(url: URL, arguments: _SqliteArguments | _PostgresqlArguments) -> Engine:
    serializer = partial(json.dumps, allow_nan=False, ensure_ascii=False)
    return create_engine(url, connect_args={**arguments}, json_serializer=serializer, pool_pre_ping=True)


def _set_pragmas(pragmas: Mapping[str, str], connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")


def _commit_to_disk(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Undoes a server's setting that tells of a commit before it is on the disk, and loses it in a crash."""
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _require_current(state: SchemaState, url: URL) -> None:
    if state is not SchemaState.CURRENT:
        raise StoreError(f"{shown(url)}: expected the current schema, got {state.value}", remedy=state.remedy)


def _require_writable(engine: Engine) -> None:
    with store_errors(engine.url, "a database that can be written"), writing(engine).connect() as connection:
        connection.execute(delete(OutboxRow).where(false()))
        connection.rollback()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "give another path in database.url, or let this user write there (chown or chmod)"
        raise StoreError(
            f"expected to make the folder {folder} of the database, got: {error}", remedy=remedy
        ) from error
