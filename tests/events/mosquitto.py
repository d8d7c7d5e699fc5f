"""A real mosquitto that a test may kill and start again, and a subscriber that misses nothing."""

from __future__ import annotations

import json
import queue
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
START_WITHIN_S = 10.0
# Sessions and what they wait for are written down at every change, so that a killed broker remembers its subscribers.
# With no limit in flight it hands a message on before it acknowledges it: a killed one then loses nothing by itself.
REMEMBER = "persistence true\nautosave_on_changes true\nautosave_interval 1\nmax_inflight_messages 0\n"


class Mosquitto:
    def __init__(self, folder: Path, extra: str = "allow_anonymous true\n") -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nuser root\npersistence_location {folder}/\n"
            f"max_queued_messages 0\n{REMEMBER}{extra}"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + START_WITHIN_S
        while not self._listens():
            assert time.monotonic() < give_up, "mosquitto did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Subscriber:
    """Counts every message by its event id; its session outlives both its connection and the broker.

    It never acknowledges. A broker killed with unread acknowledgements resets the connection, and what it had handed
    on but we had not read yet is gone: lost by the broker after it took the publisher's word for it. So we say
    nothing, read to the end of the connection, and get everything again from the broker that comes back.
    """

    def __init__(self, port: int) -> None:
        self.received: Counter[str] = Counter()
        self.order: list[str] = []
        self.other: queue.SimpleQueue[tuple[str, str, bool]] = queue.SimpleQueue()
        self._subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="the test", clean_session=False)
        self._client.manual_ack_set(True)
        self._client.on_connect = lambda client, *_: client.subscribe("traffic/#", qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.put(None)
        self._client.on_message = lambda _client, _data, message: self._take(message)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)

    def wait_for(self, count: int, timeout_s: float = 30.0) -> None:
        give_up = time.monotonic() + timeout_s
        while len(self.received) < count:
            assert time.monotonic() < give_up, f"expected {count} events, got {len(self.received)}"
            time.sleep(0.01)

    def _take(self, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("/availability"):
            self.other.put((message.topic, message.payload.decode(), message.retain))
            return
        event_id = json.loads(message.payload)["event_id"]
        self.received[event_id] += 1
        self.order.append(event_id)

    @contextmanager
    def running(self) -> Iterator[Subscriber]:
        self._client.loop_start()
        self._subscribed.get(timeout=10)
        try:
            yield self
        finally:
            self._client.disconnect()
            self._client.loop_stop()
            self._client.on_connect = self._client.on_subscribe = self._client.on_message = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
