"""JSON out, JSON in, and the published schema beside them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from builders import STARTED_AT, passage

from tests.events.payload.test_transit import TRANSIT
from tests.store.samples import known_plate, list_hit, record, violation_record
from traffic.errors import EventsError
from traffic.events.codec import (
    availability_topic,
    decode,
    encode,
    event_schema,
    events_of_hits,
    outbox_events,
    topic,
    transit_events,
)
from traffic.events.payload import (
    AnyEvent,
    health_event,
    hit_event,
    passage_event,
    transit_event,
    violation_event,
)

DOCS = Path(__file__).parents[2] / "docs"
RECORD = violation_record(1)
EVENTS: list[AnyEvent] = [
    passage_event(record(1, plate_text="K555AT99").passage),
    passage_event(passage()),
    violation_event(record(1).passage, RECORD.violation, RECORD.evidence),
    health_event("north", STARTED_AT, "warning", "frames_dropped", "кадры пропали", 3),
    health_event("north", STARTED_AT, "info", "connected", "it is back"),
    hit_event(passage(plate=known_plate("A123BC77")), list_hit()),
    hit_event(passage(plate_hash="ab" * 32), list_hit()),
    transit_event(TRANSIT, "7a8f3c52-0d0e-5b52-8a55-5d7b8e8b0001"),
]


@pytest.mark.parametrize("event", EVENTS)
def test_what_goes_out_comes_back(event: AnyEvent) -> None:
    assert decode(encode(event).encode()) == event


@pytest.mark.parametrize("event", EVENTS)
def test_events_are_as_the_published_schema_says(event: AnyEvent) -> None:
    schema = json.loads((DOCS / "events.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(encode(event)))


def test_published_schema_refuses_what_is_no_event() -> None:
    schema = json.loads(event_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"schema": 1, "event": "passage"})


def test_published_schema_is_the_one_of_the_code() -> None:
    assert (DOCS / "events.schema.json").read_text(encoding="utf-8") == event_schema(), (
        'write it anew: python -c "from traffic.events.codec import event_schema; print(event_schema(), end=str())"'
        " > docs/events.schema.json"
    )


def test_every_field_is_described_for_people() -> None:
    text = (DOCS / "events.md").read_text(encoding="utf-8")
    schema = json.loads(event_schema())
    fields = {name for part in schema["$defs"].values() for name in part["properties"]}
    assert [name for name in sorted(fields) if f"`{name}`" not in text] == []


def test_the_same_event_gives_the_same_text_with_sorted_keys() -> None:
    text = encode(passage_event(record(1).passage))
    assert text == encode(passage_event(record(1).passage))
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert text.startswith('{"camera_id":"north","colour":null,"crossings":[')


def test_topics() -> None:
    assert topic("city/traffic", EVENTS[0]) == "city/traffic/north/passage"
    assert [topic("t", event) for event in EVENTS[2:4]] == ["t/north/violation", "t/north/health"]
    assert [topic("t", event) for event in EVENTS[5::2]] == ["t/north/hit", "t/sections/ring/transit"]
    assert availability_topic("city/traffic") == "city/traffic/availability"


def test_outbox_gets_the_passage_and_then_its_violations() -> None:
    events = outbox_events("t", record(1).passage, (RECORD, violation_record(1, rule="speed")))
    assert [event.topic for event in events] == ["t/north/passage", "t/north/violation", "t/north/violation"]
    assert len({event.event_id for event in events}) == 3
    assert [json.loads(event.payload)["event_id"] for event in events] == [event.event_id for event in events]


def test_outbox_gets_list_hits_after_violations() -> None:
    hits = (list_hit(), list_hit("region", "A*", "pattern"))
    events = outbox_events("t", record(1).passage, (RECORD,), (*hits, list_hit("region", "A*", "alike")))
    assert [event.topic for event in events] == ["t/north/passage", "t/north/violation", "t/north/hit", "t/north/hit"]
    assert [event.event_id for event in events[2:]] == [
        str(event.event_id) for event in events_of_hits(record(1).passage, hits)
    ]


def test_outbox_gets_the_transit_and_then_its_violation() -> None:
    plain = transit_events("t", TRANSIT)
    assert [event.topic for event in plain] == ["t/sections/ring/transit"]
    broken = transit_events("t", TRANSIT, record(1).passage, RECORD)
    assert [event.topic for event in broken] == ["t/sections/ring/transit", "t/north/violation"]
    told = [json.loads(event.payload)["violation_id"] for event in (*plain, *broken)]
    assert told == [None, RECORD.violation.violation_id, RECORD.violation.violation_id]


def test_unknown_fields_are_taken_without_offence() -> None:
    text = encode(EVENTS[0])
    assert decode(json.dumps(json.loads(text) | {"lane": 2})) == EVENTS[0]


@pytest.mark.parametrize(
    ("payload", "came"),
    [
        (b"", "as JSON"),
        (b"\xff\xfe", "as JSON"),
        (b"online", "as JSON"),
        (b"[1]", "schema None"),
        (b'{"schema": 2, "event": "passage"}', "schema 2"),
        (b'{"schema": 1, "event": "parade"}', "parade"),
        (b'{"schema": 1, "event": "health"}', "event_id"),
    ],
)
def test_messages_that_are_no_events(payload: bytes, came: str) -> None:
    with pytest.raises(EventsError, match=came) as caught:
        decode(payload)
    assert caught.value.remedy
