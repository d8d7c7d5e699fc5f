"""The one door to all sources: a capture for a camera's settings, and a look at what a source is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Protocol

from traffic.datatypes import Frame
from traffic.video.camera import connect_rtsp, connect_usb
from traffic.video.connection import Connect
from traffic.video.file import FileCapture, probe_file
from traffic.video.gstreamer import connect_gstreamer
from traffic.video.health import CaptureStatistics, HealthEvent
from traffic.video.live import LiveCapture, probe_live
from traffic.video.source import FileSource, GStreamerSource, RtspSource, SourceInfo, UsbSource


class Capture(Protocol):
    """The frames of one camera: a context manager to iterate over once."""

    def __enter__(self) -> Capture: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def __iter__(self) -> Iterator[Frame]: ...

    @property
    def is_live(self) -> bool:
        """Whether frames come at the camera's pace; only then may any be dropped."""

    @property
    def total_frames(self) -> int | None:
        """How many frames will come, an estimate for a progress bar; None for a camera."""

    @property
    def statistics(self) -> CaptureStatistics:
        """The counters as they stand."""


def open_capture(
    camera_id: str,
    settings: FileSource | RtspSource | UsbSource | GStreamerSource,
    *,
    stop: threading.Event,
    on_health: Callable[[HealthEvent], None],
) -> Capture:
    """A capture for `settings`, not yet entered.

    Entering a file's raises SourceError where it is unfit. A camera's never raises: it is tried for ever, until `stop`
    is set. `on_health` is called in the thread that iterates.
    """
    if isinstance(settings, FileSource):
        return FileCapture(camera_id, settings, stop=stop, on_health=on_health)
    return LiveCapture(camera_id, settings, _connect(settings), stop=stop, on_health=on_health)


def probe(settings: FileSource | RtspSource | UsbSource | GStreamerSource) -> SourceInfo:
    """What a source is, after its first picture came.

    Raises:
        SourceError: it is unfit, or a camera that gives no picture within its timeout_s.
    """
    if isinstance(settings, FileSource):
        return probe_file(settings)
    return probe_live(settings, _connect(settings))


def _connect(settings: RtspSource | UsbSource | GStreamerSource) -> Connect:
    if isinstance(settings, RtspSource):
        return partial(connect_rtsp, settings)
    if isinstance(settings, UsbSource):
        return partial(connect_usb, settings)
    return partial(connect_gstreamer, settings)
