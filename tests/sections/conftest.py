"""A section's project on both databases, and one on SQLite where the database decides nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.sections.project import Project
from tests.store.conftest import absent, current, engine, new_schema, own_postgresql, postgresql, sqlite
from traffic.store.database import open_for_recording, upgrade
from traffic.store.settings import DatabaseSettings

__all__ = ["absent", "current", "engine", "new_schema", "own_postgresql", "postgresql", "sqlite"]


@pytest.fixture
def project(engine: Engine, absent: DatabaseSettings, tmp_path: Path) -> Project:
    return Project(engine, absent, tmp_path / "evidence")


@pytest.fixture(scope="session")
def without_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema, to be copied: quicker than to make it."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    upgrade(DatabaseSettings(url=f"sqlite:///{path}"))
    return path


@pytest.fixture
def small(without_rows: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copy(without_rows, tmp_path / "small.db")
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path}/small.db")
    with open_for_recording(settings) as opened:
        yield Project(opened, settings, tmp_path / "evidence")
