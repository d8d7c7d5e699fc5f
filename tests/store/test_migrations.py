"""The Alembic tree: from nothing to the tables of the code, on both databases, from wherever it is started."""

from __future__ import annotations

import string
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import inspect, text
from structlog.testing import capture_logs

from tests.store.postgresql_server import PASSWORD, PostgresqlServer
from tests.store.samples import record
from traffic.plates.confusions import skeleton
from traffic.store.database import migrating, open_database, upgrade
from traffic.store.queries import RecordFilter, list_passages
from traffic.store.repository import Repository
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


FIRST_PASSAGE = (
    "INSERT INTO passages (passage_id, camera_id, recording_id, track_id, started_at, ended_at, start_pts_ns, "
    "end_pts_ns, vehicle_type, vehicle_type_share, path, plate_text) VALUES "
    "(:id, 'north', 'r', 1, '2026-05-04 12:00:00', '2026-05-04 12:00:01', 0, 1, 'car', 1.0, '[]', :plate)"
)


def test_plates_of_an_older_record_can_be_sought(absent: DatabaseSettings) -> None:
    everything = string.digits + string.ascii_uppercase
    with migrating(absent) as connection:
        command.upgrade(alembic_config(connection), "0001")
        for number, plate in enumerate(["A123BC77", everything, "", None]):
            connection.execute(text(FIRST_PASSAGE), {"id": str(number), "plate": plate})
    upgrade(absent)
    with migrating(absent) as connection:
        found = connection.execute(text("SELECT plate_text, plate_skeleton FROM passages ORDER BY passage_id")).all()
    assert [tuple(row) for row in found] == [
        ("A123BC77", skeleton("A123BC77")),
        (everything, skeleton(everything)),
        ("", ""),
        (None, None),
    ]


def test_first_downgrade_keeps_the_passages(current: DatabaseSettings) -> None:
    with migrating(current) as connection:
        connection.execute(text(FIRST_PASSAGE), {"id": "1", "plate": "A123BC77"})
        command.downgrade(alembic_config(connection), "0001")
        assert "hits" not in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT plate_text FROM passages")).scalar_one() == "A123BC77"


def test_without_the_right_to_make_extensions_all_but_the_trigrams_is_there(postgresql: PostgresqlServer) -> None:
    with psycopg.connect(postgresql.url("postgres"), password=PASSWORD, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
        connection.execute(f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'")
    with psycopg.connect(postgresql.url("plain"), password=PASSWORD, autocommit=True) as connection:
        connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO plain")
    url = postgresql.url("plain").replace("//traffic@", "//plain@")
    settings = DatabaseSettings(url=url, password=PASSWORD, retry_for_s=5)
    with capture_logs() as logs:
        upgrade(settings)
    (warning,) = [log for log in logs if log["log_level"] == "warning"]
    assert "permission denied" in warning["came"]
    assert "CREATE EXTENSION pg_trgm; CREATE INDEX" in warning["remedy"]
    with open_database(settings) as engine:
        Repository(engine, settings).record([record(1, plate_text="A123BC77")])
        assert len(list_passages(engine, RecordFilter(plate="*23*"))) == 1
    mended = [statement.strip() for statement in warning["remedy"].split(":", 1)[1].split(";")]
    with psycopg.connect(postgresql.url("plain"), password=PASSWORD, autocommit=True) as connection:
        for statement in mended:
            connection.execute(statement.encode())
    with migrating(settings) as connection:
        command.check(alembic_config(connection))
