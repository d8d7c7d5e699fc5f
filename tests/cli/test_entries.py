"""Rows as people read them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from traffic.cli.entries import (
    alternatives_text,
    passage_entry,
    plate_text,
    plate_type_text,
    vehicle_text,
    violation_entry,
)
from traffic.datatypes import Fact, PlateAlternative
from traffic.store.tables import CrossingRow, HitRow, PassageRow, ViolationRow

AT = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)


def row(**changed: Any) -> PassageRow:
    plain: dict[str, Any] = {
        "passage_id": "p",
        "camera_id": "north",
        "recording_id": "r",
        "track_id": 7,
        "started_at": AT,
        "ended_at": AT,
        "start_pts_ns": 0,
        "end_pts_ns": 1,
        "vehicle_type": "car",
        "vehicle_type_share": 2 / 3,
        "colour": None,
        "plate_text": None,
        "plate_probability": None,
        "plate_readings": None,
        "speed_mps": None,
        "speed_standard_error_mps": None,
        "heading_deg": None,
        "path": (),
        "crossings": [],
        "violations": [],
    }
    return PassageRow(**(plain | changed))


def violation_row(fact: Fact, passage: PassageRow) -> ViolationRow:
    violation = ViolationRow(
        violation_id="v",
        camera_id="north",
        rule="speeding",
        occurred_at=AT,
        pts_ns=0,
        facts=(fact,),
        evidence_path="a.jpg",
        evidence_sha256="0" * 64,
        evidence_size_bytes=1,
    )
    violation.passage = passage
    return violation


@pytest.mark.parametrize(
    ("stored", "field", "shown"),
    [
        ({"speed_mps": 20.0}, "speed_kmh", 72.0),
        ({"speed_mps": 0.0}, "speed_kmh", 0.0),
        ({}, "speed_kmh", None),
        ({"speed_standard_error_mps": 0.5}, "speed_standard_error_kmh", 1.8),
        ({"plate_text": "A123BC77"}, "plate_shown", "А 123 ВС 77"),
        ({"plate_text": "B12345"}, "plate_shown", "B12345"),
        ({"plate_text": "AB123177", "plate_country": "ru", "plate_format": "2"}, "plate_shown", "АВ 1231 77"),
        ({"plate_text": "1234AB7", "plate_country": "by", "plate_format": "private"}, "plate_shown", "1234 AB-7"),
        ({}, "plate_shown", None),
        ({}, "plate_alternatives", ()),
        ({"plate_alternatives": (PlateAlternative("A1", 0.0213),)}, "plate_alternatives", ("A1 2.1%",)),
        ({"plate_hash": "ab"}, "plate_hash", "ab"),
        ({"picture_path": "north/1.jpg"}, "picture_path", "north/1.jpg"),
        ({}, "picture_path", None),
        ({}, "vehicle_type_share", 0.667),
    ],
)
def test_a_passage(stored: dict[str, object], field: str, shown: object) -> None:
    assert getattr(passage_entry(row(**stored)), field) == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [({"plate_text": "A123BC77", "plate_hash": None}, "А 123 ВС 77"), ({"plate_hash": "ab"}, "hashed"), ({}, "")],
)
def test_a_plate_in_a_table(stored: dict[str, object], shown: str) -> None:
    assert plate_text(passage_entry(row(**stored))) == shown
    assert plate_text(violation_entry(violation_row(Fact("speed", 1.0, "m/s"), row(**stored)))) == shown


def test_a_violation_tells_the_hash_of_its_plate() -> None:
    broken = violation_row(Fact("speed", 1.0, "m/s"), row(plate_hash="ab"))
    assert violation_entry(broken).plate_hash == "ab"


def test_crossings_keep_their_order() -> None:
    crossings = [CrossingRow(position=k, line=line, direction="forward", pts_ns=k) for k, line in enumerate("ba")]

    assert passage_entry(row(crossings=crossings)).crossings == ("b forward", "a forward")


@pytest.fixture
def in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Fact("speed", 20.0, "m/s"), "speed 72.0 km/h"),
        (Fact("distance", 31.26, "m"), "distance 31.3 m"),
        (Fact("distance", 99.96, "m"), "distance 100 m"),
        (Fact("distance", 3000.0, "m"), "distance 3000 m"),
        (Fact("distance", 3012.43, "m"), "distance 3012.4 m"),
        (Fact("distance", 12345.0, "m"), "distance 12345 m"),
        (Fact("red for", 1.5, "s"), "red for 1.5 s"),
        (Fact("duration", 1234.56, "s"), "duration 1234.6 s"),
        (Fact("wrong turns", 2.0, ""), "wrong turns 2"),
        (Fact("entered", AT.timestamp(), "s since 1970"), "entered 2026-05-04 17:30:00+05:30"),
        (Fact("left", AT.timestamp() + 7 * 3600, "s since 1970"), "left 2026-05-05 00:30:00+05:30"),
    ],
)
def test_the_facts_of_a_violation(fact: Fact, text: str, in_india: None) -> None:
    entry = violation_entry(violation_row(fact, row(plate_text="K777KK199")))

    assert entry.facts == (text,)
    assert entry.plate_shown == "К 777 КК 199"


@pytest.mark.parametrize(
    ("country", "name", "text"),
    [
        ("ru", "20", "ru 20, police"),
        ("kz", "private", "kz private, private"),
        ("ru", "99", "ru 99"),
        ("jp", "1", "jp 1"),
        ("ru", None, "none that is known"),
        (None, None, "none that is known"),
    ],
)
def test_a_plate_type_in_words(country: str | None, name: str | None, text: str) -> None:
    assert plate_type_text(country, name) == text


def test_alternatives_and_hits_in_words() -> None:
    hit = HitRow(
        hit_id="h",
        camera_id="c",
        list_name="stolen",
        kind="watch",
        entry="A*",
        match="pattern",
        note="",
        occurred_at=AT,
    )
    entry = passage_entry(
        row(hits=[hit], plate_alternatives=(PlateAlternative("A1", 0.02), PlateAlternative("B1", 0.01)))
    )
    assert entry.list_hits == ("stolen: A* (pattern)",)
    assert alternatives_text(entry) == "A1 2.0%, B1 1.0%"
    assert alternatives_text(passage_entry(row())) == "nothing else"


@pytest.mark.parametrize(
    ("vehicle_type", "colour", "text"),
    [("van", "white", "white van"), ("articulated_truck", None, "articulated truck"), ("car", "red", "red car")],
)
def test_a_vehicle_in_words(vehicle_type: str, colour: str | None, text: str) -> None:
    assert vehicle_text(vehicle_type, colour) == text
