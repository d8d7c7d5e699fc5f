"""The publisher's side of the wire: a connection that comes back by itself, and the acknowledgements."""

from __future__ import annotations

import queue
import threading
from types import TracebackType

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessageInfo
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from traffic.events.client import close_client, make_client, refusal, unreachable
from traffic.events.payload import OFFLINE, ONLINE
from traffic.events.settings import MqttSettings

AT_LEAST_ONCE = 1
GOODBYE_S = 2.0

_log = structlog.get_logger(__name__)


class Sender:
    """Owns the client. What is not acknowledged when the connection breaks is sent again when it is back.

    Args:
        settings: the broker.
        wake: set whenever something happened: a connection, an acknowledgement.
        availability: the topic that retains whether we are there, `online` or `offline`; None: we do not say.

    Raises:
        EventsError: a TLS file is missing or unfit.
    """

    def __init__(self, settings: MqttSettings, wake: threading.Event, availability: str | None = None) -> None:
        self._settings = settings
        self._wake = wake
        self._acknowledged: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._availability = availability
        self._latest: MQTTMessageInfo | None = None
        self._client = make_client(settings, "standby" if availability is None else "publisher")
        if availability is not None:
            self._client.will_set(availability, OFFLINE, qos=AT_LEAST_ONCE, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._started = False
        self._let_in = False
        self.problem: str | None = None
        """Why there is no connection, with the remedy; None while there is one."""

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.say_goodbye()
        self.close()

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and is still there."""
        return self._let_in and self._client.is_connected()

    def start(self) -> None:
        """Connects, now or when the broker comes up; a second call does nothing."""
        if not self._started:
            self._client.connect_async(self._settings.host, self._settings.port, self._settings.keepalive_s)
            self._client.loop_start()
            self._started = True

    def publish(self, topic: str, payload: str) -> int:
        """Hands one message over; the number returned comes back from `acknowledged`."""
        self._latest = self._client.publish(topic, payload.encode(), qos=AT_LEAST_ONCE)
        return self._latest.mid

    def acknowledged(self) -> list[int]:
        """The numbers that the broker acknowledged since the last call."""
        return [self._acknowledged.get_nowait() for _ in range(self._acknowledged.qsize())]

    def say_goodbye(self) -> None:
        """Retains `offline`; as brokers answer in order, what was sent before is acknowledged when this returns."""
        if not self.connected:
            return
        self._let_in = False
        if self._availability is not None:
            self._latest = self._client.publish(self._availability, OFFLINE, qos=AT_LEAST_ONCE, retain=True)
        if self._latest is not None:
            _wait(self._latest)

    def close(self) -> None:
        """Disconnects without a word: what is retained stays as it is."""
        self._let_in = False
        close_client(self._client)

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._tell(str(refusal(self._settings, reason)))
            return
        if self._availability is not None:
            client.publish(self._availability, ONLINE, qos=AT_LEAST_ONCE, retain=True)
        self.problem = None
        self._let_in = True
        self._wake.set()
        _log.info("connected to the broker", host=self._settings.host, port=self._settings.port)

    def _on_connect_fail(self, _client: Client, _data: object) -> None:
        self._tell(str(unreachable(self._settings, "no connection")))

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        was_in, self._let_in = self._let_in, False
        if was_in and reason.is_failure:
            self._tell(str(unreachable(self._settings, f"the connection broke ({reason.getName()})")))

    def _on_publish(
        self, _client: Client, _data: object, number: int, _reason: ReasonCode, _properties: Properties
    ) -> None:
        self._acknowledged.put(number)
        self._wake.set()

    def _tell(self, problem: str) -> None:
        self.problem = problem
        _log.error("events wait in the outbox", problem=problem)


def _wait(message: MQTTMessageInfo) -> None:
    try:
        message.wait_for_publish(GOODBYE_S)
    except RuntimeError:
        _log.warning("the broker went away before our goodbye")
