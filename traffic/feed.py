"""Capture threads in front of the chain: one a camera, each with a small buffer of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Protocol

from traffic.datatypes import Frame
from traffic.errors import TrafficError
from traffic.pipeline import Batch, Batches

BUFFER_FRAMES = 8
"""Undetected frames that one camera may have waiting."""

BATCH_FRAMES = 4
"""Frames that are detected together at most."""


class FrameSource(Protocol):
    """A camera or a file: a context manager to iterate over."""

    @property
    def is_live(self) -> bool:
        """A live source does not wait for us; a file does."""
        ...

    def __enter__(self) -> FrameSource: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...

    def __iter__(self) -> Iterator[Frame]: ...


class Feed:
    """Reads every camera in a thread of its own and hands the frames on in batches.

    A file is lossless: its thread waits while its buffer is full. A live stream is honest: when its buffer is full the
    oldest frame is dropped, counted and told.

    A file that `stop` cut short is not told as ended, so its vehicles in view are left to the run that plays it again:
    recorded now, they would be half passages that count as on record. A live stream never comes again: it is told.

    Args:
        open_source: camera id to the function that opens its source, called in the camera's thread.
        on_drop: called with the camera id for every dropped frame.
        on_failure: called with the camera id and the error when a source fails for good; the other cameras go on.
        stop: set it, from any thread, to end every camera.
    """

    def __init__(
        self,
        open_source: Mapping[str, Callable[[], FrameSource]],
        *,
        on_drop: Callable[[str], None],
        on_failure: Callable[[str, TrafficError], None],
        stop: threading.Event,
    ) -> None:
        self._open_source = open_source
        self._on_drop = on_drop
        self._on_failure = on_failure
        self._stop = stop
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Frame]] = {camera: deque() for camera in open_source}
        self._reading = set(open_source)
        self._ended: list[str] = []
        self._failure: BaseException | None = None

    def batches(self) -> Batches:
        """Batches until every camera has ended and every frame is handed on; what the cameras have, fairly in turn."""
        threads = [
            threading.Thread(target=self._read, args=(camera,), name=f"capture-{camera}", daemon=True)
            for camera in self._open_source
        ]
        for thread in threads:
            thread.start()
        try:
            while (batch := self._next()) is not None:
                yield batch
        finally:
            self._stop.set()
            with self._changed:
                self._changed.notify_all()
            for thread in threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def interrupted(self, camera: str) -> None:
        """A live camera went away: what it saw is at its end, though it may come back. Any thread may call it."""
        with self._changed:
            self._tell_end(camera)

    def _tell_end(self, camera: str) -> None:
        if camera not in self._ended:
            self._ended.append(camera)
        self._changed.notify_all()

    def _next(self) -> Batch | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or not self._reading or any(self._waiting.values()))
            frames = tuple(self._take_in_turn())
            ended = tuple(camera for camera in self._ended if not self._waiting[camera])
            self._ended = [camera for camera in self._ended if camera not in ended]
            self._changed.notify_all()
        return Batch(frames, ended) if frames or ended else None

    def _take_in_turn(self) -> Iterator[Frame]:
        taken = 0
        while taken < BATCH_FRAMES and any(self._waiting.values()):
            for waiting in self._waiting.values():
                if waiting and taken < BATCH_FRAMES:
                    taken += 1
                    yield waiting.popleft()

    def _read(self, camera: str) -> None:
        comes_again = False
        try:
            with self._open_source[camera]() as source:
                for frame in source:
                    self._keep(camera, frame, source)
                    if self._stop.is_set():
                        break
                comes_again = self._stop.is_set() and not source.is_live
        except TrafficError as error:
            self._on_failure(camera, error)
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread, which raises it
            self._failure = error
            self._stop.set()
        finally:
            with self._changed:
                self._reading.discard(camera)
                if not comes_again:
                    self._tell_end(camera)
                self._changed.notify_all()

    def _keep(self, camera: str, frame: Frame, source: FrameSource) -> None:
        waiting = self._waiting[camera]
        with self._changed:
            if source.is_live and len(waiting) >= BUFFER_FRAMES:
                waiting.popleft()
                self._on_drop(camera)
            self._changed.wait_for(lambda: len(waiting) < BUFFER_FRAMES or self._stop.is_set())
            waiting.append(frame)
            self._changed.notify_all()
