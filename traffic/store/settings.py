"""Where the record is kept."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from traffic.settings import Settings

SQLITE_DRIVERS = ("sqlite", "sqlite+pysqlite")
POSTGRESQL_DRIVERS = ("postgresql", "postgresql+psycopg")


class DatabaseSettings(Settings):
    """The database of the record."""

    url: str = "sqlite:///data/traffic.db"
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user@host:5432/name`."""
    password: SecretStr | None = None
    """PostgreSQL's password, kept out of `url`; PGPASSWORD and ~/.pgpass serve as well."""
    busy_timeout_s: float = Field(default=10.0, gt=0)
    """How long a SQLite statement waits for another process that is writing."""
    connect_timeout_s: int = Field(default=5, ge=2)
    """How long to wait for PostgreSQL to take a connection."""
    retry_for_s: float = Field(default=60.0, ge=0)
    """How long a batch is tried again while the database server is gone, before the run stops with an error."""

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise ValueError("expected sqlite:///file.db or postgresql://user@host/name, got no URL at all") from error
        if parsed.drivername not in SQLITE_DRIVERS + POSTGRESQL_DRIVERS:
            raise ValueError(f"expected sqlite:///... or postgresql://..., got {parsed.drivername}://...")
        if parsed.drivername in SQLITE_DRIVERS and parsed.database in (None, "", ":memory:"):
            raise ValueError("expected a file, as in sqlite:///data/traffic.db, got a database in memory")
        return url

    @property
    def connection_url(self) -> URL:
        """The URL with its driver and its password."""
        url = make_url(self.url)
        if url.drivername in SQLITE_DRIVERS:
            return url.set(drivername="sqlite+pysqlite")
        url = url.set(drivername="postgresql+psycopg")
        return url.set(password=self.password.get_secret_value()) if self.password else url
