"""Every way in which a database can fail to open ends in one sentence and a remedy."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.store.postgresql_server import PASSWORD, PostgresqlServer, free_port
from tests.store.samples import record
from traffic.errors import StoreError
from traffic.store.database import (
    check_before_recording,
    check_database,
    open_database,
    open_for_recording,
    upgrade,
    writing,
)
from traffic.store.queries import RecordFilter, list_passages
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

NOBODY = 65534


def test_recording_makes_what_is_absent(absent: DatabaseSettings) -> None:
    with open_for_recording(absent):
        pass
    with open_for_recording(absent) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM passages")).scalar_one() == 0


def test_reading_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="found none") as caught, open_database(_file(tmp_path / "typo.db")):
        pass
    assert caught.value.remedy == "traffic db upgrade"
    assert list(tmp_path.iterdir()) == []


def test_reading_an_empty_database_names_the_remedy(absent: DatabaseSettings) -> None:
    if absent.url.startswith("sqlite"):
        Path(absent.url.removeprefix("sqlite:///")).parent.mkdir()
        Path(absent.url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StoreError, match="got no tables") as caught, open_database(absent):
        pass
    assert caught.value.remedy == "traffic db upgrade"


def test_check_says_that_all_is_well_and_changes_nothing(current: DatabaseSettings) -> None:
    assert check_database(current).endswith("current schema, writable")


def test_before_the_first_run_an_empty_database_is_fine_and_stays_empty(absent: DatabaseSettings) -> None:
    if absent.url.startswith("sqlite"):
        Path(absent.url.removeprefix("sqlite:///")).parent.mkdir()
    assert check_before_recording(absent).endswith("empty: the first run makes the tables")
    with pytest.raises(StoreError, match="got no tables"):
        check_database(absent)


def test_before_a_further_run_the_database_must_be_current(current: DatabaseSettings) -> None:
    assert check_before_recording(current) == check_database(current)


def test_empty_database_in_which_no_tables_can_be_made(own_postgresql: DatabaseSettings) -> None:
    with open_database(own_postgresql) as engine, engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.execute(text("CREATE ROLE guest LOGIN PASSWORD 'guest'"))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO guest"))
    guest = make_url(own_postgresql.url).set(username="guest").render_as_string()
    with pytest.raises(StoreError, match="permission denied for schema") as caught:
        check_before_recording(DatabaseSettings(url=guest, password="guest"))
    assert "GRANT USAGE, CREATE" in caught.value.remedy


def test_sqlite_survives_a_power_cut_and_guards_its_references(sqlite: DatabaseSettings) -> None:
    with open_database(sqlite) as engine, engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 2, 1, 10_000]


def test_writer_has_the_lock_from_the_start_of_its_transaction(sqlite: DatabaseSettings) -> None:
    impatient = sqlite.model_copy(update={"busy_timeout_s": 0.05})
    with (
        open_database(sqlite) as engine,
        writing(engine).begin(),
        pytest.raises(StoreError, match="database is locked"),
    ):
        check_database(impatient)


def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database\n" * 100)
    for act in (_open, upgrade, check_database):
        with pytest.raises(StoreError, match="file is not a database"):
            act(_file(tmp_path / "notes.db"))


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="expected to make the folder"):
        upgrade(_file(tmp_path / "file" / "traffic.db"))


def test_read_only_file_can_be_neither_recorded_to_nor_checked() -> None:
    with _unprivileged_folder() as folder:
        settings = _file(folder / "traffic.db")
        upgrade(settings)
        (folder / "traffic.db").chmod(0o444)
        folder.chmod(0o555)
        with _unprivileged():
            for act in (_open_for_recording, upgrade, check_database):
                with pytest.raises(StoreError, match=r"(?:readonly|unable to open) database") as caught:
                    act(settings)
                assert "chown" in caught.value.remedy


def test_folder_without_write_permission() -> None:
    with _unprivileged_folder() as folder:
        folder.chmod(0o555)
        with _unprivileged(), pytest.raises(StoreError, match="unable to open database file") as caught:
            upgrade(_file(folder / "traffic.db"))
        assert "chown" in caught.value.remedy


def test_wrong_password_is_told_without_telling_it(postgresql: PostgresqlServer) -> None:
    settings = DatabaseSettings(url=postgresql.url("postgres"), password="mistyped")
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        _open_for_recording(settings)
    assert "database.password" in caught.value.remedy
    assert "mistyped" not in str(caught.value)


def test_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="psycopg") as caught:
        _open(DatabaseSettings(url="postgresql://box@127.0.0.1/traffic"))
    assert caught.value.remedy == 'pip install "traffic[postgresql]"'


def test_server_that_is_not_there() -> None:
    settings = DatabaseSettings(url=f"postgresql://box@127.0.0.1:{free_port()}/traffic")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1") as caught:
        _open(settings)
    assert "start the PostgreSQL server" in caught.value.remedy


def test_database_that_is_not_on_the_server(postgresql: PostgresqlServer) -> None:
    with pytest.raises(StoreError, match="does not exist") as caught:
        _open(DatabaseSettings(url=postgresql.url("typo"), password=PASSWORD))
    assert "createdb" in caught.value.remedy


def test_server_that_only_reads(own_postgresql: DatabaseSettings) -> None:
    with open_database(own_postgresql) as engine, engine.begin() as connection:
        connection.execute(text("ALTER DATABASE own SET default_transaction_read_only = on"))
    with open_database(own_postgresql) as engine:
        assert list_passages(engine, RecordFilter()) == []
        with pytest.raises(StoreError, match="read-only transaction"):
            Repository(engine, own_postgresql).record([record(1)])
    with pytest.raises(StoreError, match="read-only transaction") as caught:
        check_database(own_postgresql)
    assert "primary" in caught.value.remedy


def _file(path: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite:///{path}")


def _open(settings: DatabaseSettings) -> None:
    with open_database(settings):
        pass


def _open_for_recording(settings: DatabaseSettings) -> None:
    with open_for_recording(settings):
        pass


@contextmanager
def _unprivileged_folder() -> Iterator[Path]:
    """A folder that others can look into; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@contextmanager
def _unprivileged() -> Iterator[None]:
    """Permissions do not stop root, so root becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
