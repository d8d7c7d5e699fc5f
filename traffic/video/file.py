"""A recorded file as a source of frames: all of them, in presentation order, on the recording's own clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import chain
from types import TracebackType

import av
from av.video.frame import VideoFrame

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.video.clock import FileClock
from traffic.video.decoding import (
    BgrConverter,
    Broken,
    decode,
    describe_stream,
    frame_rate,
    reason,
    time_base,
    video_stream,
)
from traffic.video.health import BurstMeter, CaptureStatistics, HealthEvent
from traffic.video.recording import check_is_file, open_file, recorded_at, recording_id, unreadable
from traffic.video.source import FileSource, SourceInfo


class FileCapture:
    """The frames of a video file. Opening it decodes the first one, so an unfit file is refused at once.

    Broken frames are left out and counted; the time of the others does not change by that. The loop ends at the end of
    the file, or early once `stop` is set. Not thread-safe; `statistics` may be read from any thread.

    Attributes:
        info: what the file is; there once it was entered.
    """

    is_live = False
    info: SourceInfo

    def __init__(
        self, camera_id: str, settings: FileSource, *, stop: threading.Event, on_health: Callable[[HealthEvent], None]
    ) -> None:
        self._camera_id = camera_id
        self._settings = settings
        self._stop = stop
        self._on_health = on_health
        self._entered = False
        self._burst = BurstMeter()
        self._converter = BgrConverter()
        self._frames = 0
        self._broken = 0
        self._resources = ExitStack()

    def __enter__(self) -> FileCapture:
        path = self._settings.path
        check_is_file(path)
        self._recording_id = recording_id(path)
        with ExitStack() as stack:
            container = stack.enter_context(open_file(path))
            stream = video_stream(container, str(path))
            self.info = describe_stream(container, stream)
            self._clock = FileClock(time_base(stream), frame_rate(stream))
            began = self._settings.recorded_at or recorded_at(container, path)
            self._origin = began.astimezone(timezone.utc)
            self._pictures = self._first_picture(decode(container, stream))
            self._resources = stack.pop_all()
        self._entered = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._resources.close()

    def __iter__(self) -> Iterator[Frame]:
        try:
            for picture in self._pictures:
                if self._stop.is_set():
                    return
                if isinstance(picture, Broken):
                    self._count_broken(picture)
                else:
                    yield self._frame(picture)
        except av.FFmpegError as error:
            raise unreadable(self._settings.path, reason(error)) from error

    @property
    def total_frames(self) -> int | None:
        """How many frames the file has, as far as its container says; None until it was entered."""
        return self.info.frames if self._entered else None

    @property
    def statistics(self) -> CaptureStatistics:
        """The counters as they stand."""
        if not self._entered:
            return CaptureStatistics()
        return CaptureStatistics(self._frames, self._broken, 0, self._clock.repaired)

    def _first_picture(self, pictures: Iterator[VideoFrame | Broken]) -> Iterator[VideoFrame | Broken]:
        try:
            for picture in pictures:
                if not isinstance(picture, Broken):
                    return chain([picture], pictures)
                self._count_broken(picture)
        except av.FFmpegError as error:
            raise unreadable(self._settings.path, reason(error)) from error
        raise SourceError(
            f"{self._settings.path}: expected video, got {self.info.codec} data of which no frame can be decoded",
            remedy="copy the file again from where it was recorded",
        )

    def _count_broken(self, broken: Broken) -> None:
        self._broken += 1
        if self._burst.broken():
            now = datetime.now(timezone.utc)
            self._on_health(HealthEvent(self._camera_id, "broken_frame_burst", now, broken.detail))

    def _frame(self, picture: VideoFrame) -> Frame:
        self._burst.good()
        pts_ns = self._clock.stamp(picture.pts)
        at = self._origin + timedelta(microseconds=pts_ns // 1000)
        frame = Frame(self._camera_id, self._recording_id, self._frames, pts_ns, at, self._converter.convert(picture))
        self._frames += 1
        return frame


def probe_file(settings: FileSource) -> SourceInfo:
    """What the file is, after its first frame was decoded.

    Raises:
        SourceError: as FileCapture's.
    """
    with FileCapture("probe", settings, stop=threading.Event(), on_health=lambda _: None) as capture:
        first = next(iter(capture))
        height, width, _ = first.image.shape
        return replace(capture.info, width=width, height=height)
