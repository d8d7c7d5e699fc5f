from dataclasses import replace
from datetime import timedelta

import pytest
from builders import STARTED_AT
from pydantic import ValidationError

from tests.store.samples import number_id
from traffic.events.payload import transit_event
from traffic.store.transits import Transit

TRANSIT = Transit(
    transit_id=number_id("transit", 1),
    section="ring",
    entry_passage_id=number_id("passage", 1),
    exit_passage_id=number_id("passage", 2),
    exit_camera_id="south",
    plate_text="A123BC77",
    plate_hash=None,
    match="exact",
    entered_at=STARTED_AT,
    left_at=STARTED_AT + timedelta(seconds=60),
    distance_m=1500.0,
    duration_s=60.0,
    speed_mps=25.0,
    standard_error_mps=0.1,
)


def test_transit_in_the_units_of_the_wire() -> None:
    event = transit_event(TRANSIT, number_id("violation", 2))
    assert (event.speed_kmh, event.standard_error_kmh, event.distance_m, event.duration_s) == (90.0, 0.36, 1500.0, 60.0)
    assert (event.section, event.camera_id, event.plate_text, event.match) == ("ring", "south", "A123BC77", "exact")
    assert (str(event.violation_id), event.warning, event.state) == (number_id("violation", 2), None, "recorded")


def test_transit_with_a_warning() -> None:
    event = transit_event(replace(TRANSIT, warning="one character differs", match="alike"))
    assert (event.warning, event.match, event.violation_id) == ("one character differs", "alike", None)


def test_matching_anew_gives_the_same_id_and_each_revision_its_own() -> None:
    """A warning that comes, goes and comes again is told three times."""
    doubted = replace(TRANSIT, warning="seen twice")
    assert transit_event(TRANSIT).event_id == transit_event(doubted).event_id
    told = [
        transit_event(TRANSIT),
        transit_event(replace(doubted, revision=1)),
        transit_event(replace(TRANSIT, revision=2)),
        transit_event(replace(doubted, revision=3)),
        transit_event(replace(doubted, revision=4), state="withdrawn"),
    ]
    assert len({event.event_id for event in told}) == 5
    assert [event.state for event in told] == ["recorded", "corrected", "corrected", "corrected", "withdrawn"]


@pytest.mark.parametrize("section", ["", "ring/1", "ring+", "#"])
def test_a_section_that_no_topic_can_name_is_refused(section: str) -> None:
    with pytest.raises(ValidationError, match="section"):
        transit_event(replace(TRANSIT, section=section))
