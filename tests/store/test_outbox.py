from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from tests.store.samples import number_id, record
from traffic.store.outbox import Outbox
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow

EVER = timedelta(days=10_000)


@pytest.fixture
def outbox(engine: Engine, absent: DatabaseSettings) -> Outbox:
    """Ten events wait."""
    Repository(engine, absent).record([record(number) for number in range(10)])
    return Outbox(engine)


def numbers(rows: Sequence[OutboxRow]) -> list[int]:
    by_id = {number_id("event passage", number): number for number in range(10)}
    return [by_id[row.event_id] for row in rows]


def send(outbox: Outbox, *sent: int) -> None:
    waiting = outbox.unsent(100)
    outbox.mark_sent([row.sequence for row, number in zip(waiting, numbers(waiting), strict=True) if number in sent])


def test_oldest_first(outbox: Outbox) -> None:
    assert numbers(outbox.unsent(3)) == [0, 1, 2]
    assert outbox.unsent_count() == 10


def test_sent_events_wait_no_longer(outbox: Outbox) -> None:
    send(outbox, 0, 2, 3)
    assert numbers(outbox.unsent(3)) == [1, 4, 5]
    assert outbox.unsent_count() == 7


@pytest.mark.parametrize(("keep", "deleted"), [(0, 4), (1, 3), (4, 0), (9, 0)])
def test_only_so_many_sent_events_are_kept(outbox: Outbox, keep: int, deleted: int) -> None:
    send(outbox, 0, 1, 2, 9)
    assert outbox.delete_sent(older_than=EVER, beyond=keep) == deleted
    assert outbox.unsent_count() == 6


def test_sent_events_are_kept_for_so_long(outbox: Outbox, engine: Engine) -> None:
    send(outbox, 0, 1, 2)
    long_ago = datetime.now(timezone.utc) - timedelta(days=8)
    with Session(engine) as session, session.begin():
        first = outbox.unsent(1)[0].sequence
        session.execute(update(OutboxRow).where(OutboxRow.sequence < first - 1).values(sent_at=long_ago))
    assert outbox.delete_sent(older_than=timedelta(days=7), beyond=100) == 2
    assert outbox.unsent_count() == 7


def test_unsent_event_is_never_deleted(outbox: Outbox) -> None:
    assert outbox.delete_sent(older_than=timedelta(0), beyond=0) == 0
    assert outbox.unsent_count() == 10


def test_replay_after_deletion_does_not_send_again(outbox: Outbox, engine: Engine, absent: DatabaseSettings) -> None:
    send(outbox, *range(10))
    assert outbox.delete_sent(older_than=timedelta(0), beyond=0) == 10
    Repository(engine, absent).record([record(number) for number in range(10)])
    assert outbox.unsent(1) == []
