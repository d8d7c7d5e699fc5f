"""The event of a plate that is on a list."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from traffic.datatypes import ListHit, Passage
from traffic.events.payload.vehicle import VehicleEvent, wire_plate, wire_speed
from traffic.events.payload.wire import UtcText
from traffic.store.records import hit_id


class HitEvent(VehicleEvent):
    """A passage's plate is on a list."""

    event: Literal["hit"] = "hit"
    """Which kind of event this is."""
    hit_id: UUID
    """Of the passage, the list and its line; the same when a recording is processed again."""
    list_name: str
    """The list's name in the config."""
    kind: str
    """`watch`, `deny` or `allow`."""
    entry: str
    """The list's line that it was found by: a plate, or a pattern with `*` and `?`."""
    match: str
    """`exact`, `pattern`, or `alike`: one look-alike differs, so a person looks at it."""
    note: str
    """What the list says beside the entry."""
    occurred_at: UtcText
    """UTC of the passage's last observation."""


def hit_event(passage: Passage, hit: ListHit) -> HitEvent:
    """The event of one hit."""
    of = UUID(hit_id(passage.passage_id, hit))
    return HitEvent(
        event_id=uuid5(of, "hit"),
        camera_id=passage.camera_id,
        passage_id=UUID(passage.passage_id),
        vehicle_type=passage.vehicle_type,
        vehicle_type_share=float(passage.vehicle_type_share),
        colour=passage.colour,
        plate=wire_plate(passage.plate),
        plate_hash=passage.plate_hash,
        speed=wire_speed(passage),
        hit_id=of,
        list_name=hit.list_name,
        kind=hit.kind,
        entry=hit.entry,
        match=hit.match,
        note=hit.note,
        occurred_at=passage.ended_at,
    )
