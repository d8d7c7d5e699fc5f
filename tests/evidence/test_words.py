from dataclasses import replace

import pytest

from traffic.datatypes import Fact
from traffic.evidence.words import describe


def words(case, **changes):
    return describe(case, replace(case.violations[0], **changes))


def test_what_a_reviewer_reads(speeding_case):
    told = words(speeding_case(plate_index=10))
    assert (told.title, told.figures) == ("Speeding", "92 km/h, limit 60 km/h")
    assert dict(told.rows) == {
        "Camera": "north",
        "Moment": "2026-05-04 12:00:00.400 UTC",
        "Picture": "2026-05-04 12:00:00.400 UTC",
        "Vehicle": "car (100%)",
        "Plate": "А 123 ВС 77 (93%, 7 readings)",
        "Facts": "speed 91.9 km/h, limit 60.0 km/h, distance 31.2 m",
        "Violation": "19f25c25-735c-5d27-9e8b-69a03d38ad60",
    }
    assert told.footer.startswith("Evidence for review")


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Fact("standard_error", 0.2, "m/s"), "standard error 0.7 km/h"),
        (Fact("minimum_distance", 10.0, "m"), "minimum distance 10.0 m"),
        (Fact("distance", 3.04, "box heights"), "distance 3.0 box heights"),
        (Fact("lane", 2.0, ""), "lane 2"),
    ],
)
def test_facts_in_words(speeding_case, fact, text):
    told = words(speeding_case(), rule="wrong_way", facts=(fact,))
    assert (told.title, told.figures) == ("Wrong way", "")
    assert dict(told.rows)["Facts"] == text


def test_a_plate_that_was_not_read_and_a_known_colour(speeding_case):
    case = speeding_case()
    red = replace(case, passage=replace(case.passage, colour="red", vehicle_type="truck"))
    assert dict(words(red).rows)["Plate"] == "not read"
    assert dict(words(red).rows)["Vehicle"] == "red truck (100%)"
