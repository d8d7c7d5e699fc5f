"""One desk for everything that goes wrong or well with the equipment: log, metric and event."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone

import structlog

from traffic.errors import ConfigError, EvidenceError, StoreError, TrafficError
from traffic.events import payload
from traffic.events.payload import RECORDER_ID, HealthCondition, Severity
from traffic.telemetry import Metrics
from traffic.video.health import HealthEvent

DROPS_TOLD_EVERY_S = 10.0
_CAMERA_SEVERITY: dict[str, Severity] = {"connected": "info", "disconnected": "error", "broken_frame_burst": "warning"}
_log = structlog.get_logger(__name__)


class HealthDesk:
    """Takes reports from any thread.

    Args:
        metrics: counts every report.
        publish: sends a health event; None where no broker is configured.
        now: UTC, replaceable in tests.
    """

    def __init__(
        self,
        metrics: Metrics,
        publish: Callable[[payload.HealthEvent], None] | None,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._metrics = metrics
        self._publish = publish
        self._now = now
        self._lock = threading.Lock()
        self._dropped: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()
        self._told_at: dict[str, datetime] = {}
        self.failures: dict[str, TrafficError] = {}
        self.waits_for_record = False
        """Whether the disk or the database refuses, and is tried again."""

    @property
    def dropped(self) -> Counter[str]:
        """Dropped frames per camera since the start."""
        return self._dropped.copy()

    def camera_changed(self, event: HealthEvent) -> None:
        """A capture reports on itself."""
        self._tell(event.camera_id, _CAMERA_SEVERITY[event.kind], event.kind, event.detail, at=event.at)

    def frame_dropped(self, camera_id: str) -> None:
        """A live frame was dropped undetected: counted each time, told at once and then every ten seconds."""
        self._metrics.dropped_frames.labels(camera_id).inc()
        with self._lock:
            self._dropped[camera_id] += 1
            self._untold[camera_id] += 1
        self.tell_drops()

    def tell_drops(self, *, all_of_them: bool = False) -> None:
        """Tell the drops whose ten seconds are over, or all that were not told yet; call it now and then."""
        with self._lock:
            now = self._now()
            due = [camera for camera in self._untold if all_of_them or self._is_due(camera, now)]
            self._told_at.update(dict.fromkeys(due, now))
            counts = {camera: self._untold.pop(camera) for camera in due}
        for camera_id, count in counts.items():
            message = f"{count} frames dropped: this machine cannot keep up with the cameras"
            self._tell(camera_id, "warning", "frames_dropped", message, count=count)

    def _is_due(self, camera_id: str, now: datetime) -> bool:
        told_at = self._told_at.get(camera_id)
        return told_at is None or (now - told_at).total_seconds() >= DROPS_TOLD_EVERY_S

    def camera_failed(self, camera_id: str, error: TrafficError) -> None:
        """A source ended with an error; the others go on."""
        self.failures[camera_id] = error
        self._tell(camera_id, "error", "source_failed", str(error))

    def cannot_record(self, error: EvidenceError | StoreError) -> None:
        """The disk or the database refuses, and is tried again."""
        self.waits_for_record = True
        self._tell(RECORDER_ID, "error", "cannot_record", str(error))

    def records_again(self) -> None:
        """The disk or the database takes records again."""
        self.waits_for_record = False
        self._tell(RECORDER_ID, "info", "recording_again", "what waited is on record")

    def list_not_taken(self, name: str, error: ConfigError) -> None:
        """A list of plates was changed and cannot be read; it stays as it was."""
        self._tell(RECORDER_ID, "error", "list_not_taken", f"list {name}: {error}")

    def _tell(
        self,
        camera_id: str,
        severity: Severity,
        condition: HealthCondition,
        message: str,
        *,
        count: int | None = None,
        at: datetime | None = None,
    ) -> None:
        self._metrics.health_events.labels(camera_id, condition).inc()
        getattr(_log, severity)(condition, camera=camera_id, detail=message)
        if self._publish is not None:
            self._publish(payload.health_event(camera_id, at or self._now(), severity, condition, message, count))
