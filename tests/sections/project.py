"""A section with a database and an evidence folder, and what is on record of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.sections.rows import LINE, record
from tests.sections.samples import noon
from tests.sections.samples import section as section_settings
from traffic.evidence.passage_picture import write_jpeg
from traffic.evidence.settings import EvidenceSettings
from traffic.sections.keeper import KeeperSettings, Kept, SectionKeeper
from traffic.sections.passage import SectionPassage
from traffic.sections.settings import SectionSettings
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow, TransitRow, ViolationRow

WHOLE = (noon(-1_000_000), noon(1_000_000))
NEVER = 1_000_000.0


@dataclass(frozen=True)
class OnRecord:
    """All rows but the moments at which they were written; equal ones are equal to the bit."""

    transits: tuple[tuple[object, ...], ...]
    violations: tuple[tuple[object, ...], ...]
    events: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Project:
    """A database that is open, and a folder."""

    engine: Engine
    database: DatabaseSettings
    folder: Path

    @property
    def evidence(self) -> EvidenceSettings:
        return EvidenceSettings(folder=self.folder)

    @property
    def settings(self) -> KeeperSettings:
        return KeeperSettings(self.database, self.evidence, "traffic")

    def keeper(self, section: SectionSettings | None = None) -> SectionKeeper:
        return SectionKeeper(self.engine, section or with_lines(), self.settings)

    def arrive(self, seen: Iterable[SectionPassage]) -> None:
        """They come to the record, each with its picture."""
        record(self.engine, self.database, [self.pictured(each) for each in seen])

    def pictured(self, seen: SectionPassage) -> SectionPassage:
        image = np.full((90, 160, 3), 60 + int(seen.passage_id[:2], 16) // 4, np.uint8)
        return replace(seen, picture=write_jpeg(self.evidence, f"{seen.camera_id}/{seen.passage_id}.jpg", image))

    def keep(self, now_s: float = NEVER) -> Kept:
        return self.keeper().keep(*WHOLE, noon(now_s))

    @property
    def on_record(self) -> OnRecord:
        return read_record(self.engine)

    @property
    def transits(self) -> list[tuple[int, int, str | None, bool]]:
        """Entry and exit in seconds after noon, the warning, and whether it is a violation."""
        with Session(self.engine) as session:
            rows = session.scalars(select(TransitRow).order_by(TransitRow.left_at)).all()
        return [
            (seconds(row.entered_at), seconds(row.left_at), row.warning, row.violation_id is not None) for row in rows
        ]

    @property
    def events(self) -> list[dict[str, object]]:
        with Session(self.engine) as session:
            return [json.loads(row.payload) for row in session.scalars(select(OutboxRow).order_by(OutboxRow.sequence))]


def with_lines(**changes: object) -> SectionSettings:
    return section_settings(**{"entry_line": LINE, "exit_line": LINE, **changes})


def seconds(at: object) -> int:
    return round((at - noon(0)).total_seconds())  # type: ignore[operator]


def read_record(engine: Engine) -> OnRecord:
    with Session(engine) as session:
        transits = session.scalars(select(TransitRow).order_by(TransitRow.transit_id)).all()
        violations = session.scalars(select(ViolationRow).order_by(ViolationRow.violation_id)).all()
        events = session.scalars(select(OutboxRow).order_by(OutboxRow.event_id)).all()
        return OnRecord(
            tuple(_values(row) for row in transits),
            tuple(_values(row) for row in violations),
            tuple((row.event_id, row.payload) for row in events),
        )


def _values(row: TransitRow | ViolationRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _columns(type(row)))


def _columns(table: type[TransitRow] | type[ViolationRow]) -> Sequence[str]:
    return [column.name for column in table.__table__.columns]
