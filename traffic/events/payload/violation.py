"""The event of a violation."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from pydantic import Field

from traffic.datatypes import EvidenceFile, Fact, Passage, Violation
from traffic.events.payload.vehicle import VehicleEvent, wire_plate, wire_speed
from traffic.events.payload.wire import KMH_PER_MPS, Measured, Sha256, UtcText, Wire


class WireFact(Wire):
    """A figure that a violation rests on."""

    name: str
    """What the figure is."""
    value: Measured
    """In `unit`."""
    unit: str
    """`km/h` for speeds, SI for the rest."""


class WireEvidence(Wire):
    """The evidence picture."""

    path: str
    """Relative to the evidence folder, with forward slashes."""
    sha256: Sha256
    """Of the file's bytes, hexadecimal."""
    size_bytes: int = Field(ge=0)
    """Of the file."""


class ViolationEvent(VehicleEvent):
    """A rule was broken: evidence for review, a person decides."""

    event: Literal["violation"] = "violation"
    """Which kind of event this is."""
    violation_id: UUID
    """The violation; the same when a recording is processed again."""
    rule: str
    """The rule's name, as in the config."""
    occurred_at: UtcText
    """UTC of the moment that the rule names."""
    pts_ns: int
    """Media time of that moment, nanoseconds; may pass 2^53: read it as an integer."""
    facts: tuple[WireFact, ...]
    """The figures it rests on."""
    evidence: WireEvidence
    """The picture on disk."""


def violation_event(passage: Passage, violation: Violation, evidence: EvidenceFile) -> ViolationEvent:
    """The event of a violation, with what is known of the vehicle."""
    return ViolationEvent(
        event_id=uuid5(UUID(violation.violation_id), "violation"),
        camera_id=violation.camera_id,
        passage_id=UUID(passage.passage_id),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate=wire_plate(passage.plate),
        plate_hash=passage.plate_hash,
        speed=wire_speed(passage),
        violation_id=UUID(violation.violation_id),
        rule=violation.rule,
        occurred_at=violation.occurred_at,
        pts_ns=int(violation.pts_ns),
        facts=tuple(_fact(fact) for fact in violation.facts),
        evidence=WireEvidence(path=evidence.path, sha256=evidence.sha256, size_bytes=evidence.size_bytes),
    )


def _fact(fact: Fact) -> WireFact:
    if fact.unit == "m/s":
        return WireFact(name=fact.name, value=float(fact.value) * KMH_PER_MPS, unit="km/h")
    return WireFact(name=fact.name, value=float(fact.value), unit=fact.unit)
