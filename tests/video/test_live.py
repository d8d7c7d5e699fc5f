import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
import structlog

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.video.connection import Connection, Picture
from traffic.video.decoding import Broken
from traffic.video.health import CaptureStatistics, HealthEvent
from traffic.video.labels import LiveLabels
from traffic.video.live import LiveCapture, probe_live
from traffic.video.source import RtspSource, SourceInfo

MS = 1_000_000
SETTINGS = RtspSource(url="rtsp://user:secret@cam/1", timeout_s=0.1, retry_initial_s=0.05, retry_max_s=0.1)
ARRIVALS_MS = [1000, 1040, 1080, 1120, 2000, 2040, 2080]
Script = list[list[str]]


class ScriptedCamera:
    """A camera whose connections go as written: "dead" refuses; else each word is a picture or its absence."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.connections = 0
        self.open_now = 0

    @contextmanager
    def connect(self, closing: threading.Event) -> Iterator[Connection]:
        words = self._script[self.connections] if self.connections < len(self._script) else ["dead"]
        self.connections += 1
        if words == ["dead"]:
            raise ConnectionRefusedError(111, "Connection refused")
        assert self.open_now == 0, "two connections to one camera at a time"
        self.open_now += 1
        try:
            yield Connection(SourceInfo(0, 0, 25.0, None, "raw"), self._pictures(words, closing))
        finally:
            self.open_now -= 1

    def _pictures(self, words: list[str], closing: threading.Event) -> Iterator[Picture | Broken]:
        for n, word in enumerate(words):
            if word == "silence":
                closing.wait()
            elif word == "broken":
                yield Broken("bad data")
            elif word == "broken for ever":
                while not closing.wait(0.005):
                    yield Broken("bad data")
            else:
                # every connection's own PTS begins anew, and arrives at its connection's moment
                yield Picture(np.zeros((2, 4, 3), np.uint8), n * 40 * MS, (self.connections * 1000 + n * 40) * MS)


def watch(
    script: Script, stop: threading.Event, until: Callable[[LiveCapture, ScriptedCamera], bool]
) -> tuple[list[Frame], CaptureStatistics, list[HealthEvent]]:
    """Everything a capture tells of a scripted camera, until the condition holds (seen at each event and frame)."""
    camera, frames, events = ScriptedCamera(script), list[Frame](), list[HealthEvent]()
    capture = LiveCapture("north", SETTINGS, camera.connect, stop=stop, on_health=events.append)

    def end_when_done() -> None:
        while not stop.wait(0.01):
            if until(capture, camera):
                stop.set()

    watcher = threading.Thread(target=end_when_done)
    watcher.start()
    with capture:
        frames.extend(capture)
    watcher.join()
    return frames, capture.statistics, events


def reconnected(times: int) -> Callable[[LiveCapture, ScriptedCamera], bool]:
    return lambda capture, camera: capture.statistics.reconnects >= times and camera.connections > times


@pytest.mark.parametrize(
    ("script", "frames", "states"),
    [
        ([["picture"] * 3, ["picture"] * 2], 5, "connected disconnected connected disconnected"),
        ([["dead"], ["dead"], ["picture"]], 1, "disconnected connected disconnected"),
        ([["picture", "silence"], ["picture"]], 2, "connected disconnected connected disconnected"),
        ([["broken for ever"], ["picture"]], 1, "broken_frame_burst disconnected connected disconnected"),
        ([["silence"], ["picture"]], 1, "disconnected connected disconnected"),
        ([[], ["picture"]], 1, "disconnected connected disconnected"),
        ([["dead"]], 0, "disconnected"),
    ],
)
def test_a_camera_that_goes_and_comes_back(script: Script, frames: int, states: str, stop: threading.Event) -> None:
    came, statistics, events = watch(script, stop, reconnected(len(script) + 1))
    assert len(came) == statistics.frames == frames
    assert [event.kind for event in events] == states.split()
    assert statistics.reconnects >= len(script) + 1
    details = [event.detail for event in events if event.kind != "broken_frame_burst"]
    assert all("secret" not in detail and "rtsp://cam/1" in detail for detail in details)


def test_time_goes_on_over_the_gap(stop: threading.Event) -> None:
    frames, statistics, _ = watch([["picture"] * 3, ["picture"] * 3], stop, reconnected(2))
    assert [f.pts_ns // MS for f in frames] == [0, 40, 80, 1000, 1040, 1080]
    assert [f.index for f in frames] == [0, 1, 2, 3, 4, 5]
    for connection in (frames[:3], frames[3:]):
        assert all(b.captured_at - a.captured_at == timedelta(milliseconds=40) for a, b in pairwise(connection))
    assert abs(frames[3].captured_at - frames[2].captured_at - timedelta(milliseconds=920)) < timedelta(seconds=1)
    assert statistics.repaired_pts == 0


def test_labels_become_right_when_the_machines_clock_is_set_and_media_time_does_not_notice(
    stop: threading.Event,
) -> None:
    wrong, right = 1_000_000_000 * 1000 * MS, 1_800_000_000 * 1000 * MS
    utc = iter([wrong, wrong, right, right, *[right + 500 * MS] * 3])
    labels = LiveLabels(utc_ns=lambda: next(utc), monotonic_ns=lambda: 0)
    camera = ScriptedCamera([["picture"] * 4, ["picture"] * 3])
    capture = LiveCapture("n", SETTINGS, camera.connect, stop=stop, on_health=[].append, labels=labels)
    with structlog.testing.capture_logs() as told, capture:
        frames = [frame for _, frame in zip(range(7), capture, strict=False)]
    # the picture's arrival on the monotonic clock is added to what UTC is at its zero
    assert [f.captured_at.timestamp() - a / 1000 for f, a in zip(frames, ARRIVALS_MS, strict=True)] == pytest.approx(
        [1e9, 1e9, 1.8e9, 1.8e9, *[1.8e9 + 0.5] * 3], abs=0.001, rel=0
    )
    assert [f.pts_ns // MS for f in frames] == [a - ARRIVALS_MS[0] for a in ARRIVALS_MS]
    assert [(line["event"], line["seconds"]) for line in told] == [("clock_changed", 8e8)]


def test_one_recording_a_start(stop: threading.Event) -> None:
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    frames, _, _ = watch([["picture"] * 2, ["picture"]], stop, reconnected(2))
    (recording,) = {f.recording_id for f in frames}
    camera, _, began = recording.partition("@")
    assert camera == "north"
    assert before < datetime.fromisoformat(began) <= datetime.now(timezone.utc)


def test_broken_pictures_are_counted_and_a_burst_is_told(stop: threading.Event) -> None:
    script = [["picture"] * 3 + ["broken"] * 12 + ["picture"]]
    frames, statistics, events = watch(script, stop, reconnected(1))
    assert (len(frames), statistics.broken_frames) == (4, 12)
    assert [event.kind for event in events] == ["connected", "broken_frame_burst", "disconnected"]


def test_leaving_lets_the_camera_go(stop: threading.Event) -> None:
    camera = ScriptedCamera([["picture"] * 1000])
    with LiveCapture("north", SETTINGS, camera.connect, stop=stop, on_health=[].append) as capture:
        assert capture.is_live
        assert capture.total_frames is None
        next(iter(capture))
    ended = threading.Event()
    for _ in range(200):
        if camera.open_now == 0 or ended.wait(0.02):
            break
    assert camera.open_now == 0


def test_probe_tells_what_came() -> None:
    info = probe_live(SETTINGS, ScriptedCamera([["broken", "picture"]]).connect)
    assert info == SourceInfo(4, 2, 25.0, None, "raw")


@pytest.mark.parametrize(
    ("words", "came"),
    [
        (["dead"], "Connection refused"),
        (["silence"], "no picture for 0.1 s"),
        (["broken for ever"], "no picture for 0.1 s"),
        ([], "the stream ended"),
    ],
)
def test_probe_of_a_camera_without_pictures_says_why(words: list[str], came: str) -> None:
    with pytest.raises(SourceError, match=f"rtsp://cam/1: expected a picture within 0.1 s, got: {came}") as refused:
        probe_live(SETTINGS, ScriptedCamera([words]).connect)
    assert "powered and reachable" in refused.value.remedy
