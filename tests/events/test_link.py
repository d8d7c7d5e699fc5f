"""Who speaks for a database, and what the others may say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from builders import STARTED_AT

from tests.events.mosquitto import Mosquitto, Subscriber
from traffic.events.link import WAITING_HEALTH_EVENTS, Link
from traffic.events.payload import HealthEvent, health_event
from traffic.events.settings import MqttSettings


def dropped(number: int) -> HealthEvent:
    return health_event("north", STARTED_AT + timedelta(seconds=number), "warning", "frames_dropped", "dropped", number)


def wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_who_stands_by_is_connected_and_silent_about_availability(mqtt: MqttSettings, subscriber: Subscriber) -> None:
    link = Link(mqtt, threading.Event())
    link.take_role("standby")
    wait_until(lambda: link.connected)
    link.tell(dropped(1))
    link.close()
    subscriber.wait_for(1)
    assert subscriber.order == [str(dropped(1).event_id)]
    assert subscriber.other.empty()


def test_publisher_and_those_who_stand_by_may_share_a_client_id(mqtt: MqttSettings, subscriber: Subscriber) -> None:
    shared = mqtt.model_copy(update={"client_id": "box 7"})
    publisher, other = (Link(shared, threading.Event()) for _ in range(2))
    assert publisher.take_role("publisher")
    assert subscriber.other.get(timeout=10)[1] == "online"
    assert not other.take_role("standby")
    wait_until(lambda: other.connected)
    other.close()
    assert publisher.connected
    assert subscriber.other.empty()
    publisher.close()
    assert subscriber.other.get(timeout=10)[1] == "offline"


def test_one_who_loses_the_lease_leaves_the_word_to_the_next(mqtt: MqttSettings, subscriber: Subscriber) -> None:
    link = Link(mqtt, threading.Event())
    link.take_role("publisher")
    assert subscriber.other.get(timeout=10)[1] == "online"
    link.take_role("standby")
    wait_until(lambda: link.connected)
    link.close()
    assert subscriber.other.empty()


def test_change_of_role_costs_no_health_event(mqtt: MqttSettings, subscriber: Subscriber) -> None:
    link = Link(mqtt, threading.Event())
    link.take_role("standby")
    wait_until(lambda: link.connected)
    for number in range(50):
        link.tell(dropped(number))
    link.send_health()
    link.take_role("publisher")
    wait_until(lambda: link.connected)
    link.close()
    subscriber.wait_for(50)
    assert set(subscriber.received) == {str(dropped(number).event_id) for number in range(50)}


def test_newest_health_events_wait_for_the_broker(mqtt: MqttSettings, broker: Mosquitto) -> None:
    link = Link(mqtt, threading.Event())
    for number in range(WAITING_HEALTH_EVENTS + 20):
        link.tell(dropped(number))
    link.send_health()
    with broker:
        received = _subscribed_while_it_connects(broker, link)
    assert received == [str(dropped(number).event_id) for number in range(20, WAITING_HEALTH_EVENTS + 20)]


def _subscribed_while_it_connects(broker: Mosquitto, link: Link) -> list[str]:
    with Subscriber(broker.port).running() as subscriber:
        wait_until(lambda: link.connected)
        link.close()
        subscriber.wait_for(WAITING_HEALTH_EVENTS)
        return subscriber.order


def test_acknowledgements_of_health_events_are_no_business_of_the_outbox(
    mqtt: MqttSettings, subscriber: Subscriber
) -> None:
    link = Link(mqtt, threading.Event())
    link.take_role("standby")
    wait_until(lambda: link.connected)
    link.tell(dropped(1))
    link.send_health()
    number = link.publish("traffic/north/passage", '{"event_id": "a passage"}')
    link.say_goodbye()
    assert link.acknowledged() == [number]
    link.close()
