import contextlib
import os
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from traffic.errors import SourceError
from traffic.video.capture import open_capture, probe
from traffic.video.gstreamer import connect_gstreamer
from traffic.video.health import HealthEvent
from traffic.video.source import GStreamerSource

BLUE = "videotestsrc is-live=true pattern=blue ! video/x-raw,format={},width={},height=48,framerate=30/1"


def source(pipeline: str) -> GStreamerSource:
    return GStreamerSource(pipeline=pipeline, timeout_s=5.0, retry_initial_s=0.05, retry_max_s=0.05)


def children() -> set[str]:
    """The process ids of our children, ended ones that nobody waited for too."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            found |= {process.name} if parent == str(os.getpid()) else set()
    return found


@pytest.mark.usefixtures("gst_launch")
@pytest.mark.parametrize(("pixels", "width"), [("I420", 64), ("BGRx", 66), ("NV12", 62)])
def test_a_pipelines_pictures_arrive(pixels: str, width: int, stop: threading.Event) -> None:
    with open_capture("csi", source(BLUE.format(pixels, width)), stop=stop, on_health=[].append) as capture:
        frames = [frame for _, frame in zip(range(5), capture, strict=False)]
        assert capture.statistics.repaired_pts == 0
    for frame in frames:
        assert frame.image.shape == (48, width, 3)
        assert abs(frame.image.astype(int) - (255, 0, 0)).max() <= 6
    assert all(a.pts_ns < b.pts_ns for a, b in pairwise(frames))


@pytest.mark.usefixtures("gst_launch")
def test_a_pipeline_that_ends_is_started_again(stop: threading.Event) -> None:
    events: list[HealthEvent] = []
    pipeline = BLUE.format("I420", 64).replace("pattern", "num-buffers=3 pattern")
    with open_capture("csi", source(pipeline), stop=stop, on_health=events.append) as capture:
        frames = [frame for _, frame in zip(range(5), capture, strict=False)]
    assert [event.kind for event in events] == ["connected", "disconnected", "connected"]
    assert all(a.pts_ns < b.pts_ns for a, b in pairwise(frames))


@pytest.mark.usefixtures("gst_launch")
def test_probe_of_a_pipeline() -> None:
    info = probe(source(BLUE.format("I420", 64)))
    assert (info.width, info.height, info.fps, info.frames, info.codec) == (64, 48, 30.0, None, "raw")


@pytest.mark.usefixtures("gst_launch")
def test_a_wrong_pipeline_is_told_in_the_tools_words() -> None:
    with pytest.raises(SourceError, match="nosuchsource"):
        probe(source("nosuchsource ! videoconvert"))


@pytest.mark.usefixtures("gst_launch")
def test_nothing_is_left_open_and_no_process_behind() -> None:
    before = set(os.listdir("/proc/self/fd"))
    running = children()
    with connect_gstreamer(source(BLUE.format("I420", 64)), threading.Event()) as connection:
        next(connection.pictures)
        assert len(children() - running) == 1
    assert set(os.listdir("/proc/self/fd")) == before
    assert children() <= running


@pytest.mark.usefixtures("gst_launch")
def test_a_pipelines_error_is_told_without_its_secrets() -> None:
    with pytest.raises(SourceError, match="videotestsrc") as refused:
        probe(source("videotestsrc pattern=rtsp://admin:s3cret@cam/1"))
    assert "s3cret" not in str(refused.value)


def test_without_the_tool_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SourceError, match=r"apt-get install gstreamer1.0-tools"):
        probe(source("videotestsrc"))
