"""The events that wait for the broker, in the order in which they were recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, timezone

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from traffic.store.database import writing
from traffic.store.failures import store_errors
from traffic.store.tables import OutboxRow

EXPECTED = "the outbox to be readable and writable"


class Outbox:
    """What the publisher needs of the outbox.

    Every method may raise StoreError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    def unsent(self, limit: int) -> Sequence[OutboxRow]:
        """The oldest unsent events, at most `limit`.

        It is no cursor: with two writers on PostgreSQL a lower sequence can appear after a higher one.
        """
        query = select(OutboxRow).where(OutboxRow.sent_at.is_(None)).order_by(OutboxRow.sequence).limit(limit)
        with store_errors(self._engine.url, EXPECTED), Session(self._engine) as session:
            return session.scalars(query).all()

    def unsent_count(self) -> int:
        """How many events wait."""
        query = select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))
        with store_errors(self._engine.url, EXPECTED), Session(self._engine) as session:
            return session.scalars(query).one()

    def mark_sent(self, sequences: Collection[int]) -> None:
        """The broker has acknowledged these events; durable when this returns."""
        statement = (
            update(OutboxRow).where(OutboxRow.sequence.in_(sequences)).values(sent_at=datetime.now(timezone.utc))
        )
        with store_errors(self._engine.url, EXPECTED), self._writing.begin() as connection:
            connection.execute(statement)

    def delete_sent(self, *, older_than: timedelta, beyond: int) -> int:
        """Forgets events that were sent longer ago than `older_than`, and all but the newest `beyond`.

        Returns:
            How many were deleted; an unsent event never is.
        """
        old = OutboxRow.sent_at < datetime.now(timezone.utc) - older_than
        sent = OutboxRow.sent_at.is_not(None)
        newest_surplus = (
            select(OutboxRow.sequence).where(sent).order_by(OutboxRow.sequence.desc()).offset(beyond).limit(1)
        )
        surplus = sent & (OutboxRow.sequence <= newest_surplus.scalar_subquery())
        with store_errors(self._engine.url, EXPECTED), self._writing.begin() as connection:
            return connection.execute(delete(OutboxRow).where(old | surplus)).rowcount
