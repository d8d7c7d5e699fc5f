"""One process at a time does what two would spoil, such as draining an outbox.

A lock falls with its holder: the kernel drops a dead process's file lock, PostgreSQL a dead connection's lock.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, Engine, func, select

from traffic.errors import StoreError
from traffic.store.failures import store_errors


@dataclass(frozen=True, slots=True)
class Lock:
    """What can be leased of a database.

    Attributes:
        name: of whoever holds it; part of the lock file's name beside an SQLite database.
        key: of PostgreSQL's advisory lock.
    """

    name: str
    key: int


PUBLISHER_LOCK = Lock("publisher", 7_241_830_652)
SECTIONS_LOCK = Lock("sections", 7_241_830_653)


class Lease:
    """The right to go on, held until the `with` that gave it ends."""

    def __init__(self, lock: Lock, connection: Connection | None = None) -> None:
        self._lock = lock
        self._connection = connection

    def require(self) -> None:
        """Makes sure that the lock is still ours.

        Raises:
            StoreError: PostgreSQL has dropped the connection and the lock with it.
        """
        if self._connection is not None:
            expected = f"the connection that holds the lock of the {self._lock.name}"
            with store_errors(self._connection.engine.url, expected):
                self._connection.execute(select(1))


def publisher_lease(engine: Engine) -> AbstractContextManager[Lease | None]:
    """The right to drain the outbox, so that no event is sent by two; see `leased`."""
    return leased(engine, PUBLISHER_LOCK)


def sections_lease(engine: Engine) -> AbstractContextManager[Lease | None]:
    """The right to write transits: two processes would draw the same evidence into the same file; see `leased`.

    It is taken for each look, so that whoever is started second takes over when the first one ends or dies, and so that
    `traffic sections match` gets its turn.
    """
    return leased(engine, SECTIONS_LOCK)


@contextmanager
def leased(engine: Engine, lock: Lock) -> Iterator[Lease | None]:
    """The lease, or None while another process has it.

    Raises:
        StoreError: the database is unreachable, or the lock file cannot be made or locked.
    """
    lease = _file_lease(engine, lock) if engine.dialect.name == "sqlite" else _server_lease(engine, lock)
    with lease as held:
        yield held


@contextmanager
def _file_lease(engine: Engine, lock: Lock) -> Iterator[Lease | None]:
    path = Path(f"{engine.url.database}.{lock.name}.lock")
    try:
        file = path.open("w")
    except OSError as error:
        remedy = f"let this user write {path} and its folder (chown or chmod)"
        raise StoreError(f"expected to make the lock file {path}, got: {error}", remedy=remedy) from error
    with file:
        yield Lease(lock) if _locked(file, path) else None


def _locked(file: TextIO, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        remedy = "put the database on a local disk: this file system does not lock files (NFS without a lock service?)"
        raise StoreError(f"expected to lock {path}, got: {error}", remedy=remedy) from error
    return True


@contextmanager
def _server_lease(engine: Engine, lock: Lock) -> Iterator[Lease | None]:
    expected = f"PostgreSQL to answer about the lock of the {lock.name}"
    with store_errors(engine.url, expected):
        connection = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    try:
        with store_errors(engine.url, expected):
            held = connection.execute(select(func.pg_try_advisory_lock(lock.key))).scalar_one()
        yield Lease(lock, connection) if held else None
    finally:
        # A pooled connection would keep the lock.
        connection.invalidate()
        connection.close()
