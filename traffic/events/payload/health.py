"""The event of something that a person should know of the equipment."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID, uuid5

from pydantic import Field

from traffic.events.payload.wire import Event, UtcText, utc_text

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
    "list_not_taken",
]
"""All that a health event can be about; what each means stands in docs/events.md."""

HEALTH_IDS = UUID("5a0f6d1e-7b2c-5f0b-9c1d-2e8a4f3b6d70")


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
        event_id=uuid5(HEALTH_IDS, f"{camera_id} {condition} {utc_text(at)}"),
        camera_id=camera_id,
        at=at,
        severity=severity,
        condition=condition,
        message=message,
        count=count,
    )
