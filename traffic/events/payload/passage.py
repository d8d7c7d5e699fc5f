"""The event of a finished passage."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from traffic.datatypes import Passage
from traffic.events.payload.vehicle import VehicleEvent, wire_plate, wire_speed
from traffic.events.payload.wire import UtcText, Wire


class WireCrossing(Wire):
    """A counting line was crossed."""

    line: str
    """The line's name."""
    direction: str
    """`forward` or `backward`."""
    pts_ns: int
    """Media time in nanoseconds."""


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


def passage_event(passage: Passage) -> PassageEvent:
    """The event of a finished passage."""
    return PassageEvent(
        event_id=uuid5(UUID(passage.passage_id), "passage"),
        camera_id=passage.camera_id,
        passage_id=UUID(passage.passage_id),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate=wire_plate(passage.plate),
        plate_hash=passage.plate_hash,
        speed=wire_speed(passage),
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
