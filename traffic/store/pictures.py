"""The pictures of passages on record: which of them nothing needs any more, and forgetting those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, exists, or_, select, update

from traffic.store.database import writing
from traffic.store.failures import store_errors
from traffic.store.tables import PassageRow, TransitRow, ViolationRow


@dataclass(frozen=True, slots=True)
class RecordedPicture:
    """The picture of a passage; its path is relative to the evidence folder."""

    passage_id: str
    camera_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """Transits whose violation is still tried: those with this warning that left from `since` on."""

    warning: str
    since: datetime


def unneeded_pictures(engine: Engine, before: Mapping[str, datetime], awaited: Awaited) -> list[RecordedPicture]:
    """Those of passages that belong to no violation, neither their own nor a section's, nor to an awaited one.

    Args:
        engine: of the record.
        before: camera to a moment, aware: passages of that camera that ended before it.
        awaited: transits whose pictures stay.

    Raises:
        StoreError: the record cannot be read.
    """
    if not before:
        return []
    ended = [and_(PassageRow.camera_id == camera, PassageRow.ended_at < moment) for camera, moment in before.items()]
    query = select(PassageRow.passage_id, PassageRow.camera_id, PassageRow.picture_path)
    query = query.where(or_(*ended), *_unneeded(awaited)).order_by(PassageRow.started_at)
    with store_errors(engine.url, "the record to be readable"), engine.connect() as connection:
        rows = connection.execute(query)
        return [RecordedPicture(passage, camera, path) for passage, camera, path in rows if path is not None]


def forget_pictures(engine: Engine, passage_ids: Sequence[str], awaited: Awaited) -> frozenset[str]:
    """Takes the pictures of passages out of their rows, in one transaction, where still nothing needs them.

    Returns:
        The passages whose row lost its picture.

    Raises:
        StoreError: the record cannot be written; nothing is changed.
    """
    gone = {"picture_path": None, "picture_sha256": None, "picture_size_bytes": None}
    query = update(PassageRow).where(PassageRow.passage_id.in_(passage_ids), *_unneeded(awaited)).values(gone)
    with store_errors(engine.url, "to forget pictures"), writing(engine).begin() as connection:
        rows = connection.execute(query.returning(PassageRow.passage_id))
        return frozenset(row.passage_id for row in rows)


def pictured(engine: Engine, passage_ids: Sequence[str]) -> frozenset[str]:
    """The paths of the pictures that are on record of these passages.

    Raises:
        StoreError: the record cannot be read.
    """
    query = select(PassageRow.picture_path).where(PassageRow.passage_id.in_(passage_ids))
    with store_errors(engine.url, "the record to be readable"), engine.connect() as connection:
        return frozenset(path for path in connection.scalars(query) if path is not None)


def _unneeded(awaited: Awaited) -> list[ColumnElement[bool]]:
    waits = and_(TransitRow.warning == awaited.warning, TransitRow.left_at >= awaited.since)
    needed = or_(TransitRow.violation_id.is_not(None), waits)
    return [
        PassageRow.picture_path.is_not(None),
        ~exists().where(ViolationRow.passage_id == PassageRow.passage_id),
        PassageRow.passage_id.not_in(select(TransitRow.entry_passage_id).where(needed)),
        PassageRow.passage_id.not_in(select(TransitRow.exit_passage_id).where(needed)),
    ]
