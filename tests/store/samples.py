"""Passages as the recorder hands them over, numbered: the same number gives the same ids."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid5

from builders import STARTED_AT, passage, reading, trajectory

from traffic.datatypes import (
    EvidenceFile,
    Fact,
    LineCrossing,
    ListHit,
    Plate,
    PlateAlternative,
    SpeedEstimate,
    Violation,
)
from traffic.store.records import OutboxEvent, PassageRecord, ViolationRecord

IDS = UUID("3f9d6e8e-1f52-4b7a-9a63-0c7a5d1b2e4f")
CROSSINGS_EACH = 2


def number_id(kind: str, number: int) -> str:
    return str(uuid5(IDS, f"{kind} {number}"))


def plate(text: str) -> Plate:
    return Plate(text, 0.93, 7, reading(text))


def known_plate(text: str) -> Plate:
    """A certain one of Russia's type 1."""
    other = PlateAlternative("A128BC77", 0.02)
    return Plate(text, 0.97, 7, reading(text), country="ru", format="1", certain=True, alternatives=(other,))


def list_hit(list_name: str = "stolen", entry: str = "A123BC77", match: str = "exact") -> ListHit:
    return ListHit(list_name, "watch", entry, match, "red lorry")


def picture(number: int) -> EvidenceFile:
    return EvidenceFile(f"north/passage_{number}.jpg", f"{number:064x}", 2000 + number)


def speed(metres_a_second: float) -> SpeedEstimate:
    return SpeedEstimate(metres_a_second, 0.25, -3.5, 31.0, 0, 1_500_000_000)


def violation_record(number: int, *, rule: str = "red_light", camera_id: str = "north") -> ViolationRecord:
    violation = Violation(
        violation_id=number_id(f"violation {rule}", number),
        passage_id=number_id("passage", number),
        camera_id=camera_id,
        rule=rule,
        pts_ns=400_000_000,
        occurred_at=STARTED_AT + timedelta(minutes=number),
        facts=(Fact("speed", 19.4, "m/s"), Fact("red for", 1.5, "s")),
    )
    return ViolationRecord(violation, EvidenceFile(f"north/{number}.jpg", f"{number:064x}", 1000 + number))


def outbox_event(number: int, kind: str, camera_id: str) -> OutboxEvent:
    event_id = number_id(f"event {kind}", number)
    return OutboxEvent(event_id, f"traffic/{camera_id}/{kind}", json.dumps({"event_id": event_id}))


def record(
    number: int,
    *,
    camera_id: str = "north",
    vehicle_type: str = "car",
    plate_text: str | None = None,
    rules: tuple[str, ...] = (),
    direction: str = "forward",
    hits: tuple[ListHit, ...] = (),
) -> PassageRecord:
    """Passage `number` begins `number` minutes after STARTED_AT; one event for it and one for each violation."""
    path = trajectory([(100.0, 100.0 + 2 * i, 180.0, 160.0 + 2 * i) for i in range(90)])
    kept = passage(
        path,
        camera_id=camera_id,
        track_id=number + 1,
        passage_id=number_id("passage", number),
        vehicle_type=vehicle_type,
        plate=plate(plate_text) if plate_text else None,
        speed=speed(13.5),
        crossings=tuple(LineCrossing(f"line {k}", direction, k * 1_000_000) for k in range(CROSSINGS_EACH)),
    )
    object.__setattr__(kept, "started_at", STARTED_AT + timedelta(minutes=number))
    violations = tuple(violation_record(number, rule=rule, camera_id=camera_id) for rule in rules)
    events = tuple(outbox_event(number, kind, camera_id) for kind in ("passage", *rules))
    return PassageRecord(kept, violations, events, hits)
