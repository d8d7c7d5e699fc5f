"""The Alembic tree: from nothing to the tables of the code, on both databases, from wherever it is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from traffic.store.database import migrating, upgrade
from traffic.store.schema import MIGRATIONS, SchemaState, alembic_config, schema_state
from traffic.store.settings import DatabaseSettings

ROOT = Path(__file__).parents[2]


def test_upgrade_from_nothing_gives_the_tables_of_the_code(absent: DatabaseSettings) -> None:
    upgrade(absent)
    with migrating(absent) as connection:
        command.check(alembic_config(connection))


def test_downgrade_leaves_no_table(current: DatabaseSettings) -> None:
    with migrating(current) as connection:
        command.downgrade(alembic_config(connection), "base")
    with migrating(current) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert schema_state(connection) is SchemaState.EMPTY


def test_failed_upgrade_leaves_nothing(absent: DatabaseSettings) -> None:
    def killed_at_the_end() -> None:
        with migrating(absent) as connection:
            command.upgrade(alembic_config(connection), "head")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_at_the_end()
    with migrating(absent) as connection:
        assert schema_state(connection) is SchemaState.EMPTY


def test_developers_call_alembic_in_the_repository(sqlite: DatabaseSettings) -> None:
    alembic = [sys.executable, "-m", "alembic", "-x", f"url={sqlite.url}", "check"]
    done = subprocess.run(alembic, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "No new upgrade operations detected" in done.stdout, done.stderr


def test_package_carries_the_tree_of_the_repository() -> None:
    assert MIGRATIONS.resolve() == ROOT / "migrations"
    assert (MIGRATIONS / "env.py").is_file()
