"""This process's connection to the broker, in the role that the publisher's lease gives it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Literal

from traffic.events.codec import availability_topic, encode, topic
from traffic.events.payload import HealthEvent
from traffic.events.sender import Sender
from traffic.events.settings import MqttSettings

WAITING_HEALTH_EVENTS = 100

Role = Literal["publisher", "standby"]
"""The publisher bears `mqtt.client_id` and tells whether it is there; who stands by only tells of its own equipment."""


class Link:
    """Owns a Sender, and a new one for every change of the role: a client's name and will are said on connecting.

    Only `tell` may be called from any thread.

    Args:
        settings: the broker.
        wake: set whenever something happened: a connection, an acknowledgement.

    Raises:
        EventsError: a TLS file is missing or unfit.
    """

    def __init__(self, settings: MqttSettings, wake: threading.Event) -> None:
        self._settings = settings
        self._wake = wake
        self._waiting: deque[HealthEvent] = deque(maxlen=WAITING_HEALTH_EVENTS)
        self._on_their_way: dict[int, HealthEvent] = {}
        self._role: Role = "standby"
        self._sender = self._new_sender(self._role)

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and is still there."""
        return self._sender.connected

    @property
    def problem(self) -> str | None:
        """Why there is no connection, with the remedy."""
        return self._sender.problem

    def take_role(self, role: Role) -> bool:
        """Connects as `role`, now or when the broker comes up; nothing happens where that is so already.

        Returns:
            Whether the connection is a new one, which knows nothing of what was on its way in the old one.

        Raises:
            EventsError: a TLS file is missing or unfit; the old connection stays.
        """
        changes = role != self._role
        if changes:
            successor = self._new_sender(role)
            self._sender.close()
            self._sender, self._role = successor, role
            self._waiting.extendleft(reversed(self._on_their_way.values()))
            self._on_their_way.clear()
        self._sender.start()
        return changes

    def tell(self, event: HealthEvent) -> None:
        """Leaves a health event to be sent."""
        self._waiting.append(event)

    def send_health(self) -> None:
        """Connects if need be, and sends the health events that wait; without a connection they go on waiting."""
        self._sender.start()
        self._send_waiting()

    def publish(self, topic: str, payload: str) -> int:
        """Hands one message over; the number returned comes back from `acknowledged`."""
        return self._sender.publish(topic, payload)

    def acknowledged(self) -> list[int]:
        """The numbers that the broker acknowledged since the last call, those of health events left out."""
        numbers = self._sender.acknowledged()
        return [number for number in numbers if self._on_their_way.pop(number, None) is None]

    def say_goodbye(self) -> None:
        """Sends what waits, and returns when everything that was sent is acknowledged, or the broker takes too long."""
        self._send_waiting()
        self._sender.say_goodbye()

    def close(self) -> None:
        """Says goodbye and disconnects."""
        self.say_goodbye()
        self._sender.close()

    def _send_waiting(self) -> None:
        while self._waiting and self.connected:
            event = self._waiting.popleft()
            number = self._sender.publish(topic(self._settings.topic_prefix, event), encode(event))
            self._on_their_way[number] = event

    def _new_sender(self, role: Role) -> Sender:
        if role == "publisher":
            return Sender(self._settings, self._wake, availability_topic(self._settings.topic_prefix))
        # Two processes that share a config would throw each other out under one client id.
        return Sender(self._settings.model_copy(update={"client_id": None}), self._wake)
