"""The composition root: with models.py the one place that knows every implementation and puts a run together."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType

import structlog
from sqlalchemy import Engine as DatabaseEngine

from traffic.config import CameraSettings, Config
from traffic.datatypes import Case
from traffic.errors import StoreError
from traffic.events.publisher import Publisher
from traffic.feed import Feed, FrameSource
from traffic.health import HealthDesk
from traffic.models import build_classifier, build_detector, build_on_device, build_plate_reader
from traffic.pipeline import AsynchronousRun, Identified, Pipeline, StageClock, run_synchronously
from traffic.plates.recognizer import PlateRecognizer
from traffic.record import Patience
from traffic.report import CameraReport, RunReport, Tally
from traffic.stages import build_identifier, build_judge, build_recorder, is_live
from traffic.store.database import open_for_recording
from traffic.store.outbox import Outbox
from traffic.store.repository import RecordResult
from traffic.telemetry import Metrics
from traffic.tracking.bytetrack import Tracker
from traffic.video.capture import Capture, open_capture
from traffic.video.health import CaptureStatistics, HealthEvent

DRAIN_S = 5.0
"""How long a run that ends waits for the broker to take the last events; the rest stays in the outbox."""

_log = structlog.get_logger(__name__)


class Run:
    """One run of the whole chain, from opening everything that the config names to closing it.

    Args:
        config: with absolute paths.
        stop: set it, from any thread, to end the run cleanly: what is in the chain is recorded.
        synchronous: one thread for the whole chain; the result is the same.

    Raises:
        TrafficError: on entering, when something that the config names is missing or refuses.
    """

    def __init__(self, config: Config, stop: threading.Event, *, synchronous: bool = False) -> None:
        self.metrics = Metrics()
        self.clock = StageClock()
        self._config = config
        self._stop = stop
        self._synchronous = synchronous
        self._captures: dict[str, Capture] = {}
        self._tally = Tally(self.metrics, self.clock)
        self._asynchronous: AsynchronousRun | None = None

    def __enter__(self) -> Run:
        with ExitStack() as stack:
            engine = stack.enter_context(open_for_recording(self._config.database))
            self._publisher = (
                stack.enter_context(Publisher(engine, self._config.mqtt)) if self._config.mqtt is not None else None
            )
            if self._publisher is not None:
                self.metrics.unsent_events.set_function(partial(_unsent, Outbox(engine)))
            self._desk = HealthDesk(self.metrics, self._publisher.publish_health if self._publisher else None)
            self._feed = Feed(
                {camera.id: partial(self._open_source, camera) for camera in self._cameras},
                on_drop=self._desk.frame_dropped,
                on_failure=self._desk.camera_failed,
                stop=self._stop,
            )
            self._pipeline = self._build_pipeline(engine, stack)
            if self._config.telemetry.metrics_port is not None:
                self.metrics.serve(self._config.telemetry.metrics_port)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.__exit__(kind, error, trace)

    def _build_pipeline(self, engine: DatabaseEngine, stack: ExitStack) -> Pipeline:
        config, on_device = self._config, build_on_device(self._config, stack)
        self._plate_reader = build_plate_reader(config, stack, on_device)
        self._identifier = build_identifier(config, build_classifier(config, stack, on_device), self._plate_reader)
        self._judge, self._lists = build_judge(config, self._desk.list_not_taken)
        patience = Patience(is_live(config), self._stop, self._desk.cannot_record, self._desk.records_again)
        return Pipeline(
            detector=build_detector(config, stack, on_device),
            trackers={camera.id: Tracker(camera.tracker) for camera in config.cameras},
            identifier=self._identifier,
            judge=self._judge,
            recorder=build_recorder(config, engine, stack, patience, self._recorded),
        )

    @property
    def _cameras(self) -> Sequence[CameraSettings]:
        return self._config.cameras

    def __iter__(self) -> Iterator[Identified]:
        """Every batch after it is on record."""
        self._tally.start()
        for done in self._chain():
            self._tally.count_frames(done.batch.frames, self.depths())
            self._count_plates()
            self._count_lists()
            self._desk.tell_drops()
            yield done
        self._desk.tell_drops(all_of_them=True)
        if self._publisher is not None:
            self._publisher.drain(DRAIN_S)

    def depths(self) -> dict[str, int]:
        """Batches that wait before each stage; empty in a synchronous run."""
        return self._asynchronous.depths() if self._asynchronous else {}

    def progress(self) -> int:
        """A number that changes whenever a stage finishes a batch."""
        return sum(self.clock.batches.values())

    def is_idle(self) -> bool:
        """Whether no batch waits before a stage, or they wait because the disk or the database refuses."""
        return self._desk.waits_for_record or not any(self.depths().values())

    def expected_frames(self) -> int | None:
        """Frames that all sources will deliver, an estimate; None while a camera is live or not open yet."""
        totals = [capture.total_frames for capture in self._captures.values()]
        known = [total for total in totals if total is not None]
        return sum(known) if len(known) == len(self._cameras) else None

    def frames_per_second(self) -> float:
        """Frames through the whole chain a second of wall time."""
        return self._tally.frames_per_second()

    def report(self) -> RunReport:
        """How the run stands, or stood at its end."""
        cameras = {camera.id: self._camera_report(camera.id) for camera in self._cameras}
        return self._tally.run_report(cameras, self._publisher.statistics().unsent if self._publisher else None)

    def _camera_report(self, camera_id: str) -> CameraReport:
        capture = self._captures.get(camera_id)
        captured = capture.statistics if capture is not None else CaptureStatistics()
        return self._tally.camera_report(
            camera_id,
            captured,
            dropped=self._desk.dropped[camera_id],
            complete=camera_id not in self._feed.cut_short,
            failure=self._desk.failures.get(camera_id),
        )

    def _chain(self) -> Iterator[Identified]:
        if self._synchronous:
            return run_synchronously(self._pipeline, self._feed.batches(), self.clock)
        self._asynchronous = AsynchronousRun(self._pipeline, self._feed.batches(), self.clock, self._stop.set)
        return iter(self._asynchronous)

    def _open_source(self, camera: CameraSettings) -> FrameSource:
        capture = open_capture(camera.id, camera.source, stop=self._stop, on_health=self._camera_changed)
        self._captures[camera.id] = capture
        return capture

    def _camera_changed(self, event: HealthEvent) -> None:
        self._desk.camera_changed(event)
        if event.kind == "disconnected":
            self._feed.interrupted(event.camera_id)

    def _count_plates(self) -> None:
        tally = self._identifier.plate_tally
        if isinstance(self._plate_reader, PlateRecognizer):
            for outcome, count in self._plate_reader.statistics.outcomes().items():
                self.metrics.plate_crops.labels(outcome).set(count)
        self.metrics.plate_crops.labels("over budget").set(tally.over_budget)
        for outcome, count in tally.passages.items():
            self.metrics.plates.labels(outcome).set(count)

    def _count_lists(self) -> None:
        for (name, match), count in self._judge.hits.items():
            self.metrics.list_hits.labels(name, match).set(count)
        for (rule, reason), count in self._judge.exempted.items():
            self.metrics.exempted_violations.labels(rule, reason).set(count)
        for name, count in self._lists.entries.items():
            self.metrics.list_entries.labels(name).set(count)
        for name, count in self._lists.reloads.items():
            self.metrics.list_reloads.labels(name).set(count)
        for name, count in self._lists.refused.items():
            self.metrics.list_refusals.labels(name).set(count)

    def _recorded(self, cases: Sequence[Case], result: RecordResult) -> None:
        self._tally.count_cases(cases, result)
        if self._publisher is not None:
            self._publisher.notify()


def _unsent(outbox: Outbox) -> float:
    """For a scrape: not a number while the database is in trouble, so that the other metrics are served."""
    try:
        return outbox.unsent_count()
    except StoreError:
        return math.nan
