"""What a run did: counted while it runs, told when it ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traffic.datatypes import Case, Frame
from traffic.errors import TrafficError
from traffic.pipeline import StageClock
from traffic.store.repository import RecordResult
from traffic.telemetry import Metrics
from traffic.video.health import CaptureStatistics


@dataclass(frozen=True, slots=True)
class CameraReport:
    """What became of one camera's frames.

    Attributes:
        frames: frames that went through the whole chain.
        captured, broken, dropped: frames that the source delivered, could not decode, and that a live stream lost.
        reconnects: connections after the first one.
        complete: False for a file that was stopped or failed before its end; run again, it is completed.
        failure: why the source ended early, None if it did not.
    """

    frames: int
    captured: int
    broken: int
    dropped: int
    reconnects: int
    complete: bool
    failure: str | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did.

    Attributes:
        cameras: by id.
        passages, violations: put on record for the first time.
        already_recorded: passages that an earlier run had put on record.
        unsent_events: events that wait in the outbox, None where no broker is configured.
        wall_s: seconds from the start to the last batch.
        stage_s: wall seconds in each stage.
    """

    cameras: dict[str, CameraReport]
    passages: int
    violations: int
    already_recorded: int
    unsent_events: int | None
    wall_s: float
    stage_s: dict[str, float]


class Tally:
    """Counts a run, for its report and for the metrics. Frames are counted in one thread, cases in another."""

    def __init__(self, metrics: Metrics, clock: StageClock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._frames: Counter[str] = Counter()
        self._passages = self._violations = self._already_recorded = 0
        self._started_s = self._ended_s = time.monotonic()

    def start(self) -> None:
        """The first batch is asked for."""
        self._started_s = self._ended_s = time.monotonic()

    def count_frames(self, frames: Sequence[Frame], depths: Mapping[str, int]) -> None:
        """A batch went through the whole chain; `depths` tells what waits before each stage."""
        for frame in frames:
            self._frames[frame.camera_id] += 1
            self._metrics.frames.labels(frame.camera_id).inc()
        self._ended_s = time.monotonic()
        for stage, depth in depths.items():
            self._metrics.queue_depth.labels(stage).set(depth)
        for stage, seconds in self._clock.seconds.items():
            self._metrics.stage_seconds.labels(stage).set(seconds)

    def count_cases(self, cases: Sequence[Case], result: RecordResult) -> None:
        """A batch of cases became durable."""
        self._already_recorded += result.already_there
        for case in (case for case in cases if case.passage.passage_id in result.new_ids):
            self._passages += 1
            self._violations += len(case.violations)
            self._metrics.passages.labels(case.passage.camera_id).inc()
            for violation in case.violations:
                self._metrics.violations.labels(violation.camera_id, violation.rule).inc()

    def frames_per_second(self) -> float:
        """Frames through the whole chain a second of wall time."""
        return sum(self._frames.values()) / max(self._ended_s - self._started_s, 1e-9)

    def camera_report(
        self,
        camera_id: str,
        captured: CaptureStatistics,
        *,
        dropped: int,
        complete: bool,
        failure: TrafficError | None,
    ) -> CameraReport:
        """One camera's part of the report."""
        return CameraReport(
            frames=self._frames[camera_id],
            captured=captured.frames,
            broken=captured.broken_frames,
            dropped=dropped,
            reconnects=captured.reconnects,
            complete=complete,
            failure=None if failure is None else str(failure),
        )

    def run_report(self, cameras: dict[str, CameraReport], unsent_events: int | None) -> RunReport:
        """The whole report, as things stand."""
        return RunReport(
            cameras=cameras,
            passages=self._passages,
            violations=self._violations,
            already_recorded=self._already_recorded,
            unsent_events=unsent_events,
            wall_s=self._ended_s - self._started_s,
            stage_s=dict(self._clock.seconds),
        )
