"""Events to JSON and back, the topics they go to, and the published JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from traffic.datatypes import ListHit, Passage
from traffic.errors import EventsError
from traffic.events.payload import (
    ANY_EVENT,
    SCHEMA,
    AnyEvent,
    HitEvent,
    TransitEvent,
    hit_event,
    passage_event,
    transit_event,
    violation_event,
)
from traffic.store.records import OutboxEvent, ViolationRecord
from traffic.store.transits import Transit

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Availability:
    """The retained message that tells whether the publisher is there: `online` or `offline`."""

    state: str


def topic(prefix: str, event: AnyEvent) -> str:
    """Where an event goes."""
    if isinstance(event, TransitEvent):
        return f"{prefix}/sections/{event.section}/transit"
    if isinstance(event, HitEvent):
        return f"{prefix}/{event.camera_id}/hit"
    return f"{prefix}/{event.camera_id}/{event.event}"


def availability_topic(prefix: str) -> str:
    """Where `online` or `offline` is retained."""
    return f"{prefix}/availability"


def encode(event: AnyEvent) -> str:
    """JSON with sorted keys: the same event gives the same text."""
    fields = event.model_dump(mode="json", by_alias=True)
    return json.dumps(fields, sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def decode(payload: str | bytes | bytearray) -> AnyEvent:
    """The event in a message.

    Raises:
        EventsError: it is no event, or of a format that this version does not know.
    """
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise EventsError(f"expected an event as JSON, got {payload[:80]!r}", remedy=_FOREIGN) from error
    version = document.get("schema") if isinstance(document, dict) else None
    if version != SCHEMA:
        raise EventsError(f"expected an event of schema {SCHEMA}, got schema {version}", remedy=_FOREIGN)
    try:
        return ANY_EVENT.validate_json(payload)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise EventsError(
            f"expected an event of schema {SCHEMA}, got at {where}: {first['msg']}", remedy=_FOREIGN
        ) from error


def outbox_event(prefix: str, event: AnyEvent) -> OutboxEvent:
    """An event made ready for the outbox."""
    return OutboxEvent(str(event.event_id), topic(prefix, event), encode(event))


def outbox_events(
    prefix: str, passage: Passage, violations: Sequence[ViolationRecord], hits: Sequence[ListHit] = ()
) -> tuple[OutboxEvent, ...]:
    """All events of one finished passage: the passage first, then its violations, then its list hits."""
    events: list[AnyEvent] = [passage_event(passage)]
    events += [violation_event(passage, record.violation, record.evidence) for record in violations]
    events += events_of_hits(passage, hits)
    return tuple(outbox_event(prefix, event) for event in events)


def events_of_hits(passage: Passage, hits: Sequence[ListHit]) -> tuple[HitEvent, ...]:
    """The events of a passage's list hits, one for each line of a list."""
    once = {(hit.list_name, hit.entry): hit for hit in reversed(hits)}
    return tuple(hit_event(passage, hit) for hit in reversed(once.values()))


def transit_events(
    prefix: str, transit: Transit, exit_passage: Passage | None = None, violation: ViolationRecord | None = None
) -> tuple[OutboxEvent, ...]:
    """All events of one transit: the transit first, then its violation, which says what is known of `exit_passage`."""
    event = transit_event(transit, violation.violation.violation_id if violation else None)
    if violation is None or exit_passage is None:
        return (outbox_event(prefix, event),)
    broken = violation_event(exit_passage, violation.violation, violation.evidence)
    return outbox_event(prefix, event), outbox_event(prefix, broken)


def event_schema() -> str:
    """The JSON Schema of an event, as it stands in docs/events.schema.json."""
    schema = ANY_EVENT.json_schema(mode="serialization", by_alias=True)
    return json.dumps({"$schema": SCHEMA_ID, "title": "Event of traffic"} | schema, indent=2, sort_keys=True) + "\n"


_FOREIGN = "install the version of traffic that the sender runs, or let nobody else publish under this prefix"
