"""A real PostgreSQL server on a free loopback port, started for the tests and gone after them."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "traffic", "loopback only"
UNPRIVILEGED = "postgres"
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c autovacuum=off"


class PostgresqlServer:
    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self._programs = programs
        self._folder = folder
        self.port = port

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(PASSWORD)
        _own(password_file)
        options = ["--no-sync", "--auth=scram-sha-256", f"--pwfile={password_file}", f"--username={USER}"]
        self._run("initdb", "-D", str(self._data), "--encoding=UTF8", "--locale=C", *options)

    def start(self) -> None:
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 {OPTIONS}"
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", UNPRIVILEGED, "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, timeout=60)


def missing() -> str | None:
    """Why no server can be started here, with the remedy; None where one can."""
    if _programs() is None:
        return "PostgreSQL's initdb and pg_ctl are not here: apt-get install postgresql"
    if os.geteuid() == 0 and not _unprivileged_user():
        return f"PostgreSQL refuses root and there is no user {UNPRIVILEGED}: apt-get install postgresql"
    return None


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="traffic-pg-"))
    _own(folder)
    server = PostgresqlServer(programs, folder, free_port())
    try:
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path | None:
    # /usr/bin holds wrappers for some of them only; Debian keeps the set in a folder for each version.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    folders += [Path(on_path).parent] if on_path else []
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _unprivileged_user() -> bool:
    return any(entry.pw_name == UNPRIVILEGED for entry in pwd.getpwall()) and shutil.which("runuser") is not None


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED)
