"""No event lost and none twice, whatever is killed."""

from __future__ import annotations

import errno
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TextIO

import pytest
import structlog
from builders import STARTED_AT
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from tests.events.mosquitto import Mosquitto, Subscriber
from tests.store.samples import number_id, record
from traffic.events.payload import health_event
from traffic.events.publisher import Publisher, PublisherStatistics
from traffic.events.settings import MqttSettings
from traffic.store.database import open_database, open_for_recording
from traffic.store.lease import publisher_lease
from traffic.store.outbox import Outbox
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import OutboxRow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
DROPPED = health_event("north", STARTED_AT, "warning", "frames_dropped", "3 frames dropped", 3)
PUBLISH = """
import sys, time
from traffic.events.publisher import Publisher
from traffic.events.settings import MqttSettings
from traffic.store.database import open_database
from traffic.store.settings import DatabaseSettings
with open_database(DatabaseSettings(url=sys.argv[1])) as engine:
    with Publisher(engine, MqttSettings(port=int(sys.argv[2]), in_flight=5)) as publisher:
        print("started", flush=True)
        time.sleep(60)
"""


def fill(engine: Engine, database: DatabaseSettings, numbers: range) -> list[str]:
    """Records passages; gives their event ids in order."""
    Repository(engine, database).record([record(number) for number in numbers])
    return [number_id("event passage", number) for number in numbers]


def test_events_go_out_once_and_in_order(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    with Publisher(engine, mqtt) as publisher:
        ids = fill(engine, database, range(100))
        publisher.notify()
        assert publisher.drain(PATIENCE_S) == 0
        assert publisher.statistics() == PublisherStatistics(100, 0, True, False, None)
    subscriber.wait_for(100)
    assert subscriber.order == ids


def test_broker_that_comes_up_later_gets_everything(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, broker: Mosquitto
) -> None:
    fill(engine, database, range(50))
    with Publisher(engine, mqtt) as publisher:
        assert publisher.drain(0.3) == 50
        statistics = publisher.statistics()
        assert (statistics.unsent, statistics.connected) == (50, False)
        assert "start the broker" in str(statistics.problem)
        with broker:
            assert publisher.drain(PATIENCE_S) == 0


def test_broker_killed_in_mid_run_costs_no_event(
    engine: Engine,
    database: DatabaseSettings,
    mqtt: MqttSettings,
    running_broker: Mosquitto,
    subscriber: Subscriber,
) -> None:
    def drive_by() -> None:
        for first in range(0, 600, 5):
            fill(engine, database, range(first, first + 5))
            publisher.notify()

    with Publisher(engine, mqtt) as publisher:
        traffic = threading.Thread(target=drive_by)
        traffic.start()
        for reached in (50, 250):
            subscriber.wait_for(reached)
            running_broker.kill()
            running_broker.start()
        traffic.join()
        assert publisher.drain(PATIENCE_S) == 0
    subscriber.wait_for(600)
    assert set(subscriber.received) == {number_id("event passage", number) for number in range(600)}
    with Session(engine) as session:
        assert session.scalars(select(func.count()).select_from(OutboxRow)).one() == 600


def test_killed_publisher_leaves_the_rest_to_the_next(
    engine: Engine,
    database: DatabaseSettings,
    mqtt: MqttSettings,
    running_broker: Mosquitto,
    subscriber: Subscriber,
) -> None:
    ids = fill(engine, database, range(400))
    moments = random.Random(3)
    for _ in range(2):
        _kill_publisher_after(database, running_broker, moments.uniform(0.05, 0.2))
    with Publisher(engine, mqtt) as publisher:
        assert publisher.drain(PATIENCE_S) == 0
    subscriber.wait_for(400)
    assert set(subscriber.received) == set(ids)


def _kill_publisher_after(database: DatabaseSettings, broker: Mosquitto, seconds: float) -> None:
    command = [sys.executable, "-c", PUBLISH, database.url, str(broker.port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.kill()


def test_events_of_a_killed_recorder_go_out(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    command = [sys.executable, "-m", "tests.store.writer", database.url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    with Session(engine) as session:
        waiting = set(session.scalars(select(OutboxRow.event_id)))
    with Publisher(engine, mqtt) as publisher:
        assert publisher.drain(PATIENCE_S) == 0
    subscriber.wait_for(len(waiting))
    assert set(subscriber.received) == waiting


def test_two_publishers_send_nothing_twice_and_the_second_takes_over(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    with open_database(database) as other, Publisher(engine, mqtt) as first:
        fill(engine, database, range(20))
        assert first.drain(PATIENCE_S) == 0
        with Publisher(other, mqtt.model_copy(update={"client_id": "second"})) as second:
            fill(engine, database, range(20, 40))
            assert second.drain(PATIENCE_S) == 0
            assert [first.statistics().standby, second.statistics().standby] == [False, True]
            first.__exit__(None, None, None)
            fill(engine, database, range(40, 60))
            assert second.drain(PATIENCE_S) == 0
    subscriber.wait_for(60)
    assert set(subscriber.received.values()) == {1}


def test_event_that_cannot_be_marked_is_not_sent_again(
    tmp_path: Path, mqtt: MqttSettings, running_broker: Mosquitto, subscriber: Subscriber
) -> None:
    file = tmp_path / "busy.db"
    impatient = DatabaseSettings(url=f"sqlite:///{file}", busy_timeout_s=0.05)
    with open_for_recording(impatient) as engine:
        fill(engine, impatient, range(5))
        running_broker.kill()  # nothing goes out before the database is held
        with Publisher(engine, mqtt) as publisher:
            _wait_until(lambda: publisher.statistics().problem is not None)
            with closing(sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)) as holder:
                holder.execute("BEGIN IMMEDIATE")
                running_broker.start()
                subscriber.wait_for(5)
                assert publisher.drain(1.5) == 5
            assert publisher.drain(PATIENCE_S) == 0
    assert set(subscriber.received.values()) == {1}


def test_broker_that_refuses_is_told_with_the_remedy(
    tmp_path: Path, engine: Engine, database: DatabaseSettings, broker: Mosquitto
) -> None:
    fill(engine, database, range(3))
    with Mosquitto(tmp_path, "allow_anonymous false\n") as strict:
        settings = MqttSettings(port=strict.port, username="box", password="mistyped")
        with Publisher(engine, settings) as publisher:
            _wait_until(lambda: publisher.statistics().problem is not None)
            assert "mqtt.password" in str(publisher.statistics().problem)
            assert "mistyped" not in str(publisher.statistics().problem)
            assert publisher.drain(0.1) == 3


def test_health_event_goes_out_past_the_outbox(engine: Engine, mqtt: MqttSettings, subscriber: Subscriber) -> None:
    with Publisher(engine, mqtt) as publisher:
        publisher.publish_health(DROPPED)
        subscriber.wait_for(1)
    assert subscriber.order == [str(DROPPED.event_id)]
    assert Outbox(engine).unsent_count() == 0


def test_who_stands_by_sends_its_health_and_nothing_else(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    shared = mqtt.model_copy(update={"client_id": "box 7"})
    with publisher_lease(engine) as lease, open_database(database) as other, Publisher(other, shared) as second:
        assert lease is not None
        fill(engine, database, range(3))
        second.publish_health(DROPPED)
        subscriber.wait_for(1)
        assert second.statistics() == PublisherStatistics(0, 3, True, True, None)
    assert subscriber.order == [str(DROPPED.event_id)]
    assert subscriber.other.empty()


def test_second_process_that_comes_and_goes_leaves_the_first_online(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    shared = mqtt.model_copy(update={"client_id": "box 7"})
    with open_database(database) as other, Publisher(engine, shared) as first:
        assert subscriber.other.get(timeout=10)[1] == "online"
        with Publisher(other, shared) as second:
            _wait_until(lambda: second.statistics().connected)
        fill(engine, database, range(3))
        assert first.drain(PATIENCE_S) == 0
        assert subscriber.other.empty()
    assert subscriber.other.get(timeout=10)[1] == "offline"


def test_file_system_without_locks_is_told_and_health_goes_out(
    engine: Engine,
    database: DatabaseSettings,
    mqtt: MqttSettings,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(engine, database, range(3))
    monkeypatch.setattr("fcntl.flock", _no_locks)
    with Publisher(engine, mqtt) as publisher:
        publisher.publish_health(DROPPED)
        subscriber.wait_for(1)
        assert "local disk" in str(publisher.statistics().problem)
        assert publisher.drain(0.1) == 3
        monkeypatch.undo()
        assert publisher.drain(PATIENCE_S) == 0
        _wait_until(lambda: publisher.statistics().problem is None)


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_error_that_nobody_foresaw_is_told_and_survived(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, running_broker: Mosquitto
) -> None:
    def hiccup(_cursor: object) -> None:
        raise ZeroDivisionError("the driver's fault")

    fill(engine, database, range(3))
    event.listen(engine, "engine_connect", hiccup)
    with Publisher(engine, mqtt) as publisher:
        _wait_until(lambda: publisher._problem is not None)
        event.remove(engine, "engine_connect", hiccup)
        assert publisher.statistics().problem == "ZeroDivisionError: the driver's fault"
        assert publisher.drain(PATIENCE_S) == 0
        _wait_until(lambda: publisher.statistics().problem is None)


def test_host_that_the_client_refuses_and_a_log_that_cannot_be_written(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings
) -> None:
    fill(engine, database, range(3))
    with Path("/dev/full").open("w", buffering=1) as full, _logging_to(full):
        with Publisher(engine, mqtt.model_copy(update={"host": ""})) as publisher:
            _wait_until(lambda: publisher.statistics().problem is not None)
            assert "Invalid host" in str(publisher.statistics().problem)
            assert publisher.drain(1.5) == 3
            assert publisher._thread.is_alive()
        with suppress(OSError):
            full.close()


@contextmanager
def _logging_to(file: TextIO) -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file))
    try:
        yield
    finally:
        structlog.configure(**before)


def test_availability_tells_when_the_publisher_comes_and_goes(
    engine: Engine, mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    with Publisher(engine, mqtt):
        assert subscriber.other.get(timeout=10)[1] == "online"
    assert subscriber.other.get(timeout=10)[1] == "offline"


def test_availability_tells_when_the_publisher_is_killed(
    engine: Engine, database: DatabaseSettings, running_broker: Mosquitto, subscriber: Subscriber
) -> None:
    _kill_publisher_after(database, running_broker, 0.5)
    assert [subscriber.other.get(timeout=10)[1] for _ in range(2)] == ["online", "offline"]


def test_only_so_many_sent_events_are_kept(
    engine: Engine, database: DatabaseSettings, mqtt: MqttSettings, running_broker: Mosquitto
) -> None:
    fill(engine, database, range(10))
    for _ in range(2):
        with Publisher(engine, mqtt.model_copy(update={"keep_sent_at_most": 4})) as publisher:
            assert publisher.drain(PATIENCE_S) == 0
            _wait_until(lambda: publisher.statistics().connected)
    with Session(engine) as session:
        kept = session.scalars(select(OutboxRow.event_id).order_by(OutboxRow.sequence)).all()
    assert kept == [number_id("event passage", number) for number in range(6, 10)]


def _wait_until(condition: object) -> None:
    assert callable(condition)
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)
