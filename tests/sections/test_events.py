"""What the broker is told of transits."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.sections.project import Project
from tests.sections.samples import ENTRY, EXIT, passed, section
from traffic.events.codec import decode, transit_events
from traffic.events.payload import TransitEvent
from traffic.sections.events import change_event, changed_transit, withdrawn_revisions
from traffic.sections.transit import transits
from traffic.store.tables import TransitRow, WithdrawnTransitRow
from traffic.store.transits import TransitRecord, TransitRepository

SEEN = [passed(ENTRY, 0), passed(EXIT, 150)]
(TRANSIT,) = (each.stored for each in transits(SEEN, section()))
RECORD = TransitRecord(TRANSIT, None, transit_events("traffic", TRANSIT))


def test_a_change_says_which_and_bears_an_id_of_its_own() -> None:
    events = [
        *RECORD.events,
        change_event("traffic", replace(TRANSIT, revision=1), None, "corrected"),
        change_event("traffic", replace(TRANSIT, revision=2), None, "withdrawn"),
    ]
    assert len({event.topic for event in events}) == 1
    assert len({event.event_id for event in events}) == 3
    told = [decode(event.payload) for event in events]
    assert [each.state for each in told if isinstance(each, TransitEvent)] == ["recorded", "corrected", "withdrawn"]


def test_a_row_says_what_was_recorded_at_its_next_revision(small: Project) -> None:
    small.arrive(SEEN)
    TransitRepository(small.engine, small.database).record([RECORD])
    with Session(small.engine) as session:
        (row,) = session.scalars(select(TransitRow))
    assert changed_transit(row, EXIT, None) == replace(TRANSIT, revision=1)
    assert changed_transit(row, EXIT, "look at it").warning == "look at it"


def test_revisions_of_what_was_withdrawn(small: Project) -> None:
    with Session(small.engine) as session, session.begin():
        revisions = {"one": 3, "two": 1}
        session.add_all([WithdrawnTransitRow(transit_id=name, revision=at) for name, at in revisions.items()])
    assert withdrawn_revisions(small.engine, ["one", "three"]) == {"one": 3}
    assert withdrawn_revisions(small.engine, []) == {}
