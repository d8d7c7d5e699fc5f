"""A section's project on both databases, and one on SQLite where the database decides nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.sections.project import Project
from tests.store.conftest import absent, current, engine, new_schema, own_postgresql, postgresql, sqlite
from traffic.store.database import open_for_recording
from traffic.store.settings import DatabaseSettings

__all__ = ["absent", "current", "engine", "new_schema", "own_postgresql", "postgresql", "sqlite"]


@pytest.fixture
def project(engine: Engine, absent: DatabaseSettings, tmp_path: Path) -> Project:
    return Project(engine, absent, tmp_path / "evidence")


@pytest.fixture
def small(empty_record: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copy(empty_record, tmp_path / "small.db")
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path}/small.db")
    with open_for_recording(settings) as opened:
        yield Project(opened, settings, tmp_path / "evidence")
