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

    A file that is not read to its end, because of `stop` or an error, is not told as ended: its vehicles in view are
    left to the run that plays it again, which would else find half passages on record. A live stream never comes again:
    it is told.

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
        self._waiting: dict[str, deque[Frame | None]] = {camera: deque() for camera in open_source}
        self._reading = set(open_source)
        self._cut_short: set[str] = set()
        self._failure: BaseException | None = None

    @property
    def cut_short(self) -> frozenset[str]:
        """Files that were not read to their end: stopped, or failed in the middle. Run again, they are completed."""
        return frozenset(self._cut_short)

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
            self._mark_end(camera)

    def _mark_end(self, camera: str) -> None:
        """None among the waiting frames is the end of those before it."""
        waiting = self._waiting[camera]
        if not waiting or waiting[-1] is not None:
            waiting.append(None)
        self._changed.notify_all()

    def _next(self) -> Batch | None:
        with self._changed:
            self._changed.wait_for(lambda: not self._reading or any(self._waiting.values()))
            frames, ended = self._take_in_turn()
            self._changed.notify_all()
        return Batch(tuple(frames), tuple(ended)) if frames or ended else None

    def _take_in_turn(self) -> tuple[list[Frame], list[str]]:
        """From each camera a frame, round after round; from one that is at an end nothing more in this batch."""
        frames: list[Frame] = []
        ended: list[str] = []
        turns = deque(camera for camera, waiting in self._waiting.items() if waiting)
        while turns and len(frames) < BATCH_FRAMES:
            camera = turns.popleft()
            item = self._waiting[camera].popleft()
            if item is None:
                ended.append(camera)
                continue
            frames.append(item)
            if self._waiting[camera]:
                turns.append(camera)
        return frames, ended

    def _read(self, camera: str) -> None:
        at_its_end = False
        try:
            with self._open_source[camera]() as source:
                for frame in source:
                    self._keep(camera, frame, source)
                    if self._stop.is_set():
                        break
                at_its_end = source.is_live or not self._stop.is_set()
        except TrafficError as error:
            self._on_failure(camera, error)
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread, which raises it
            self._failure = error
            self._stop.set()
        finally:
            self._leave(camera, at_its_end)

    def _leave(self, camera: str, at_its_end: bool) -> None:  # noqa: FBT001  told by its only caller
        with self._changed:
            self._reading.discard(camera)
            if at_its_end:
                self._mark_end(camera)
            else:
                self._cut_short.add(camera)
            self._changed.notify_all()

    def _keep(self, camera: str, frame: Frame, source: FrameSource) -> None:
        waiting = self._waiting[camera]
        with self._changed:
            if source.is_live and len(waiting) >= BUFFER_FRAMES and _drop_oldest(waiting):
                self._on_drop(camera)
            self._changed.wait_for(lambda: len(waiting) < BUFFER_FRAMES or source.is_live or self._stop.is_set())
            waiting.append(frame)
            self._changed.notify_all()


def _drop_oldest(waiting: deque[Frame | None]) -> bool:
    """Take out the oldest frame; an end between frames stays where it is."""
    for position, item in enumerate(waiting):
        if item is not None:
            del waiting[position]
            return True
    return False
