import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from traffic.errors import SourceError
from traffic.video.capture import Capture, open_capture, probe
from traffic.video.source import FileSource, GStreamerSource, RtspSource, UsbSource

CAMERAS = [RtspSource(url="rtsp://127.0.0.1:1/road"), UsbSource(), GStreamerSource(pipeline="videotestsrc")]


def test_a_file_is_opened_by_its_settings(make_clip: Callable[..., Path], stop: threading.Event) -> None:
    settings = FileSource(path=make_clip("a.mp4", [0, 40, 80]))
    capture: Capture = open_capture("north", settings, stop=stop, on_health=[].append)
    with capture:
        assert (capture.is_live, capture.total_frames) == (False, 3)
        assert [frame.index for frame in capture] == [0, 1, 2]
    assert probe(settings).frames == 3


@pytest.mark.parametrize("settings", CAMERAS)
def test_a_cameras_capture_is_live_and_endless(
    settings: RtspSource | UsbSource | GStreamerSource, stop: threading.Event
) -> None:
    capture: Capture = open_capture("north", settings, stop=stop, on_health=[].append)
    assert (capture.is_live, capture.total_frames) == (True, None)


@pytest.mark.parametrize("settings", CAMERAS)
def test_a_capture_that_was_stopped_before_it_began_gives_nothing(
    settings: RtspSource | UsbSource | GStreamerSource, stop: threading.Event
) -> None:
    stop.set()
    with open_capture("north", settings, stop=stop, on_health=[].append) as capture:
        assert list(capture) == []


def test_a_file_that_is_not_there_fails_on_entering_and_in_probe(tmp_path: Path, stop: threading.Event) -> None:
    settings = FileSource(path=tmp_path / "road.mp4")
    with pytest.raises(SourceError, match="nothing there"), open_capture("n", settings, stop=stop, on_health=[].append):
        pass
    with pytest.raises(SourceError, match="nothing there"):
        probe(settings)
