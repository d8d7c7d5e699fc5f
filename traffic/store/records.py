"""What the recorder hands over for one finished passage, and the rows made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import EvidenceFile, LineCrossing, Passage, Trajectory, Violation
from traffic.plates.display import canonical_text
from traffic.store.columns import PathPoint
from traffic.store.tables import CrossingRow, PassageRow, ViolationRow

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

    Raises:
        ValueError: if a violation is of another passage.
    """

    passage: Passage
    violations: tuple[ViolationRecord, ...] = ()
    events: tuple[OutboxEvent, ...] = ()

    def __post_init__(self) -> None:
        for record in self.violations:
            if record.violation.passage_id != self.passage.passage_id:
                came = record.violation.passage_id
                raise ValueError(f"expected violations of passage {self.passage.passage_id}, got one of {came}")


def passage_row(record: PassageRecord) -> PassageRow:
    """The row of a passage with its crossings and violations."""
    passage, plate, speed = record.passage, record.passage.plate, record.passage.speed
    return PassageRow(
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
        plate_text=canonical_text(plate.text) if plate else None,
        plate_probability=float(plate.probability) if plate else None,
        plate_readings=int(plate.readings) if plate else None,
        speed_mps=float(speed.speed_mps) if speed else None,
        speed_standard_error_mps=float(speed.standard_error_mps) if speed else None,
        heading_deg=float(speed.heading_deg) if speed else None,
        path=thinned_path(passage.trajectory),
        crossings=_crossing_rows(passage.crossings),
        violations=[_violation_row(violation) for violation in record.violations],
    )


def thinned_path(trajectory: Trajectory) -> tuple[PathPoint, ...]:
    """At most PATH_POINTS ground points, evenly chosen, to a tenth of a pixel."""
    count = min(len(trajectory), PATH_POINTS)
    chosen = np.linspace(0, len(trajectory) - 1, count).round().astype(np.int64)
    points = trajectory.ground_points[chosen].round(1).tolist()
    times = trajectory.pts_ns[chosen].tolist()
    return tuple(PathPoint(pts_ns, x, y) for pts_ns, (x, y) in zip(times, points, strict=True))


def _crossing_rows(crossings: Sequence[LineCrossing]) -> list[CrossingRow]:
    return [
        CrossingRow(position=position, line=crossing.line, direction=crossing.direction, pts_ns=int(crossing.pts_ns))
        for position, crossing in enumerate(crossings)
    ]


def _violation_row(record: ViolationRecord) -> ViolationRow:
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
