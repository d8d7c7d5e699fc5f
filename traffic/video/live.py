"""A camera as a source of frames: it may go and come back, the capture goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timezone
from types import TracebackType

import structlog

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.video.clock import LiveClock
from traffic.video.connection import POLL_S, Connect, ConnectionReader, Picture
from traffic.video.decoding import Broken
from traffic.video.health import BurstMeter, CaptureStatistics, HealthEvent, HealthKind
from traffic.video.labels import LiveLabels
from traffic.video.source import LiveSettings, SourceInfo, source_name

_log = structlog.get_logger(__name__)


class LiveCapture:
    """The frames of a camera, until `stop` is set.

    A connection that fails or falls silent is made anew for ever, after a wait that doubles from retry_initial_s to
    retry_max_s and starts over once a picture came. One thread iterates and leaves the context; any may read
    `statistics`.

    `captured_at` follows the machine's UTC clock when that is set, see LiveLabels: unlike `pts_ns` it need not rise.
    """

    is_live = True
    total_frames: int | None = None

    def __init__(
        self,
        camera_id: str,
        settings: LiveSettings,
        connect: Connect,
        *,
        stop: threading.Event,
        on_health: Callable[[HealthEvent], None],
        labels: LiveLabels | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._settings = settings
        self._connect = connect
        self._stop = stop
        self._on_health = on_health
        self._clock = LiveClock()
        self._labels = labels or LiveLabels()
        self._burst = BurstMeter()
        self._state: HealthKind | None = None
        self._frames = self._broken = self._reconnects = 0
        self._iterator = self._iterate()

    def __enter__(self) -> LiveCapture:
        self._recording_id = f"{self._camera_id}@{datetime.now(timezone.utc).isoformat(timespec='milliseconds')}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._iterator.close()

    def __iter__(self) -> Iterator[Frame]:
        return self._iterator

    @property
    def statistics(self) -> CaptureStatistics:
        """The counters as they stand."""
        return CaptureStatistics(self._frames, self._broken, self._reconnects, self._clock.repaired)

    def _iterate(self) -> Generator[Frame, None, None]:
        delay = self._settings.retry_initial_s
        while not self._stop.is_set():
            before = self._frames
            yield from self._one_connection()
            if self._frames > before:
                delay = self._settings.retry_initial_s
            self._stop.wait(delay)
            delay = min(2 * delay, self._settings.retry_max_s)
            self._reconnects += not self._stop.is_set()

    def _one_connection(self) -> Iterator[Frame]:
        self._clock.connection_begins()
        self._labels.connection_begins()
        with ConnectionReader(self._connect, self._camera_id) as reader:
            for item in reader.items(self._stop, 2 * self._settings.timeout_s):
                if isinstance(item, Broken):
                    self._count_broken(item)
                else:
                    self._change_state("connected", source_name(self._settings))
                    yield self._frame(item)
        if not self._stop.is_set():
            self._change_state("disconnected", f"{source_name(self._settings)}: {reader.reason}")
        while reader.is_alive and not self._stop.wait(POLL_S):
            pass

    def _change_state(self, state: HealthKind, detail: str) -> None:
        if state != self._state:
            self._state = state
            self._tell(state, detail)

    def _tell(self, kind: HealthKind, detail: str) -> None:
        self._on_health(HealthEvent(self._camera_id, kind, datetime.now(timezone.utc), detail))

    def _count_broken(self, broken: Broken) -> None:
        self._broken += 1
        if self._burst.broken():
            self._tell("broken_frame_burst", broken.detail)

    def _frame(self, picture: Picture) -> Frame:
        self._burst.good()
        pts_ns = self._clock.stamp(picture.pts_ns, picture.arrival_ns)
        set_by_s = self._labels.anchor(pts_ns, picture.arrival_ns)
        if set_by_s:
            _log.info("clock_changed", camera=self._camera_id, seconds=round(set_by_s, 3))
        at = self._labels.label(pts_ns)
        frame = Frame(self._camera_id, self._recording_id, self._frames, pts_ns, at, picture.image)
        self._frames += 1
        return frame


def probe_live(settings: LiveSettings, connect: Connect) -> SourceInfo:
    """What the camera is, after its first picture.

    Raises:
        SourceError: no picture within timeout_s.
    """
    with ConnectionReader(connect, "probe") as reader:
        for item in reader.items(threading.Event(), settings.timeout_s):
            if isinstance(item, Picture) and reader.info is not None:
                height, width, _ = item.image.shape
                return SourceInfo(width, height, reader.info.fps, None, reader.info.codec)
        raise SourceError(
            f"{source_name(settings)}: expected a picture within {settings.timeout_s:g} s, got: {reader.reason}",
            remedy="check that the camera is powered and reachable, and its address and password in the config",
        )
