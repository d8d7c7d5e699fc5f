"""The wire: the only place that names the fields of an event.

An event is one JSON object in UTF-8 with sorted keys. Speeds are km/h here, and only here. A subscriber takes no
offence at fields it does not know: those may be added; any other change makes `schema` one greater.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from traffic.events.payload.health import (
    RECORDER_ID,
    HealthCondition,
    HealthEvent,
    Severity,
    health_event,
)
from traffic.events.payload.hit import HitEvent, hit_event
from traffic.events.payload.passage import PassageEvent, passage_event
from traffic.events.payload.transit import TransitEvent, TransitState, transit_event
from traffic.events.payload.violation import ViolationEvent, violation_event
from traffic.events.payload.wire import SCHEMA

__all__ = [
    "ANY_EVENT",
    "OFFLINE",
    "ONLINE",
    "RECORDER_ID",
    "SCHEMA",
    "AnyEvent",
    "HealthCondition",
    "HealthEvent",
    "HitEvent",
    "PassageEvent",
    "Severity",
    "TransitEvent",
    "TransitState",
    "ViolationEvent",
    "health_event",
    "hit_event",
    "passage_event",
    "transit_event",
    "violation_event",
]

ONLINE, OFFLINE = "online", "offline"
AnyEvent = PassageEvent | ViolationEvent | HitEvent | TransitEvent | HealthEvent
ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="event")])
