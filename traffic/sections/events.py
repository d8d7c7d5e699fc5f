"""What the broker is told of transits: recorded, corrected, withdrawn; each only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from traffic.events.codec import outbox_event
from traffic.events.payload import TransitState, transit_event
from traffic.store.failures import store_errors
from traffic.store.records import OutboxEvent
from traffic.store.tables import OutboxRow, TransitRow
from traffic.store.transits import Transit, TransitRecord


def change_event(prefix: str, transit: Transit, violation_id: str | None, state: TransitState) -> OutboxEvent:
    """That a recorded transit says something else now, or nothing any more."""
    return outbox_event(prefix, transit_event(transit, violation_id, state=state))


def transit_of(row: TransitRow, exit_camera_id: str, warning: str | None) -> Transit:
    """The transit of a row, with the warning that it is to have."""
    return Transit(
        transit_id=row.transit_id,
        section=row.section,
        entry_passage_id=row.entry_passage_id,
        exit_passage_id=row.exit_passage_id,
        exit_camera_id=exit_camera_id,
        plate_text=row.plate_text,
        plate_hash=row.plate_hash,
        match="exact" if row.match == "exact" else "hash" if row.match == "hash" else "alike",
        entered_at=row.entered_at,
        left_at=row.left_at,
        distance_m=row.distance_m,
        duration_s=row.duration_s,
        speed_mps=row.speed_mps,
        standard_error_mps=row.standard_error_mps,
        warning=warning,
    )


def with_new_events(engine: Engine, prefix: str, records: Sequence[TransitRecord]) -> list[TransitRecord]:
    """The records without events that the outbox holds already.

    A transit that was withdrawn and is right after all was told as recorded once: now it is told as corrected.

    Raises:
        StoreError: the outbox cannot be read.
    """
    told = {record.transit.transit_id: _told_again(prefix, record) for record in records}
    ids = [event.event_id for record in records for event in (*record.events, told[record.transit.transit_id])]
    known = known_events(engine, ids)
    renewed = []
    for record in records:
        events = list(record.events)
        if events and events[0].event_id in known:
            events[0] = told[record.transit.transit_id]
        fresh = tuple(event for event in events if event.event_id not in known)
        renewed.append(replace(record, events=fresh))
    return renewed


def known_events(engine: Engine, event_ids: Iterable[str]) -> frozenset[str]:
    """Those that are in the outbox, sent or not."""
    query = select(OutboxRow.event_id).where(OutboxRow.event_id.in_(list(event_ids)))
    with store_errors(engine.url, "the outbox to be readable"), Session(engine) as session:
        return frozenset(session.scalars(query))


def _told_again(prefix: str, record: TransitRecord) -> OutboxEvent:
    violation_id = record.violation.violation.violation_id if record.violation else None
    return change_event(prefix, record.transit, violation_id, "corrected")
