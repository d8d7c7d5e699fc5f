"""The list hits on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, select

from traffic.store.failures import store_errors
from traffic.store.tables import HitRow, PassageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class HitFilter:
    """Which hits; None stands for all.

    Attributes:
        since, until: aware; from `since` on and before `until`.
        camera_id, list_name: equal to.
        limit: at most so many, the newest.
    """

    since: datetime | None = None
    until: datetime | None = None
    camera_id: str | None = None
    list_name: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A list hit on record.

    Attributes:
        hit_id, camera_id, list_name, kind, entry, match, note: as recorded.
        occurred_at: aware; the passage's end.
        plate, plate_country, plate_format: of the passage; None where the plate is not kept.
        certain: whether that plate was read for certain, told of a plate of which the hash is kept as well.
        passage_id: of the passage.
    """

    hit_id: str
    occurred_at: datetime
    camera_id: str
    list_name: str
    kind: str
    entry: str
    match: str
    note: str
    plate: str | None
    plate_country: str | None
    plate_format: str | None
    certain: bool | None
    passage_id: str


def list_hits(engine: Engine, wanted: HitFilter) -> list[RecordedHit]:
    """Newest first."""
    plate = (PassageRow.plate_text, PassageRow.plate_country, PassageRow.plate_format, PassageRow.plate_certain)
    query = select(HitRow.__table__, *plate).join(PassageRow, PassageRow.passage_id == HitRow.passage_id)
    query = query.where(*_conditions(wanted)).order_by(HitRow.occurred_at.desc(), HitRow.hit_id).limit(wanted.limit)
    with store_errors(engine.url, "the record to be readable"), engine.connect() as connection:
        return [_recorded(row) for row in connection.execute(query)]


def _conditions(wanted: HitFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(HitRow.occurred_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(HitRow.occurred_at < wanted.until)
    if wanted.camera_id is not None:
        conditions.append(HitRow.camera_id == wanted.camera_id)
    if wanted.list_name is not None:
        conditions.append(HitRow.list_name == wanted.list_name)
    return conditions


def _recorded(row: Row[Any]) -> RecordedHit:
    return RecordedHit(
        hit_id=row.hit_id,
        occurred_at=row.occurred_at,
        camera_id=row.camera_id,
        list_name=row.list_name,
        kind=row.kind,
        entry=row.entry,
        match=row.match,
        note=row.note,
        plate=row.plate_text,
        plate_country=row.plate_country,
        plate_format=row.plate_format,
        certain=row.plate_certain,
        passage_id=row.passage_id,
    )
