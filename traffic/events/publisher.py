"""Drains the outbox into the broker, in the order of recording, each event at least once.

An event counts as sent when the broker has acknowledged it and the mark is on the disk. If the machine dies in
between, the event goes out again with the same `event_id`.

Of several processes on one database the one that holds the lease publishes; all of them tell of their own equipment.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType

import structlog
from sqlalchemy import Engine

from traffic.errors import TrafficError
from traffic.events.link import Link
from traffic.events.payload import HealthEvent
from traffic.events.settings import MqttSettings
from traffic.store.lease import Lease, publisher_lease
from traffic.store.outbox import Outbox

LOOK_EVERY_S = 1.0
"""An event recorded by another process is found so soon."""
SWEEP_EVERY_S = 3600.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PublisherStatistics:
    """How the publisher stands.

    Attributes:
        sent: acknowledged and marked since the start.
        unsent: waiting in the outbox now.
        connected: the broker is there and lets us in.
        standby: another process drains this outbox.
        problem: what keeps the events here, with the remedy; it is tried again for ever.
    """

    sent: int
    unsent: int
    connected: bool
    standby: bool
    problem: str | None


class Publisher:
    """A thread that drains the outbox for as long as the `with` lasts.

    Args:
        engine: from `open_for_recording`; its owner outlives this.
        settings: the broker.

    Raises:
        EventsError: a TLS file is missing or unfit. What goes wrong later is told in the statistics and tried again.
    """

    def __init__(self, engine: Engine, settings: MqttSettings) -> None:
        self._engine = engine
        self._outbox = Outbox(engine)
        self._settings = settings
        self._wake = threading.Event()
        self._progress = threading.Event()
        self._stopping = threading.Event()
        self._link = Link(settings, self._wake)
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._in_flight: dict[int, int] = {}
        self._acknowledged: set[int] = set()
        self._next_sweep = 0.0
        self._sent = 0
        self._standby = False
        self._problem: str | None = None

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join()

    def notify(self) -> None:
        """Events were recorded: look now. Any thread may call this."""
        self._wake.set()

    def publish_health(self, event: HealthEvent) -> None:
        """Sends a health event past the outbox; while the broker is away the newest hundred wait in memory."""
        self._link.tell(event)
        self._wake.set()

    def drain(self, timeout_s: float) -> int:
        """Waits until nothing is unsent, at most `timeout_s`.

        Returns:
            How many events are still unsent; they stay in the outbox.

        Raises:
            StoreError: the outbox cannot be read.
        """
        give_up = time.monotonic() + timeout_s
        while True:
            self._progress.clear()
            unsent = self._outbox.unsent_count()
            left_s = give_up - time.monotonic()
            if unsent == 0 or left_s <= 0 or not self._thread.is_alive():
                return unsent
            self.notify()
            self._progress.wait(min(LOOK_EVERY_S, left_s))

    def statistics(self) -> PublisherStatistics:
        """A snapshot.

        Raises:
            StoreError: the outbox cannot be read.
        """
        unsent = self._outbox.unsent_count()
        problem = self._problem or self._link.problem
        return PublisherStatistics(self._sent, unsent, self._link.connected, self._standby, problem)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._survive(self._work)
            self._survive(self._link.send_health)
            self._stopping.wait(LOOK_EVERY_S)
        self._survive(self._link.close)

    def _survive(self, act: Callable[[], None]) -> None:
        try:
            act()
        # Were this thread to end, every event from then on would stay here without a word: it outlives every error.
        except Exception as error:  # noqa: BLE001
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        foreseen = isinstance(error, TrafficError)
        problem = str(error) if foreseen else f"{type(error).__name__}: {error}"
        if problem == self._problem:
            return
        self._problem = problem
        details = {} if foreseen else {"trace": traceback.format_exc()}
        with suppress(OSError, ValueError):  # a log that cannot be written
            _log.error("events wait in the outbox", problem=problem, **details)

    def _work(self) -> None:
        self._mark_acknowledged()
        with publisher_lease(self._engine) as lease:
            self._standby = lease is None
            if self._link.take_role("standby" if lease is None else "publisher"):
                self._in_flight.clear()
            if lease is None:
                self._problem = None
            else:
                self._publish_while(lease)

    def _publish_while(self, lease: Lease) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            lease.require()
            self._mark_acknowledged()
            self._link.send_health()
            if self._link.connected:
                self._send_events()
            self._sweep()
            self._problem = None
            self._wake.wait(LOOK_EVERY_S)
        self._link.say_goodbye()
        self._mark_acknowledged()

    def _mark_acknowledged(self) -> None:
        numbers = self._link.acknowledged()
        self._acknowledged |= {self._in_flight.pop(number) for number in numbers if number in self._in_flight}
        if not self._acknowledged:
            return
        self._outbox.mark_sent(self._acknowledged)
        self._sent += len(self._acknowledged)
        self._acknowledged.clear()
        self._progress.set()

    def _send_events(self) -> None:
        on_their_way = set(self._in_flight.values())
        room = self._settings.in_flight - len(on_their_way)
        if room <= 0:
            return
        waiting = [row for row in self._outbox.unsent(self._settings.in_flight) if row.sequence not in on_their_way]
        for row in waiting[:room]:
            self._in_flight[self._link.publish(row.topic, row.payload)] = row.sequence

    def _sweep(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP_EVERY_S
        older_than = timedelta(days=self._settings.keep_sent_days)
        self._outbox.delete_sent(older_than=older_than, beyond=self._settings.keep_sent_at_most)
