import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store.samples import record
from traffic.errors import StoreError
from traffic.store import schema
from traffic.store.database import create_if_absent, migrating, open_database, upgrade
from traffic.store.repository import Repository
from traffic.store.schema import SchemaState, schema_state
from traffic.store.settings import DatabaseSettings


def test_state_of_a_database_without_tables(absent: DatabaseSettings) -> None:
    with migrating(absent) as connection:
        assert schema_state(connection) is SchemaState.EMPTY


def test_database_of_a_newer_version_is_refused_with_the_remedy(current: DatabaseSettings) -> None:
    _execute(current, "UPDATE alembic_version SET version_num = '9999'")
    for act in (open_database(current).__enter__, lambda: upgrade(current)):
        with pytest.raises(StoreError, match="newer version") as caught:
            act()
        assert "install the version" in caught.value.remedy


NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "0002"


def upgrade():
    op.execute("UPDATE passages SET colour = 'unknown' WHERE colour IS NULL")
    with op.batch_alter_table("passages") as batch:
        batch.alter_column("colour", nullable=False, existing_type=sa.Text(), server_default="unknown")
        batch.add_column(sa.Column("lane", sa.Text(), nullable=False, server_default="unknown"))
"""


def test_older_database_is_refused_until_it_is_upgraded_and_keeps_its_rows(
    current: DatabaseSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(current) as engine:
        Repository(engine, current).record([record(1, rules=("red_light",))])
    newer_tree = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    (newer_tree / "versions" / "9000_lane.py").write_text(NEXT_REVISION)
    monkeypatch.setattr(schema, "MIGRATIONS", newer_tree)
    create_if_absent(current)
    with pytest.raises(StoreError, match="got an older one") as caught, open_database(current):
        pass
    assert caught.value.remedy == "traffic db upgrade"
    upgrade(current)
    with open_database(current) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT lane FROM passages")).scalars().all() == ["unknown"]
        assert len(connection.execute(text("SELECT * FROM crossings")).all()) == 2
        assert len(connection.execute(text("SELECT * FROM violations")).all()) == 1


def test_tables_of_somebody_else_are_left_alone(absent: DatabaseSettings) -> None:
    _execute(absent, "CREATE TABLE books (title TEXT)")
    create_if_absent(absent)
    with pytest.raises(StoreError, match="tables that traffic did not make"):
        upgrade(absent)
    with migrating(absent) as connection:
        assert schema_state(connection) is SchemaState.FOREIGN


def test_upgrade_of_a_current_database_changes_nothing(current: DatabaseSettings) -> None:
    upgrade(current)
    with migrating(current) as connection:
        assert schema_state(connection) is SchemaState.CURRENT


def _execute(settings: DatabaseSettings, *statements: str) -> None:
    with migrating(settings) as connection:
        for statement in statements:
            connection.execute(text(statement))
