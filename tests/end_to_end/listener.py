"""An MQTT subscriber that keeps every event it hears; its session outlives its connection and the broker."""

from __future__ import annotations

import queue
from collections import Counter
from types import TracebackType

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


class Listener:
    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, str]] = []
        """Topic and payload of every event, in the order in which they came."""
        self._subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False)
        self._client.on_connect = lambda client, *_: client.subscribe("traffic/+/+", qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.put(None)
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)

    def __enter__(self) -> Listener:
        self._client.loop_start()
        self._subscribed.get(timeout=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def counts(self) -> Counter[tuple[str, str]]:
        """How often each message came."""
        return Counter(self.heard)

    def _hear(self, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload.decode()))
