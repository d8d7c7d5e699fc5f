"""The wire: the only place that names the fields of an event and its topics.

An event is one JSON object in UTF-8 with sorted keys. Speeds are km/h here, and only here. A subscriber takes no
offence at fields it does not know: those may be added; any other change makes `schema` one greater.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Literal, get_args
from uuid import UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    WithJsonSchema,
)

from traffic.datatypes import EvidenceFile, Fact, Passage, Violation

SCHEMA = 1
KMH_PER_MPS = 3.6
ONLINE, OFFLINE = "online", "offline"
RECORDER_ID = "recorder"
"""The `camera_id` of health events that are about the record and not about a camera: no camera may bear it."""

Severity = Literal["info", "warning", "error"]
HealthCondition = Literal[
    "connected",
    "disconnected",
    "broken_frame_burst",
    "frames_dropped",
    "source_failed",
    "cannot_record",
    "recording_again",
]
"""All that a health event can be about; what each means stands in docs/events.md."""

Share = Annotated[float, Field(ge=0, le=1), AfterValidator(lambda value: round(value, 4))]
Measured = Annotated[float, AfterValidator(lambda value: round(value, 3))]
HEALTH_IDS = UUID("5a0f6d1e-7b2c-5f0b-9c1d-2e8a4f3b6d70")


def _utc_text(at: datetime) -> str:
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


UtcText = Annotated[
    AwareDatetime,
    PlainSerializer(_utc_text, str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Wire(BaseModel):
    """What every part of an event has in common."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, allow_inf_nan=False, populate_by_name=True
    )


class WirePlate(Wire):
    """The plate, agreed on by its readings."""

    text: str
    """Latin letters for the Cyrillic look-alikes, upper case, no spaces."""
    probability: Share
    """That the whole text is right."""
    readings: int = Field(ge=0)
    """How many readings agree with the text."""


class WireSpeed(Wire):
    """The speed over a stretch of road."""

    speed_kmh: Measured
    """Kilometres an hour."""
    standard_error_kmh: Measured
    """One standard error of `speed_kmh`."""
    heading_deg: Measured
    """Direction of travel on the road plane, from along the road (+y) towards +x, -180..180."""
    distance_m: Measured
    """Length of the stretch in metres."""


class WireCrossing(Wire):
    """A counting line was crossed."""

    line: str
    """The line's name."""
    direction: str
    """`forward` or `backward`."""
    pts_ns: int
    """Media time in nanoseconds."""


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
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Of the file's bytes, hexadecimal."""
    size_bytes: int = Field(ge=0)
    """Of the file."""


class Event(Wire):
    """What every event says."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    """The version of this format."""
    event_id: UUID
    """The same whenever this event is sent again: drop one that you have seen."""
    camera_id: str
    """The camera's id in the config; `recorder` in health events that are about the record."""


class VehicleEvent(Event):
    """What a passage and a violation both say of the vehicle."""

    passage_id: UUID
    """The passage; the same when a recording is processed again."""
    vehicle_type: str
    """`car`, `van`, `bus`, `truck` or `motorcycle`."""
    vehicle_type_share: Share
    """How probable the type is, by classifier and detector together."""
    colour: str | None
    """The colour's name, null where none is told."""
    plate: WirePlate | None
    """Null where none was read."""
    speed: WireSpeed | None
    """Null where the camera is not calibrated or the stretch was too short."""


class PassageEvent(VehicleEvent):
    """A vehicle went through a camera's view."""

    event: Literal["passage"] = "passage"
    """Which kind of event this is."""
    recording_id: str
    """The recording: the same for every replay of a file, new for each start of a live stream."""
    track_id: int
    """The vehicle within the recording."""
    started_at: UtcText
    """UTC of the first observation."""
    ended_at: UtcText
    """UTC of the last observation."""
    start_pts_ns: int
    """Media time of the first observation, nanoseconds; may pass 2^53: read it as an integer."""
    end_pts_ns: int
    """Media time of the last observation."""
    crossings: tuple[WireCrossing, ...]
    """The counting lines it went over, in order."""


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


class HealthEvent(Event):
    """Something about the equipment that a person should know."""

    event: Literal["health"] = "health"
    """Which kind of event this is."""
    at: UtcText
    """UTC."""
    severity: Severity
    """`error`: traffic goes unrecorded; `warning`: some of it; `info`: it is well again."""
    condition: str = Field(examples=list(get_args(HealthCondition)))
    """What it is about, one word; later versions may know more of them."""
    message: str
    """For a person to read."""
    count: int | None = None
    """How many, where the condition counts something."""


AnyEvent = PassageEvent | ViolationEvent | HealthEvent
ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="event")])


def passage_event(passage: Passage) -> PassageEvent:
    """The event of a finished passage."""
    return PassageEvent(
        event_id=uuid5(UUID(passage.passage_id), "passage"),
        camera_id=passage.camera_id,
        passage_id=UUID(passage.passage_id),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate=_plate(passage),
        speed=_speed(passage),
        recording_id=passage.recording_id,
        track_id=int(passage.track_id),
        started_at=passage.started_at,
        ended_at=passage.ended_at,
        start_pts_ns=int(passage.start_pts_ns),
        end_pts_ns=int(passage.end_pts_ns),
        crossings=tuple(
            WireCrossing(line=crossing.line, direction=crossing.direction, pts_ns=int(crossing.pts_ns))
            for crossing in passage.crossings
        ),
    )


def violation_event(passage: Passage, violation: Violation, evidence: EvidenceFile) -> ViolationEvent:
    """The event of a violation, with what is known of the vehicle."""
    return ViolationEvent(
        event_id=uuid5(UUID(violation.violation_id), "violation"),
        camera_id=violation.camera_id,
        passage_id=UUID(passage.passage_id),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate=_plate(passage),
        speed=_speed(passage),
        violation_id=UUID(violation.violation_id),
        rule=violation.rule,
        occurred_at=violation.occurred_at,
        pts_ns=int(violation.pts_ns),
        facts=tuple(_fact(fact) for fact in violation.facts),
        evidence=WireEvidence(path=evidence.path, sha256=evidence.sha256, size_bytes=evidence.size_bytes),
    )


def health_event(
    camera_id: str,
    at: datetime,
    severity: Severity,
    condition: HealthCondition,
    message: str,
    count: int | None = None,
) -> HealthEvent:
    """The event of something that a person should know of a camera, or with RECORDER_ID of the record."""
    return HealthEvent(
        event_id=uuid5(HEALTH_IDS, f"{camera_id} {condition} {_utc_text(at)}"),
        camera_id=camera_id,
        at=at,
        severity=severity,
        condition=condition,
        message=message,
        count=count,
    )


def _plate(passage: Passage) -> WirePlate | None:
    plate = passage.plate
    if plate is None:
        return None
    return WirePlate(text=plate.text, probability=float(plate.probability), readings=int(plate.readings))


def _speed(passage: Passage) -> WireSpeed | None:
    speed = passage.speed
    if speed is None:
        return None
    return WireSpeed(
        speed_kmh=float(speed.speed_mps) * KMH_PER_MPS,
        standard_error_kmh=float(speed.standard_error_mps) * KMH_PER_MPS,
        heading_deg=float(speed.heading_deg),
        distance_m=float(speed.distance_m),
    )


def _fact(fact: Fact) -> WireFact:
    if fact.unit == "m/s":
        return WireFact(name=fact.name, value=float(fact.value) * KMH_PER_MPS, unit="km/h")
    return WireFact(name=fact.name, value=float(fact.value), unit=fact.unit)
