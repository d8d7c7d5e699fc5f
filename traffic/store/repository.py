"""Writing the record: a batch of finished passages becomes durable in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from traffic.store.database import writing
from traffic.store.records import PassageRecord, outbox_rows, passage_row
from traffic.store.retry import Retry
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import PassageRow


@dataclass(frozen=True, slots=True)
class RecordResult:
    """Which passages of a batch were new, and how many the record held already."""

    new_ids: frozenset[str]
    already_there: int

    @property
    def new(self) -> int:
        """How many were new."""
        return len(self.new_ids)


class Repository:
    """Records passages. It owns no connection between two batches, so it needs no closing.

    Args:
        engine: from `open_for_recording`, whose owner outlives this.
        settings: those that the engine was opened with.
        wait: lets so many seconds pass before a batch is tried again; True when the run was stopped meanwhile, as from
            `threading.Event.wait`, which ends the trying.
    """

    def __init__(self, engine: Engine, settings: DatabaseSettings, wait: Callable[[float], bool] | None = None) -> None:
        self._reading = engine
        self._engine = writing(engine)
        self._retry = Retry(engine.url, settings.retry_for_s, wait)

    def record(self, records: Sequence[PassageRecord]) -> RecordResult:
        """Writes passages, crossings, violations, list hits and their events in one transaction.

        A passage that is there already is skipped whole, so a batch may be handed over again after a failure.
        While the server is gone the batch is tried again for `retry_for_s`, or until the run is stopped.

        Raises:
            StoreError: read-only, full, gone for too long, stopped, or a naive datetime; nothing is written.
        """
        if not records:
            return RecordResult(frozenset(), 0)
        return self._retry.attempt(f"to record {len(records)} passages", partial(self._record_once, records))

    def known(self, passage_ids: Sequence[str]) -> frozenset[str]:
        """Those of the passages that are on record already; as patient as `record`.

        Raises:
            StoreError: gone for too long, or stopped.
        """
        return self._retry.attempt("the record to be readable", partial(self._known_once, passage_ids))

    def _record_once(self, records: Sequence[PassageRecord]) -> RecordResult:
        with Session(self._engine) as session, session.begin():
            fresh = _first_of_each(records, session.scalars(_known(_ids(records))).all())
            session.add_all([passage_row(record) for record in fresh])
            session.add_all(outbox_rows(event for record in fresh for event in record.events))
        return RecordResult(frozenset(_ids(fresh)), len(records) - len(fresh))

    def _known_once(self, passage_ids: Sequence[str]) -> frozenset[str]:
        with Session(self._reading) as session:
            return frozenset(session.scalars(_known(passage_ids)))


def _known(passage_ids: Sequence[str]) -> Select[str]:
    return select(PassageRow.passage_id).where(PassageRow.passage_id.in_(passage_ids))


def _ids(records: Iterable[PassageRecord]) -> list[str]:
    return [record.passage.passage_id for record in records]


def _first_of_each(records: Sequence[PassageRecord], known: Collection[str]) -> list[PassageRecord]:
    first = {record.passage.passage_id: record for record in reversed(records)}
    skipped = set(known)
    in_order = {record.passage.passage_id: first[record.passage.passage_id] for record in records}
    return [record for passage_id, record in in_order.items() if passage_id not in skipped]
