"""Databases for the tests: a SQLite file each, and one PostgreSQL server for all with a database each."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from tests.store.postgresql_server import PASSWORD, PostgresqlServer, missing, postgresql_server
from traffic.store.database import open_for_recording, sqlite_file, upgrade
from traffic.store.settings import DatabaseSettings

NewDatabase = Callable[[], DatabaseSettings]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    reason = missing()
    if reason:
        pytest.skip(reason)
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def new_schema(postgresql: PostgresqlServer) -> NewDatabase:
    """Makes an empty schema in the server's database, which is to us as good as a database and quicker."""
    numbers = itertools.count()

    def new() -> DatabaseSettings:
        name = f"s{next(numbers)}"
        _execute(postgresql, f"CREATE SCHEMA {name}")
        url = f"{postgresql.url('postgres')}?options=-csearch_path%3D{name}"
        return DatabaseSettings(url=url, password=PASSWORD, retry_for_s=5)

    return new


@pytest.fixture
def own_postgresql(postgresql: PostgresqlServer) -> Iterator[DatabaseSettings]:
    """A PostgreSQL database of its own with the current schema."""
    _execute(postgresql, "CREATE DATABASE own")
    settings = DatabaseSettings(url=postgresql.url("own"), password=PASSWORD)
    upgrade(settings)
    yield settings
    _execute(postgresql, "DROP DATABASE own WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseSettings:
    """No file yet, or a database without tables; each test runs on both kinds."""
    if request.param == "sqlite":
        return DatabaseSettings(url=f"sqlite:///{tmp_path}/folder/traffic.db", retry_for_s=5)
    new: NewDatabase = request.getfixturevalue("new_schema")
    return new()


@pytest.fixture
def current(absent: DatabaseSettings, empty_record: Path) -> DatabaseSettings:
    """The same with the current schema and no rows."""
    file = sqlite_file(absent)
    if file is None:
        upgrade(absent)
    else:
        file.parent.mkdir(exist_ok=True)
        shutil.copy(empty_record, file)
    return absent


@pytest.fixture
def engine(current: DatabaseSettings) -> Iterator[Engine]:
    """That one open."""
    with open_for_recording(current) as engine:
        yield engine


@pytest.fixture
def sqlite(tmp_path: Path, empty_record: Path) -> DatabaseSettings:
    """A SQLite file with the current schema, where it matters that it is a file."""
    return DatabaseSettings(url=f"sqlite:///{shutil.copy(empty_record, tmp_path / 'traffic.db')}")


def _execute(server: PostgresqlServer, statement: str) -> None:
    with psycopg.connect(server.url("postgres"), password=PASSWORD, autocommit=True) as connection:
        connection.execute(statement.encode())
