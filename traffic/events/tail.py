"""Following the events as they come: what `traffic events tail` shows."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from traffic.errors import EventsError
from traffic.events.client import close_client, make_client, refusal, unreachable
from traffic.events.codec import Availability, availability_topic, decode
from traffic.events.payload import AnyEvent
from traffic.events.settings import MqttSettings

ANSWER_WITHIN_S = 10.0
AT_LEAST_ONCE = 1

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """A message and where it came in."""

    topic: str
    event: AnyEvent | Availability


class Tail:
    """Owns a subscription to everything under the prefix; a broker that goes away in mid-run is tried again.

    It never bears `mqtt.client_id`, which is the publisher's: two clients of one id throw each other out.

    Raises:
        EventsError: on entering, when the broker is not there or does not let us in.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._answers: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._messages: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()
        self._client = make_client(settings.model_copy(update={"client_id": None}), "tail")
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def __enter__(self) -> Tail:
        try:
            self._client.connect(self._settings.host, self._settings.port, self._settings.keepalive_s)
        except (OSError, ValueError) as error:
            raise unreachable(self._settings, str(error)) from error
        self._client.loop_start()
        try:
            self._require_welcome()
        except EventsError:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def events(self, quiet_s: float | None = None) -> Iterator[Received]:
        """What comes in, decoded; ends after `quiet_s` without a message, by default never."""
        while True:
            try:
                message = self._messages.get(timeout=quiet_s)
            except queue.Empty:
                return
            try:
                yield Received(message.topic, self._decode(message))
            except EventsError as error:
                _log.warning("not an event of ours", topic=message.topic, problem=str(error))

    def _decode(self, message: MQTTMessage) -> AnyEvent | Availability:
        if message.topic == availability_topic(self._settings.topic_prefix):
            return Availability(message.payload.decode(errors="replace"))
        return decode(message.payload)

    def _require_welcome(self) -> None:
        try:
            reason = self._answers.get(timeout=ANSWER_WITHIN_S)
        except queue.Empty:
            raise unreachable(self._settings, "no answer to CONNECT and SUBSCRIBE") from None
        if reason.is_failure:
            raise refusal(self._settings, reason)

    def _close(self) -> None:
        close_client(self._client)

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._answers.put(reason)
        else:
            client.subscribe(f"{self._settings.topic_prefix}/#", qos=AT_LEAST_ONCE)

    def _on_subscribe(
        self, _client: Client, _data: object, _number: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._answers.put(reasons[0])

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._messages.put(message)
