"""Following the events of a broker."""

from __future__ import annotations

from pathlib import Path

import paho.mqtt.publish
import pytest
from builders import passage
from sqlalchemy import Engine

from tests.events.mosquitto import Mosquitto, free_port
from traffic.errors import EventsError
from traffic.events.codec import Availability, outbox_events
from traffic.events.payload import passage_event
from traffic.events.publisher import Publisher
from traffic.events.settings import MqttSettings
from traffic.events.tail import Received, Tail
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings


def test_what_was_recorded_comes_in_decoded(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, running_broker: Mosquitto
) -> None:
    kept = passage()
    with Tail(mqtt) as tail, Publisher(engine, mqtt) as publisher:
        events = outbox_events(mqtt.topic_prefix, kept, ())
        Repository(engine, database).record([PassageRecord(kept, events=events)])
        publisher.notify()
        received = tail.events()
        assert next(received) == Received("traffic/availability", Availability("online"))
        assert next(received) == Received("traffic/north/passage", passage_event(kept))


def test_messages_of_others_are_passed_over(mqtt: MqttSettings, running_broker: Mosquitto) -> None:
    with Tail(mqtt) as tail:
        paho.mqtt.publish.single("traffic/north/passage", b"\xff", qos=1, port=running_broker.port)
        assert list(tail.events(quiet_s=0.5)) == []


def test_broker_that_is_not_there() -> None:
    port = free_port()
    with pytest.raises(EventsError, match=f"127.0.0.1:{port}") as caught, Tail(MqttSettings(port=port)):
        pass
    assert "start the broker" in caught.value.remedy


def test_host_that_cannot_be_asked_for() -> None:
    settings = MqttSettings().model_copy(update={"host": ""})
    with pytest.raises(EventsError, match="Invalid host") as caught, Tail(settings):
        pass
    assert "mqtt.host" in caught.value.remedy


def test_publisher_keeps_its_connection_when_somebody_looks_on(
    engine: Engine, mqtt: MqttSettings, running_broker: Mosquitto
) -> None:
    shared = mqtt.model_copy(update={"client_id": "box 7"})
    with Tail(shared) as tail, Publisher(engine, shared), Tail(shared) as another:
        assert next(tail.events()).event == Availability("online")
        assert next(another.events()).event == Availability("online")
        assert list(tail.events(quiet_s=0.5)) == []


def test_broker_that_does_not_let_us_in(tmp_path: Path, broker: Mosquitto) -> None:
    with (
        Mosquitto(tmp_path, "allow_anonymous false\n") as strict,
        pytest.raises(EventsError, match="to let us in") as caught,
        Tail(MqttSettings(port=strict.port)),
    ):
        pass
    assert "mqtt.password" in caught.value.remedy
