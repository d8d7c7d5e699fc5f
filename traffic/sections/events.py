"""What the broker is told of transits: recorded, corrected, withdrawn; each change once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from traffic.events.codec import outbox_event
from traffic.events.payload import TransitState, transit_event
from traffic.store.failures import store_errors
from traffic.store.records import OutboxEvent
from traffic.store.tables import TransitRow, WithdrawnTransitRow
from traffic.store.transits import Transit


def change_event(prefix: str, transit: Transit, violation_id: str | None, state: TransitState) -> OutboxEvent:
    """That a recorded transit says something else now, or nothing any more."""
    return outbox_event(prefix, transit_event(transit, violation_id, state=state))


def changed_transit(row: TransitRow, exit_camera_id: str, warning: str | None) -> Transit:
    """The transit of a row at its next revision, with the warning that it is to have."""
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
        revision=row.revision + 1,
    )


def withdrawn_revisions(engine: Engine, transit_ids: Iterable[str]) -> dict[str, int]:
    """Transit to the revision at which it was withdrawn, of those that were.

    Raises:
        StoreError: the record cannot be read.
    """
    query = select(WithdrawnTransitRow.transit_id, WithdrawnTransitRow.revision).where(
        WithdrawnTransitRow.transit_id.in_(list(transit_ids))
    )
    with store_errors(engine.url, "the record to be readable"), Session(engine) as session:
        return {row.transit_id: row.revision for row in session.execute(query)}
