"""Writing the transits of sections: vehicles that passed two cameras, with the violation that one may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from traffic.store.database import writing
from traffic.store.records import OutboxEvent, ViolationRecord, outbox_rows, violation_row
from traffic.store.retry import Retry
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import TransitRow, ViolationRow

Match = Literal["exact", "alike", "hash"]


@dataclass(frozen=True, slots=True)
class Transit:
    """One vehicle's way through a section; names and units are those of `tables.TransitRow`.

    Attributes:
        transit_id: a UUID made from the section and the two passages, so that matching anew gives the same.
        exit_camera_id: where it left.
        warning: why a person should look at it; None for a plain one.
        revision: how often something else was told of it before.
    """

    transit_id: str
    section: str
    entry_passage_id: str
    exit_passage_id: str
    exit_camera_id: str
    plate_text: str | None
    plate_hash: str | None
    match: Match
    entered_at: datetime
    left_at: datetime
    distance_m: float
    duration_s: float
    speed_mps: float
    standard_error_mps: float
    warning: str | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class TransitRecord:
    """Everything about one transit that becomes durable in one transaction.

    Attributes:
        violation: of the exit's passage, with its evidence.

    Raises:
        ValueError: the violation is of another passage.
    """

    transit: Transit
    violation: ViolationRecord | None = None
    events: tuple[OutboxEvent, ...] = ()

    def __post_init__(self) -> None:
        expected = self.transit.exit_passage_id
        if self.violation is not None and self.violation.violation.passage_id != expected:
            came = self.violation.violation.passage_id
            raise ValueError(f"expected a violation of the exit's passage {expected}, got one of {came}")


class TransitRepository:
    """Records transits, as traffic.store.repository.Repository records passages; with the same arguments."""

    def __init__(self, engine: Engine, settings: DatabaseSettings, wait: Callable[[float], bool] | None = None) -> None:
        self._engine = writing(engine)
        self._retry = Retry(engine.url, settings.retry_for_s, wait)

    def record(self, records: Sequence[TransitRecord]) -> frozenset[str]:
        """Writes transits, their violations and events in one transaction; one whose exit has one is skipped whole.

        Returns:
            The ids of those that were new.

        Raises:
            StoreError: read-only, full, gone for too long, stopped, or a passage that is not on record; nothing is
                written.
        """
        if not records:
            return frozenset()
        return self._retry.attempt(f"to record {len(records)} transits", partial(self._record_once, records))

    def _record_once(self, records: Sequence[TransitRecord]) -> frozenset[str]:
        with Session(self._engine) as session, session.begin():
            exits = {record.transit.exit_passage_id for record in records}
            sections = {record.transit.section for record in records}
            # The section too: the index begins with it.
            query = select(TransitRow.section, TransitRow.exit_passage_id).where(
                TransitRow.section.in_(sections), TransitRow.exit_passage_id.in_(exits)
            )
            taken = {(section, exit_id) for section, exit_id in session.execute(query)}
            fresh: dict[tuple[str, str], TransitRecord] = {}
            for record in records:
                key = (record.transit.section, record.transit.exit_passage_id)
                if key not in taken:
                    fresh.setdefault(key, record)
            # Violations first: a transit names its own.
            session.add_all([row for record in fresh.values() for row in _violation_rows(record)])
            session.flush()
            session.add_all([_transit_row(record) for record in fresh.values()])
            session.add_all(outbox_rows(event for record in fresh.values() for event in record.events))
        return frozenset(record.transit.transit_id for record in fresh.values())


def _violation_rows(record: TransitRecord) -> list[ViolationRow]:
    if record.violation is None:
        return []
    row = violation_row(record.violation)
    row.passage_id = record.transit.exit_passage_id
    return [row]


def _transit_row(record: TransitRecord) -> TransitRow:
    transit, violation = record.transit, record.violation
    return TransitRow(
        transit_id=transit.transit_id,
        section=transit.section,
        entry_passage_id=transit.entry_passage_id,
        exit_passage_id=transit.exit_passage_id,
        plate_text=transit.plate_text,
        plate_hash=transit.plate_hash,
        match=transit.match,
        entered_at=transit.entered_at,
        left_at=transit.left_at,
        distance_m=float(transit.distance_m),
        duration_s=float(transit.duration_s),
        speed_mps=float(transit.speed_mps),
        standard_error_mps=float(transit.standard_error_mps),
        warning=transit.warning,
        violation_id=violation.violation.violation_id if violation else None,
        revision=transit.revision,
    )
