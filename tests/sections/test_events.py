"""What the broker is told of transits, and that it is told once."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.sections.project import Project
from tests.sections.samples import ENTRY, EXIT, passed, section
from traffic.events.codec import decode, transit_events
from traffic.events.payload import TransitEvent
from traffic.sections.events import change_event, known_events, transit_of, with_new_events
from traffic.sections.transit import transits
from traffic.store.tables import TransitRow
from traffic.store.transits import TransitRecord, TransitRepository

SEEN = [passed(ENTRY, 0), passed(EXIT, 150)]
(TRANSIT,) = (each.stored for each in transits(SEEN, section()))
RECORD = TransitRecord(TRANSIT, None, transit_events("traffic", TRANSIT))


def test_a_change_says_which_and_bears_an_id_of_its_own() -> None:
    events = [*RECORD.events, *(change_event("traffic", TRANSIT, None, state) for state in ("corrected", "withdrawn"))]
    assert {event.topic for event in events} == {"traffic/sections/bridge/transits"}
    assert len({event.event_id for event in events}) == 3
    told = [decode(event.payload) for event in events]
    assert [each.state for each in told if isinstance(each, TransitEvent)] == ["recorded", "corrected", "withdrawn"]


def test_a_row_says_what_was_recorded(small: Project) -> None:
    small.arrive(SEEN)
    TransitRepository(small.engine, small.database).record([RECORD])
    with Session(small.engine) as session:
        (row,) = session.scalars(select(TransitRow))
    assert transit_of(row, EXIT, None) == TRANSIT
    assert transit_of(row, EXIT, "look at it").warning == "look at it"


def test_what_the_outbox_holds_is_not_told_again(small: Project) -> None:
    assert with_new_events(small.engine, "traffic", [RECORD]) == [RECORD]
    small.arrive(SEEN)
    TransitRepository(small.engine, small.database).record([RECORD])
    assert known_events(small.engine, [RECORD.events[0].event_id, TRANSIT.transit_id]) == {RECORD.events[0].event_id}
    (again,) = with_new_events(small.engine, "traffic", [RECORD])
    assert [json.loads(event.payload)["state"] for event in again.events] == ["corrected"]
