"""Every event reaches a subscriber, whatever becomes of the broker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.end_to_end.listener import Listener
from tests.end_to_end.project import Project, mqtt, wait_until
from tests.end_to_end.record import Record, count
from tests.events.mosquitto import Mosquitto

SCHEMA = Path(__file__).parents[2] / "docs/events.schema.json"
UNSENT = "outbox WHERE sent_at IS NULL"
SENT = "outbox WHERE sent_at IS NOT NULL"


def messages(record: Record) -> set[tuple[str, str]]:
    return {(str(topic), str(payload)) for _, topic, payload in record.events}


def test_a_subscriber_hears_every_event_once_though_the_recording_is_run_twice(
    project: Project, broker: Mosquitto, listener: Listener, undisturbed: Record
) -> None:
    project.change(mqtt=mqtt(broker.port))
    assert [project.run().code for _ in range(2)] == [0, 0]
    wait_until(lambda: set(listener.heard) >= messages(undisturbed), "every event is heard")
    assert listener.counts() == dict.fromkeys(messages(undisturbed), 1)
    assert listener.heard == [(topic, payload) for _, topic, payload in undisturbed.events], "in the order of recording"


def test_every_event_is_as_the_published_schema_says(undisturbed: Record) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=Draft202012Validator.FORMAT_CHECKER)
    payloads = [json.loads(str(payload)) for _, _, payload in undisturbed.events]
    assert [error.message for payload in payloads for error in validator.iter_errors(payload)] == []
    assert {payload["event"] for payload in payloads} == {"passage", "violation"}


def test_the_events_name_the_rows_and_the_pictures_on_record(undisturbed: Record) -> None:
    payloads = [json.loads(str(payload)) for _, _, payload in undisturbed.events]
    assert sorted(told(payloads, "passage", "passage_id")) == [row[0] for row in undisturbed.passages]
    assert sorted(told(payloads, "violation", "violation_id")) == [row[0] for row in undisturbed.violations]
    pictures = {payload["violation_id"]: payload["evidence"]["sha256"] for payload in payloads if "evidence" in payload}
    assert all(pictures[row[0]] in row for row in undisturbed.violations)


def told(payloads: list[Mapping[str, str]], event: str, field: str) -> list[str]:
    return [payload[field] for payload in payloads if payload["event"] == event]


def test_a_broker_killed_in_mid_run_costs_no_event(
    project: Project, broker: Mosquitto, listener: Listener, undisturbed: Record
) -> None:
    project.change(mqtt=mqtt(broker.port))
    with project.started() as process:
        wait_until(lambda: bool(listener.heard), "the first event is heard", process)
        broker.kill()
        wait_until(lambda: count(project.database, UNSENT) > 0, "an event waits for the broker", process)
        broker.start()
        assert process.wait(45) == 0
    assert project.run().code == 0
    wait_until(lambda: set(listener.heard) >= messages(undisturbed), "every event is heard")
    assert set(listener.heard) == messages(undisturbed)
    assert project.record.events == undisturbed.events
    assert count(project.database, UNSENT) == 0


def test_events_wait_in_the_outbox_while_the_broker_is_away(
    project: Project, broker: Mosquitto, undisturbed: Record
) -> None:
    project.change(mqtt=mqtt(broker.port))
    alone = project.run()
    assert alone.code == 0
    assert f"{len(undisturbed.events)} events wait in the outbox" in alone.err
    assert f"expected the broker at 127.0.0.1:{broker.port} to answer" in alone.err
    assert "start the broker" in alone.err
    assert project.record == undisturbed
    broker.start()
    with Listener(broker.port) as listener:
        assert project.run().code == 0
        wait_until(lambda: set(listener.heard) >= messages(undisturbed), "every event is heard")
        assert listener.counts() == dict.fromkeys(messages(undisturbed), 1)
    assert count(project.database, SENT) == len(undisturbed.events)


def test_the_development_broker_carries_every_event(project: Project, undisturbed: Record) -> None:
    pytest.importorskip("amqtt")
    answer = project.run("--broker")
    assert answer.code == 0, answer.err
    assert project.record == undisturbed
    assert count(project.database, SENT) == len(undisturbed.events)
