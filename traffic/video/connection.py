"""One connection to a camera: what a camera's driver must offer, and the thread that reads it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

import av

from traffic.datatypes import UInt8Array
from traffic.errors import SourceError
from traffic.video.decoding import Broken, reason
from traffic.video.source import SourceInfo

POLL_S = 0.05
"""How often a wait looks whether it should end, in seconds."""

_PARTING_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture as it came from a camera.

    Attributes:
        image: (height, width, 3) uint8, BGR.
        pts_ns: the camera's own time, None where it gives none.
        arrival_ns: the monotonic clock at its arrival.
    """

    image: UInt8Array
    pts_ns: int | None
    arrival_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """An open camera: what it is, and its pictures until the connection ends or fails."""

    info: SourceInfo
    pictures: Iterator[Picture | Broken]


Connect: TypeAlias = Callable[[threading.Event], AbstractContextManager[Connection]]
"""Opens a camera for one connection. The driver gives up an unanswered read by itself, sooner where the event is set.

Raises av.FFmpegError, OSError or SourceError when it cannot be opened or fails."""


class ConnectionReader:
    """Reads one connection in a thread, because a driver's blocking call cannot be interrupted.

    Leaving the context tells the thread to end and waits a moment; a driver that is stuck ends later, by its own
    timeout. `is_alive` says whether it still holds the camera.
    """

    def __init__(self, connect: Connect, name: str) -> None:
        self._connect = connect
        self._closing = threading.Event()
        self._items: queue.Queue[Picture | Broken | None] = queue.Queue(maxsize=2)
        self._thread = threading.Thread(target=self._run, name=f"reader of {name}", daemon=True)
        self.reason = "the reader stopped"
        self.info: SourceInfo | None = None

    def __enter__(self) -> ConnectionReader:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.set()
        self._thread.join(_PARTING_S)

    @property
    def is_alive(self) -> bool:
        """Whether the thread still runs, and so may hold the camera."""
        return self._thread.is_alive()

    def items(self, stop: threading.Event, silence_s: float) -> Iterator[Picture | Broken]:
        """What comes in, until the connection ends, `stop` is set, or no picture came for `silence_s`; see `reason`."""
        since = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - since > silence_s:
                self.reason = f"no picture for {silence_s:g} s"
                return
            try:
                item = self._items.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if item is None:
                return
            yield item
            if isinstance(item, Picture):
                since = time.monotonic()

    def _run(self) -> None:
        try:
            with self._connect(self._closing) as connection:
                self.info = connection.info
                for item in connection.pictures:
                    if not self._put(item):
                        return
            self.reason = "the stream ended"
        except (av.FFmpegError, OSError, SourceError) as error:
            self.reason = reason(error)
        finally:
            self._put(None)

    def _put(self, item: Picture | Broken | None) -> bool:
        while not self._closing.is_set():
            try:
                self._items.put(item, timeout=POLL_S)
            except queue.Full:
                continue
            return True
        return False
