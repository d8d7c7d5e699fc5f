"""A broker, a database with the current schema, and a subscriber."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.events.mosquitto import PROGRAM, Mosquitto, Subscriber
from traffic.events.settings import MqttSettings
from traffic.store.database import open_for_recording
from traffic.store.settings import DatabaseSettings


@pytest.fixture
def broker(tmp_path: Path) -> Mosquitto:
    """Not started yet; killed in the end by `running_broker`, or by the test's own `with`."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not here: apt-get install mosquitto")
    return Mosquitto(tmp_path)


@pytest.fixture
def running_broker(broker: Mosquitto) -> Iterator[Mosquitto]:
    with broker:
        yield broker


@pytest.fixture
def subscriber(running_broker: Mosquitto) -> Iterator[Subscriber]:
    with Subscriber(running_broker.port).running() as subscriber:
        yield subscriber


@pytest.fixture
def mqtt(broker: Mosquitto) -> MqttSettings:
    return MqttSettings(port=broker.port, in_flight=20, reconnect_longest_s=1)


@pytest.fixture
def database(tmp_path: Path, empty_record: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite:///{shutil.copy(empty_record, tmp_path / 'traffic.db')}")


@pytest.fixture
def engine(database: DatabaseSettings) -> Iterator[Engine]:
    with open_for_recording(database) as engine:
        yield engine
