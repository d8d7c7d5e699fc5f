"""The chain from frames to records, and the two ways to run it.

    capture ─▶ detect ─▶ track ─▶ identify ─▶ judge ─▶ record ─▶ publish

`Pipeline.process` is the whole system in one line. Capture feeds it (`traffic/feed.py`), publishing follows it by way
of the outbox that `record` writes (`traffic/events/publisher.py`).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Protocol

from traffic.datatypes import Case, Detections, Frame, Tracks

STAGES = ("detect", "track", "identify", "judge", "record")
QUEUE_SIZE = 2
"""Batches that may wait between two stages: enough to hide jitter, few enough to keep a live stream fresh."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some frames of some cameras; those of one camera are in order.

    Attributes:
        frames: n frames, n >= 0.
        ended_cameras: cameras whose frames so far are at an end: the file's, or the connection's.
    """

    frames: tuple[Frame, ...]
    ended_cameras: tuple[str, ...] = ()


Batches = Generator[Batch, None, None]


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """A batch and the detections of each of its frames."""

    batch: Batch
    detections: tuple[Detections, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A batch and what was made of it.

    Attributes:
        batch: the frames.
        tracks: of each frame.
        closed: (camera id, track ids) that the end of a stream closed.
        detections: of each frame, those that are no confirmed track too; empty where nobody asks for them.
    """

    batch: Batch
    tracks: tuple[Tracks, ...]
    closed: tuple[tuple[str, tuple[int, ...]], ...]
    detections: tuple[Detections, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """What Tracked says, and the passages that finished with it, to be judged and recorded."""

    batch: Batch
    tracks: tuple[Tracks, ...]
    closed: tuple[tuple[str, tuple[int, ...]], ...]
    cases: tuple[Case, ...]


class Detector(Protocol):
    """Finds vehicles."""

    def detect(self, frames: Sequence[Frame]) -> Sequence[Detections]:
        """The detections of each frame, in the frames' order."""
        ...


class Tracker(Protocol):
    """Follows the vehicles of one camera."""

    def update(self, detections: Detections, pts_ns: int) -> Tracks:
        """The tracks of the next frame."""
        ...

    def finish(self) -> tuple[int, ...]:
        """End every track; the ids not yet told as ended."""
        ...


class Identifier(Protocol):
    """Makes passages of tracks."""

    def identify(self, tracked: Tracked) -> tuple[Case, ...]:
        """The passages that finished, with the frame that shows each vehicle best."""
        ...


class Judge(Protocol):
    """Holds passages against the rules of their camera."""

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """The same cases with their violations."""
        ...


class Recorder(Protocol):
    """Puts cases on record."""

    def record(self, cases: Sequence[Case]) -> None:
        """Return only when every case is durable."""
        ...


class Pipeline:
    """The chain of stages, free of threads and queues.

    Args:
        detector: shared by all cameras.
        trackers: one for each camera id.
        identifier, judge, recorder: shared by all cameras.
    """

    def __init__(
        self,
        detector: Detector,
        trackers: Mapping[str, Tracker],
        identifier: Identifier,
        judge: Judge,
        recorder: Recorder,
    ) -> None:
        self._detector = detector
        self._trackers = trackers
        self._identifier = identifier
        self._judge = judge
        self._recorder = recorder

    def process(self, batch: Batch) -> Identified:
        """Frames in, records out."""
        return self.record(self.judge(self.identify(self.track(self.detect(batch)))))

    def detect(self, batch: Batch) -> Detected:
        """Find the vehicles of every frame."""
        return Detected(batch, tuple(self._detector.detect(batch.frames)))

    def track(self, detected: Detected) -> Tracked:
        """Follow the vehicles of every camera."""
        frames = detected.batch.frames
        tracks = tuple(
            self._trackers[frame.camera_id].update(detections, frame.pts_ns)
            for frame, detections in zip(frames, detected.detections, strict=True)
        )
        closed = tuple((camera, self._trackers[camera].finish()) for camera in detected.batch.ended_cameras)
        return Tracked(detected.batch, tracks, closed, detected.detections)

    def identify(self, tracked: Tracked) -> Identified:
        """Make passages of the tracks that ended."""
        return Identified(tracked.batch, tracked.tracks, tracked.closed, self._identifier.identify(tracked))

    def judge(self, identified: Identified) -> Identified:
        """Hold the passages against the rules."""
        return replace(identified, cases=self._judge.judge(identified.cases))

    def record(self, identified: Identified) -> Identified:
        """Put passages and violations on record."""
        self._recorder.record(identified.cases)
        return identified


class StageClock:
    """Seconds spent in each stage and batches done, summed over a run. Written by one thread a stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        self.batches: dict[str, int] = dict.fromkeys(STAGES, 0)

    def timed(self, name: str, stage: Callable[[Any], Any], work: Any) -> Any:
        """Run `stage(work)` and add its wall time to `name`."""
        start = time.perf_counter()
        result = stage(work)
        self.seconds[name] += time.perf_counter() - start
        self.batches[name] += 1
        return result


def run_synchronously(pipeline: Pipeline, batches: Batches, clock: StageClock) -> Iterator[Identified]:
    """Run the chain in the caller's thread, a batch after the other."""
    with closing(batches):
        for batch in batches:
            work: Any = batch
            for name in STAGES:
                work = clock.timed(name, getattr(pipeline, name), work)
            yield work


class AsynchronousRun:
    """The chain with a thread a stage and a bounded queue between two; the result is that of run_synchronously.

    When a stage fails, the batches behind it are dropped, the threads end, and iterating raises the stage's error.

    Args:
        pipeline, batches, clock: as for run_synchronously.
        on_failure: called, in the failing thread, when a stage fails: it must make `batches` end soon.
    """

    def __init__(self, pipeline: Pipeline, batches: Batches, clock: StageClock, on_failure: Callable[[], None]) -> None:
        self._pipeline = pipeline
        self._batches = batches
        self._clock = clock
        self._queues: list[queue.Queue[Any]] = [queue.Queue(QUEUE_SIZE) for _ in range(len(STAGES) + 1)]
        self._on_failure = on_failure
        self._failed = threading.Event()
        self._errors: list[BaseException] = []

    def depths(self) -> dict[str, int]:
        """Batches that wait before each stage."""
        return {name: waiting.qsize() for name, waiting in zip(STAGES, self._queues, strict=False)}

    def __iter__(self) -> Iterator[Identified]:
        threads = [threading.Thread(target=self._feed, name="feed", daemon=True)]
        threads += [
            threading.Thread(target=self._serve, args=(position, name), name=name, daemon=True)
            for position, name in enumerate(STAGES)
        ]
        for thread in threads:
            thread.start()
        done: Identified | None = None
        try:
            while (done := self._queues[-1].get()) is not None:
                yield done
        finally:
            if done is not None:
                self._drain()
            for thread in threads:
                thread.join()
        if self._errors:
            raise self._errors[0]

    def _feed(self) -> None:
        try:
            with closing(self._batches):
                for batch in self._batches:
                    if self._failed.is_set():
                        break
                    self._queues[0].put(batch)
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread, which raises it
            self._fail(error)
        self._queues[0].put(None)

    def _serve(self, position: int, name: str) -> None:
        stage, waiting, done = getattr(self._pipeline, name), self._queues[position], self._queues[position + 1]
        while (work := waiting.get()) is not None:
            if self._failed.is_set():
                continue
            try:
                done.put(self._clock.timed(name, stage, work))
            except BaseException as error:  # noqa: BLE001  handed to the caller's thread, which raises it
                self._fail(error)
        done.put(None)

    def _fail(self, error: BaseException) -> None:
        self._errors.append(error)
        self._failed.set()
        self._on_failure()

    def _drain(self) -> None:
        """When the caller stops early, take what the threads still hand on, so that they can end."""
        self._failed.set()
        self._on_failure()
        while self._queues[-1].get() is not None:
            pass
