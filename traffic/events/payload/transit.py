"""The event of a vehicle's way through a section."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from pydantic import Field

from traffic.events.payload.wire import KMH_PER_MPS, Event, Measured, Sha256, UtcText
from traffic.store.transits import Transit

TransitState = Literal["recorded", "corrected", "withdrawn"]


class TransitEvent(Event):
    """A vehicle passed both cameras of a section; `camera_id` is that of the exit."""

    event: Literal["transit"] = "transit"
    """Which kind of event this is."""
    transit_id: UUID
    """The transit; the same when it is matched again."""
    state: TransitState = "recorded"
    """`recorded` at first; `corrected` when late passages changed its warning or made it a violation; `withdrawn` when
    they showed that the two passages do not belong together."""
    section: str = Field(pattern="^[^/+#]+$")
    """The section's name in the config."""
    entry_passage_id: UUID
    """The passage at the section's entry."""
    exit_passage_id: UUID
    """The passage at its exit."""
    plate_text: str | None
    """As in `plate.text`; null where only the hash may be told."""
    plate_hash: Sha256 | None
    """As in passages; null where plates are told as text."""
    match: str
    """How the two plates agree: `exact`, `hash`, or `alike`: one character differs, so it is never a violation."""
    entered_at: UtcText
    """UTC of the vehicle at the section's entry."""
    left_at: UtcText
    """UTC of the vehicle at its exit."""
    distance_m: Measured
    """Length of the section in metres."""
    duration_s: Measured
    """From entry to exit, seconds."""
    speed_kmh: Measured
    """Average speed, kilometres an hour."""
    standard_error_kmh: Measured
    """One standard error of `speed_kmh`."""
    warning: str | None
    """Why a person should look at it before anything follows from it; null for a plain one."""
    violation_id: UUID | None
    """The violation that it is; null for most."""


def transit_event(
    transit: Transit, violation_id: str | None = None, *, state: TransitState | None = None
) -> TransitEvent:
    """The event of one transit, whose id is made from its revision: every change is told, and told once.

    Without a state it is recorded at first, and corrected from then on.
    """
    told = f"transit {transit.revision}" if transit.revision else "transit"
    return TransitEvent(
        event_id=uuid5(UUID(transit.transit_id), told),
        camera_id=transit.exit_camera_id,
        transit_id=UUID(transit.transit_id),
        state=state or ("corrected" if transit.revision else "recorded"),
        section=transit.section,
        entry_passage_id=UUID(transit.entry_passage_id),
        exit_passage_id=UUID(transit.exit_passage_id),
        plate_text=transit.plate_text,
        plate_hash=transit.plate_hash,
        match=transit.match,
        entered_at=transit.entered_at,
        left_at=transit.left_at,
        distance_m=float(transit.distance_m),
        duration_s=float(transit.duration_s),
        speed_kmh=float(transit.speed_mps) * KMH_PER_MPS,
        standard_error_kmh=float(transit.standard_error_mps) * KMH_PER_MPS,
        warning=transit.warning,
        violation_id=UUID(violation_id) if violation_id else None,
    )
