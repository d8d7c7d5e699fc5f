"""Writes what has become of transits that are on record already, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from traffic.store.database import writing
from traffic.store.records import OutboxEvent, ViolationRecord, outbox_rows, violation_row
from traffic.store.retry import Retry
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import TransitRow, WithdrawnTransitRow


@dataclass(frozen=True, slots=True)
class Corrected:
    """A recorded transit as it is to be.

    Attributes:
        row: as it was read.
        warning: what it is to say; of no account where it is withdrawn.
        violation: to be issued with it.
        withdrawn: the row goes.
        events: that tell of it, at the row's next revision.
    """

    row: TransitRow
    warning: str | None
    violation: ViolationRecord | None = None
    withdrawn: bool = False
    events: tuple[OutboxEvent, ...] = ()


class Corrections:
    """Corrects transits; with the arguments of traffic.store.transits.TransitRepository."""

    def __init__(self, engine: Engine, settings: DatabaseSettings, wait: Callable[[float], bool] | None = None) -> None:
        self._engine = writing(engine)
        self._retry = Retry(engine.url, settings.retry_for_s, wait)

    def make(self, corrected: Corrected) -> bool:
        """Writes the transit, its violation and the events in one transaction.

        Returns:
            False where another process changed the transit since it was read: nothing is written.

        Raises:
            StoreError: as TransitRepository.record.
        """
        return self._retry.attempt("to correct a transit", partial(self._make_once, corrected))

    def _make_once(self, corrected: Corrected) -> bool:
        with Session(self._engine) as session, session.begin():
            row = session.get(TransitRow, corrected.row.transit_id, with_for_update=True)
            if row is None or row.revision != corrected.row.revision:
                return False
            if corrected.withdrawn:
                session.merge(WithdrawnTransitRow(transit_id=row.transit_id, revision=row.revision + 1))
                session.delete(row)
            else:
                _write(session, row, corrected)
            session.add_all(outbox_rows(corrected.events))
        return True


def _write(session: Session, row: TransitRow, corrected: Corrected) -> None:
    row.warning = corrected.warning
    row.revision += 1
    if corrected.violation is None:
        return
    violation = violation_row(corrected.violation)
    violation.passage_id = row.exit_passage_id
    session.add(violation)
    session.flush()
    row.violation_id = violation.violation_id
