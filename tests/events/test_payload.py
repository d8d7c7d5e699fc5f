"""What stands in an event, in the units of the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from builders import STARTED_AT, passage
from pydantic import ValidationError

from tests.store.samples import plate, speed, violation_record
from tests.store.samples import record as sample
from traffic.datatypes import EvidenceFile, Fact, LineCrossing
from traffic.events.codec import encode
from traffic.events.payload import (
    RECORDER_ID,
    HealthCondition,
    Severity,
    health_event,
    passage_event,
    violation_event,
)


def test_speed_is_in_kmh_on_the_wire() -> None:
    event = passage_event(passage(speed=speed(20.0)))
    assert event.speed is not None
    assert (event.speed.speed_kmh, event.speed.standard_error_kmh, event.speed.distance_m) == (72.0, 0.9, 31.0)


def test_passage_of_which_little_is_known() -> None:
    event = passage_event(passage())
    assert (event.colour, event.plate, event.speed, event.crossings) == (None, None, None, ())


def test_passage_of_which_all_is_known() -> None:
    event = passage_event(
        passage(colour="red", plate=plate("A123BC77"), crossings=(LineCrossing("stop", "forward", 1_234),))
    )
    assert event.plate is not None
    assert (event.plate.text, event.plate.probability, event.plate.readings) == ("A123BC77", 0.93, 7)
    assert [(c.line, c.direction, c.pts_ns) for c in event.crossings] == [("stop", "forward", 1_234)]
    assert (event.colour, event.started_at, event.end_pts_ns) == ("red", STARTED_AT, 760_000_000)


def test_violation_says_what_is_known_of_the_vehicle() -> None:
    record = violation_record(1)
    event = violation_event(sample(1, plate_text="K555AT99").passage, record.violation, record.evidence)
    assert event.plate is not None
    assert (event.plate.text, event.vehicle_type, event.rule) == ("K555AT99", "car", "red_light")
    assert [(fact.name, fact.value, fact.unit) for fact in event.facts] == [
        ("speed", 69.84, "km/h"),
        ("red for", 1.5, "s"),
    ]
    assert (event.evidence.path, event.evidence.size_bytes) == ("north/1.jpg", 1001)


def test_replay_gives_the_same_ids_and_kinds_differ() -> None:
    record = violation_record(1)
    again = [violation_event(sample(1).passage, record.violation, record.evidence) for _ in range(2)]
    assert again[0].event_id == again[1].event_id
    assert len({again[0].event_id, passage_event(sample(1).passage).event_id, passage_event(passage()).event_id}) == 3


def test_health_event_is_told_apart_by_its_moment() -> None:
    ids = {
        health_event("north", STARTED_AT + timedelta(seconds=s), "warning", "frames_dropped", "3 frames", 3).event_id
        for s in (0, 0, 1)
    }
    assert len(ids) == 2


def test_every_condition_is_described_for_people() -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    _, table = text.split("| condition | severity | meaning |")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:3]] for line in table.splitlines()[2:]]
    assert [condition for condition, _ in rows] == list(get_args(HealthCondition))
    assert {severity for _, severity in rows} == set(get_args(Severity))
    assert f"`{RECORDER_ID}`" in text


def test_times_are_utc_with_microseconds() -> None:
    at = datetime(2026, 5, 4, 15, 0, 0, 42, timezone(timedelta(hours=3)))
    assert '"at":"2026-05-04T12:00:00.000042Z"' in encode(health_event("north", at, "info", "connected", "it is back"))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_figure_that_json_cannot_say(value: float) -> None:
    record = violation_record(1)
    broken = replace(record.violation, facts=(Fact("speed", value, "m/s"),))
    with pytest.raises(ValidationError, match="finite"):
        violation_event(sample(1).passage, broken, record.evidence)


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        passage_event(replace(passage(), started_at=datetime(2026, 5, 4)))  # noqa: DTZ001


def test_evidence_without_a_checksum_is_refused() -> None:
    record = violation_record(1)
    with pytest.raises(ValidationError, match="sha256"):
        violation_event(sample(1).passage, record.violation, EvidenceFile("a.jpg", "none", 1))
