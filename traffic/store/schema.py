"""Which schema a database has, and the way to the current one: the Alembic tree in migrations/."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

MIGRATIONS = Path(__file__).parent / "migrations"
"""A link to migrations/ in the repository, a folder of its own in an installed package."""

UPGRADE_LOCK = 7_241_830_651
"""The key of PostgreSQL's advisory lock that keeps two upgrades apart."""


class SchemaState(Enum):
    """What a database holds, in the words of an error."""

    EMPTY = "no tables"
    OLDER = "an older one"
    CURRENT = "the current one"
    NEWER = "one of a newer version of traffic"
    FOREIGN = "tables that traffic did not make"

    @property
    def remedy(self) -> str:
        """What brings it to CURRENT."""
        if self is SchemaState.NEWER:
            return "install the version of traffic that upgraded it, or restore the backup made before the upgrade"
        if self is SchemaState.FOREIGN:
            return "give an empty database in database.url"
        return "traffic db upgrade"


def schema_state(connection: Connection) -> SchemaState:
    """Compares the database's revision with the migrations of this version."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return SchemaState.FOREIGN if tables else SchemaState.EMPTY
    known = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    if revision not in known:
        return SchemaState.NEWER
    return SchemaState.CURRENT if revision == known[0] else SchemaState.OLDER


def upgrade_schema(connection: Connection) -> None:
    """Runs the missing migrations inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for the tree in migrations/ and an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
