"""Transits: none lost, none twice, and violations with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import STARTED_AT
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.store.samples import number_id, outbox_event, record, violation_record
from traffic.errors import StoreError
from traffic.store.database import open_for_recording
from traffic.store.queries import get_passage
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow, TransitRow, ViolationRow
from traffic.store.transits import Transit, TransitRecord, TransitRepository


def transit(entry: int, exit_: int, *, section: str = "ring", warning: str | None = None) -> Transit:
    """From passage `entry` to passage `exit_`, a minute for each number between."""
    minutes = exit_ - entry
    return Transit(
        transit_id=number_id(f"transit {section} {entry}", exit_),
        section=section,
        entry_passage_id=number_id("passage", entry),
        exit_passage_id=number_id("passage", exit_),
        exit_camera_id="north",
        plate_text="A123BC77",
        plate_hash=None,
        match="exact",
        entered_at=STARTED_AT + timedelta(minutes=entry),
        left_at=STARTED_AT + timedelta(minutes=exit_),
        distance_m=1500.0,
        duration_s=60.0 * minutes,
        speed_mps=1500.0 / (60.0 * minutes),
        standard_error_mps=0.1,
        warning=warning,
    )


@pytest.fixture
def repository(engine: Engine, absent: DatabaseSettings) -> TransitRepository:
    Repository(engine, absent).record([record(number) for number in range(6)])
    return TransitRepository(engine, absent)


def counts(engine: Engine) -> tuple[int, int, int]:
    """Transits, violations, and events that are not a passage's."""
    with Session(engine) as session:
        transits = session.scalars(select(func.count()).select_from(TransitRow)).one()
        violations = session.scalars(select(func.count()).select_from(ViolationRow)).one()
        events = select(func.count()).select_from(OutboxRow).where(OutboxRow.topic.not_like("%/passage"))
        return transits, violations, session.scalars(events).one()


def test_transit_with_its_violation_and_events_becomes_rows_once(engine: Engine, repository: TransitRepository) -> None:
    speeding = TransitRecord(transit(0, 1), violation_record(1, rule="average_speed"), (outbox_event(1, "t", "ring"),))
    plain = TransitRecord(transit(2, 4, warning="one character differs"))
    assert repository.record([speeding, plain, plain]) == {speeding.transit.transit_id, plain.transit.transit_id}
    assert repository.record([speeding, plain]) == frozenset()
    assert counts(engine) == (2, 1, 1)
    with Session(engine) as session:
        first, second = session.scalars(select(TransitRow).order_by(TransitRow.left_at)).all()
    assert (first.speed_mps, first.left_at, first.match) == (25.0, STARTED_AT + timedelta(minutes=1), "exact")
    assert (first.violation_id, first.warning) == (number_id("violation average_speed", 1), None)
    assert (second.violation_id, second.warning) == (None, "one character differs")
    passage = get_passage(engine, number_id("passage", 1))
    assert passage is not None
    assert [violation.rule for violation in passage.violations] == ["average_speed"]


def test_an_exit_belongs_to_one_transit_of_a_section(engine: Engine, repository: TransitRepository) -> None:
    repository.record([TransitRecord(transit(0, 2))])
    assert repository.record([TransitRecord(transit(1, 2))]) == frozenset()
    assert len(repository.record([TransitRecord(transit(1, 2, section="bridge"))])) == 1
    assert counts(engine)[0] == 2


def test_a_passage_that_is_not_on_record_leaves_the_whole_batch_out(
    engine: Engine, repository: TransitRepository
) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        repository.record([TransitRecord(transit(0, 1)), TransitRecord(transit(2, 99))])
    assert counts(engine) == (0, 0, 0)


def test_no_transits_no_rows(engine: Engine, repository: TransitRepository) -> None:
    assert repository.record([]) == frozenset()
    assert counts(engine) == (0, 0, 0)


def test_violation_of_another_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="got one of"):
        TransitRecord(transit(0, 1), violation_record(3))


def test_a_second_recorder_waits_for_none_and_adds_none(engine: Engine, repository: TransitRepository) -> None:
    settings = DatabaseSettings(url=engine.url.render_as_string(hide_password=False))
    mine = TransitRecord(transit(0, 1))
    theirs = replace(mine, transit=transit(0, 1, warning="seen twice"))
    with open_for_recording(settings) as other:
        assert TransitRepository(other, settings).record([theirs])
    assert repository.record([mine]) == frozenset()
    assert counts(engine) == (1, 0, 0)
