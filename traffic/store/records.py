"""What the recorder hands over for one finished passage, and the rows made from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from uuid import UUID, uuid5

import numpy as np

from traffic.datatypes import EvidenceFile, LineCrossing, ListHit, Passage, Trajectory, Violation
from traffic.plates.confusions import skeleton
from traffic.plates.display import canonical_text
from traffic.store.columns import PathPoint
from traffic.store.tables import CrossingRow, HitRow, OutboxRow, PassageRow, ViolationRow

PATH_POINTS = 64
"""A stored path has at most so many points, the first and the last among them."""


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """A message for the broker, built where the wire fields are named.

    Attributes:
        event_id: a UUID that is the same for every replay; a subscriber drops one that it has seen.
        topic: the full MQTT topic.
        payload: JSON text.
    """

    event_id: str
    topic: str
    payload: str


@dataclass(frozen=True, slots=True)
class ViolationRecord:
    """A violation and the evidence that is already on disk."""

    violation: Violation
    evidence: EvidenceFile


@dataclass(frozen=True, slots=True, eq=False)
class PassageRecord:
    """Everything about one finished passage that becomes durable in one transaction.

    Attributes:
        picture: of the passage itself, already on disk, where one is kept.

    Raises:
        ValueError: if a violation is of another passage.
    """

    passage: Passage
    violations: tuple[ViolationRecord, ...] = ()
    events: tuple[OutboxEvent, ...] = ()
    hits: tuple[ListHit, ...] = ()
    picture: EvidenceFile | None = None

    def __post_init__(self) -> None:
        for record in self.violations:
            if record.violation.passage_id != self.passage.passage_id:
                came = record.violation.passage_id
                raise ValueError(f"expected violations of passage {self.passage.passage_id}, got one of {came}")


def hit_id(passage_id: str, hit: ListHit) -> str:
    """A UUID made from the passage, the list and its line, so a replay gives the same."""
    return str(uuid5(UUID(passage_id), f"{hit.list_name}/{hit.entry}"))


def passage_row(record: PassageRecord) -> PassageRow:
    """The row of a passage with its crossings, violations and hits."""
    passage, speed, picture = record.passage, record.passage.speed, record.picture
    row = PassageRow(
        passage_id=passage.passage_id,
        camera_id=passage.camera_id,
        recording_id=passage.recording_id,
        track_id=int(passage.track_id),
        started_at=passage.started_at,
        ended_at=passage.ended_at,
        start_pts_ns=int(passage.start_pts_ns),
        end_pts_ns=int(passage.end_pts_ns),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate_text=None,
        plate_probability=None,
        plate_readings=None,
        plate_hash=passage.plate_hash,
        speed_mps=float(speed.speed_mps) if speed else None,
        speed_standard_error_mps=float(speed.standard_error_mps) if speed else None,
        heading_deg=float(speed.heading_deg) if speed else None,
        path=thinned_path(passage.trajectory),
        picture_path=picture.path if picture else None,
        picture_sha256=picture.sha256 if picture else None,
        picture_size_bytes=int(picture.size_bytes) if picture else None,
        crossings=_crossing_rows(passage.crossings),
        violations=[violation_row(violation) for violation in record.violations],
        hits=_hit_rows(passage, record.hits),
    )
    _write_plate(row, passage)
    return row


def thinned_path(trajectory: Trajectory) -> tuple[PathPoint, ...]:
    """At most PATH_POINTS ground points, evenly chosen, to a tenth of a pixel."""
    count = min(len(trajectory), PATH_POINTS)
    chosen = np.linspace(0, len(trajectory) - 1, count).round().astype(np.int64)
    points = trajectory.ground_points[chosen].round(1).tolist()
    times = trajectory.pts_ns[chosen].tolist()
    return tuple(PathPoint(pts_ns, x, y) for pts_ns, (x, y) in zip(times, points, strict=True))


def violation_row(record: ViolationRecord) -> ViolationRow:
    """The row of a violation; its passage is yet to be told."""
    violation, evidence = record.violation, record.evidence
    return ViolationRow(
        violation_id=violation.violation_id,
        camera_id=violation.camera_id,
        rule=violation.rule,
        occurred_at=violation.occurred_at,
        pts_ns=int(violation.pts_ns),
        facts=violation.facts,
        evidence_path=evidence.path,
        evidence_sha256=evidence.sha256,
        evidence_size_bytes=evidence.size_bytes,
    )


def outbox_rows(events: Iterable[OutboxEvent]) -> list[OutboxRow]:
    """Events that wait for the broker from now on."""
    now = datetime.now(timezone.utc)
    return [
        OutboxRow(event_id=event.event_id, topic=event.topic, payload=event.payload, created_at=now) for event in events
    ]


def _write_plate(row: PassageRow, passage: Passage) -> None:
    plate = passage.plate
    if plate is None:
        row.plate_certain = passage.plate_certain
        return
    row.plate_text = canonical_text(plate.text)
    row.plate_probability = float(plate.probability)
    row.plate_readings = int(plate.readings)
    row.plate_country = plate.country
    row.plate_format = plate.format
    row.plate_certain = bool(plate.certain)
    row.plate_alternatives = plate.alternatives
    row.plate_skeleton = skeleton(row.plate_text)


def _crossing_rows(crossings: Sequence[LineCrossing]) -> list[CrossingRow]:
    return [
        CrossingRow(position=position, line=crossing.line, direction=crossing.direction, pts_ns=int(crossing.pts_ns))
        for position, crossing in enumerate(crossings)
    ]


def _hit_rows(passage: Passage, hits: Sequence[ListHit]) -> list[HitRow]:
    once = {hit_id(passage.passage_id, hit): hit for hit in reversed(hits)}
    return [
        HitRow(
            hit_id=own_id,
            camera_id=passage.camera_id,
            list_name=hit.list_name,
            kind=hit.kind,
            entry=hit.entry,
            match=hit.match,
            note=hit.note,
            occurred_at=passage.ended_at,
        )
        for own_id, hit in reversed(once.items())
    ]
