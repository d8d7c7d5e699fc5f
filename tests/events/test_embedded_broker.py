"""The development broker."""

from __future__ import annotations

import socket
import sys

import pytest
from builders import passage
from sqlalchemy import Engine

from traffic.errors import EventsError
from traffic.events.codec import outbox_events
from traffic.events.embedded_broker import embedded_broker
from traffic.events.payload import passage_event
from traffic.events.publisher import Publisher
from traffic.events.settings import MqttSettings
from traffic.events.tail import Tail
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

pytest.importorskip("amqtt", reason='amqtt is not here: pip install "traffic[broker]"')


def test_events_pass_through(engine: Engine, database: DatabaseSettings) -> None:
    kept = passage()
    with embedded_broker() as port:
        settings = MqttSettings(port=port)
        with Tail(settings) as tail, Publisher(engine, settings) as publisher:
            Repository(engine, database).record([PassageRecord(kept, events=outbox_events("traffic", kept, ()))])
            assert publisher.drain(30) == 0
            received = [next(tail.events()).event for _ in range(2)]
    assert passage_event(kept) in received


def test_nobody_else_can_connect() -> None:
    with embedded_broker() as port, socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_broker_is_gone_after_its_with() -> None:
    with embedded_broker() as port, Tail(MqttSettings(port=port)):
        pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EventsError, match=f"127.0.0.1:{port} to be free") as caught, embedded_broker(port):
            pass
    assert "another port" in caught.value.remedy


def test_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "amqtt.broker", None)
    with pytest.raises(EventsError, match="amqtt") as caught, embedded_broker():
        pass
    assert caught.value.remedy == 'pip install "traffic[broker]"'
