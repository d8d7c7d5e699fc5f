from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from traffic.errors import StoreError
from traffic.store.database import open_database
from traffic.store.lease import Lease, publisher_lease, sections_lease
from traffic.store.settings import DatabaseSettings

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from traffic.store.database import open_database
from traffic.store.lease import publisher_lease
from traffic.store.settings import DatabaseSettings
settings = DatabaseSettings(url=sys.argv[1])
with open_database(settings) as engine, publisher_lease(engine) as lease:
    print(lease is not None, flush=True)
    time.sleep(60)
"""


Leasing = Callable[[Engine], AbstractContextManager[Lease | None]]
every_lease = pytest.mark.parametrize("lease_of", [publisher_lease, sections_lease])


@every_lease
def test_one_process_at_a_time(engine: Engine, absent: DatabaseSettings, lease_of: Leasing) -> None:
    with open_database(absent) as other:
        with lease_of(engine) as first, lease_of(other) as second:
            assert first is not None
            assert second is None
            first.require()
        with lease_of(other) as second:
            assert second is not None


def test_the_publisher_and_the_sections_do_not_wait_for_each_other(engine: Engine, absent: DatabaseSettings) -> None:
    with open_database(absent) as other, publisher_lease(engine) as first, sections_lease(other) as second:
        assert first is not None
        assert second is not None


@every_lease
def test_one_who_fails_gives_the_lease_back(engine: Engine, lease_of: Leasing) -> None:
    with pytest.raises(RuntimeError), lease_of(engine):
        raise RuntimeError
    with lease_of(engine) as held:
        assert held is not None


@every_lease
def test_file_system_that_does_not_lock(
    sqlite: DatabaseSettings, monkeypatch: pytest.MonkeyPatch, lease_of: Leasing
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with (
        open_database(sqlite) as engine,
        pytest.raises(StoreError, match="No locks available") as caught,
        lease_of(engine),
    ):
        pass
    assert "local disk" in caught.value.remedy


@pytest.mark.parametrize(("lease_of", "name"), [(publisher_lease, "publisher"), (sections_lease, "sections")])
def test_a_lock_file_that_cannot_be_made(
    sqlite: DatabaseSettings, tmp_path: Path, lease_of: Leasing, name: str
) -> None:
    os.mkdir(tmp_path / f"traffic.db.{name}.lock")
    with (
        open_database(sqlite) as engine,
        pytest.raises(StoreError, match="expected to make the lock file"),
        lease_of(engine),
    ):
        pass


def test_databases_do_not_share_a_lease(sqlite: DatabaseSettings, engine: Engine) -> None:
    with open_database(sqlite) as other, publisher_lease(engine) as first, publisher_lease(other) as second:
        assert first is not None
        assert second is not None


def test_killed_publisher_leaves_no_lease_behind(sqlite: DatabaseSettings) -> None:
    with (
        open_database(sqlite) as engine,
        subprocess.Popen(
            [sys.executable, "-c", HOLD, sqlite.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as holder,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with publisher_lease(engine) as lease:
            assert lease is None
        holder.kill()
        holder.wait()
        with publisher_lease(engine) as lease:
            assert lease is not None


def test_lease_whose_connection_broke_is_ours_no_longer(own_postgresql: DatabaseSettings) -> None:
    holders = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    ours = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    with open_database(own_postgresql) as engine, publisher_lease(engine) as lease:
        assert lease is not None
        with engine.begin() as connection:
            connection.execute(text(f"{holders} AND {ours}"))
        with pytest.raises(StoreError, match="lock of the publisher"):
            lease.require()
