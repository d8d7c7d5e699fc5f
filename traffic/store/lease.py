"""One publisher at a time drains an outbox, so that no event is sent by two of them.

The lock falls with its holder: the kernel drops a dead process's file lock, PostgreSQL a dead connection's lock.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, Engine, func, select

from traffic.errors import StoreError
from traffic.store.failures import store_errors

PUBLISHER_LOCK = 7_241_830_652
"""The key of PostgreSQL's advisory lock."""


class Lease:
    """The right to drain the outbox, held until the `with` of `publisher_lease` ends."""

    def __init__(self, connection: Connection | None = None) -> None:
        self._connection = connection

    def require(self) -> None:
        """Makes sure that the lock is still ours.

        Raises:
            StoreError: PostgreSQL has dropped the connection and the lock with it.
        """
        if self._connection is not None:
            with store_errors(self._connection.engine.url, "the connection that holds the publisher's lock"):
                self._connection.execute(select(1))


@contextmanager
def publisher_lease(engine: Engine) -> Iterator[Lease | None]:
    """The lease, or None while another publisher has it.

    Raises:
        StoreError: the database is unreachable, or the lock file cannot be made or locked.
    """
    lease = _file_lease(engine) if engine.dialect.name == "sqlite" else _server_lease(engine)
    with lease as held:
        yield held


@contextmanager
def _file_lease(engine: Engine) -> Iterator[Lease | None]:
    path = Path(f"{engine.url.database}.publisher.lock")
    try:
        file = path.open("w")
    except OSError as error:
        remedy = f"let this user write {path} and its folder (chown or chmod)"
        raise StoreError(f"expected to make the lock file {path}, got: {error}", remedy=remedy) from error
    with file:
        yield Lease() if _lock(file, path) else None


def _lock(file: TextIO, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        remedy = "put the database on a local disk: this file system does not lock files (NFS without a lock service?)"
        raise StoreError(f"expected to lock {path}, got: {error}", remedy=remedy) from error
    return True


@contextmanager
def _server_lease(engine: Engine) -> Iterator[Lease | None]:
    expected = "PostgreSQL to answer about the publisher's lock"
    with store_errors(engine.url, expected):
        connection = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    try:
        with store_errors(engine.url, expected):
            held = connection.execute(select(func.pg_try_advisory_lock(PUBLISHER_LOCK))).scalar_one()
        yield Lease(connection) if held else None
    finally:
        # A pooled connection would keep the lock.
        connection.invalidate()
        connection.close()
