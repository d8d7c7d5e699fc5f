"""On both databases: what becomes of a transit that is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.sections.rows import record
from tests.sections.samples import ENTRY, EXIT, passed, section
from traffic.datatypes import EvidenceFile
from traffic.sections.corrections import Corrected, Corrections
from traffic.sections.events import withdrawn_revisions
from traffic.sections.transit import transits, violation_of
from traffic.store.records import OutboxEvent, ViolationRecord
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow, TransitRow, ViolationRow
from traffic.store.transits import TransitRecord, TransitRepository

SEEN = [passed(ENTRY, 0), passed(EXIT, 100)]
EVENT = OutboxEvent("0d3c1a5e-0000-4000-8000-000000000001", "traffic/x", "{}")


@pytest.fixture
def corrections(engine: Engine, absent: DatabaseSettings) -> Iterator[Corrections]:
    record(engine, absent, SEEN)
    (transit,) = transits(SEEN, section())
    TransitRepository(engine, absent).record([TransitRecord(transit.stored)])
    return Corrections(engine, absent)


def on_record(engine: Engine) -> list[TransitRow]:
    with Session(engine) as session:
        return list(session.scalars(select(TransitRow)))


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(table)).all())


def test_a_warning_is_changed_and_told(engine: Engine, corrections: Corrections) -> None:
    (row,) = on_record(engine)
    assert corrections.make(Corrected(row, "look at it", events=(EVENT,)))
    (changed,) = on_record(engine)
    assert (changed.warning, count(engine, OutboxRow)) == ("look at it", 1)


def test_one_that_is_withdrawn_is_gone(engine: Engine, corrections: Corrections) -> None:
    (row,) = on_record(engine)
    assert corrections.make(Corrected(row, None, withdrawn=True, events=(EVENT,)))
    assert on_record(engine) == []
    assert count(engine, OutboxRow) == 1


def test_a_violation_comes_with_its_transit(engine: Engine, corrections: Corrections) -> None:
    (row,), (transit,) = on_record(engine), transits(SEEN, section())
    violation = violation_of(transit, section())
    assert violation is not None
    kept = ViolationRecord(violation, EvidenceFile("a.jpg", "0" * 64, 1))
    assert corrections.make(Corrected(row, None, kept))
    (changed,) = on_record(engine)
    with Session(engine) as session:
        (issued,) = session.scalars(select(ViolationRow)).all()
    assert changed.violation_id == issued.violation_id == violation.violation_id
    assert (issued.passage_id, issued.rule) == (row.exit_passage_id, "section_speeding:bridge")


def test_what_another_process_changed_meanwhile_is_left_to_it(engine: Engine, corrections: Corrections) -> None:
    (row,) = on_record(engine)
    assert corrections.make(Corrected(row, "theirs"))
    assert not corrections.make(Corrected(row, "ours", events=(EVENT,)))
    assert not corrections.make(Corrected(row, None, withdrawn=True, events=(EVENT,)))
    (changed,) = on_record(engine)
    assert (changed.warning, count(engine, OutboxRow)) == ("theirs", 0)


def test_a_change_that_was_changed_back_meanwhile_is_a_change(engine: Engine, corrections: Corrections) -> None:
    (old,) = on_record(engine)
    for warning in ("look at it", None):
        (row,) = on_record(engine)
        assert corrections.make(Corrected(row, warning))
    assert not corrections.make(Corrected(old, "late"))


def test_revisions_go_on_when_a_transit_is_withdrawn_and_comes_back(
    engine: Engine, absent: DatabaseSettings, corrections: Corrections
) -> None:
    (row,) = on_record(engine)
    assert row.revision == 0
    assert corrections.make(Corrected(row, "look at it"))
    for withdrawn_at, back_at in ((2, 3), (4, 5)):
        (row,) = on_record(engine)
        assert corrections.make(Corrected(row, None, withdrawn=True))
        assert withdrawn_revisions(engine, [row.transit_id, "another"]) == {row.transit_id: withdrawn_at}
        (transit,) = transits(SEEN, section())
        back = replace(transit, revision=back_at)
        TransitRepository(engine, absent).record([TransitRecord(back.stored)])
        assert on_record(engine)[0].revision == back_at


def test_one_that_is_gone_is_not_corrected(engine: Engine, corrections: Corrections) -> None:
    (row,) = on_record(engine)
    assert corrections.make(Corrected(row, None, withdrawn=True))
    assert not corrections.make(Corrected(row, "late"))
