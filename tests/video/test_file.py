import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.video.file import FileCapture, probe_file
from traffic.video.health import CaptureStatistics, HealthEvent
from traffic.video.source import FileSource

MS = 1_000_000
CONSTANT = list(range(0, 2000, 40))
VARIABLE = [0, 40, 41, 300, 340, 1000, 1005, 1100]
FASTSTART = {"movflags": "faststart"}


def read(
    path: Path, *, recorded_at: datetime | None = None
) -> tuple[list[Frame], CaptureStatistics, list[HealthEvent]]:
    told: list[HealthEvent] = []
    settings = FileSource(path=path, recorded_at=recorded_at)
    with FileCapture("north", settings, stop=threading.Event(), on_health=told.append) as capture:
        frames = list(capture)
        return frames, capture.statistics, told


@pytest.mark.parametrize(
    ("name", "codec", "options", "times_ms"),
    [
        ("constant.mp4", "libx264", {}, CONSTANT),
        ("variable.mp4", "libx264", {}, VARIABLE),
        ("variable.mkv", "libx264", {}, VARIABLE),
        ("b_frames.mp4", "libx264", {"bf": "3", "b_strategy": "0"}, CONSTANT),
        ("b_frames.ts", "libx264", {"bf": "3", "b_strategy": "0"}, CONSTANT),
        ("late_start.ts", "libx264", {}, [t + 7000 for t in CONSTANT]),
        ("mpeg4.avi", "mpeg4", {"qmin": "2", "qmax": "2"}, CONSTANT),
        ("motion_jpeg.mkv", "mjpeg", {}, VARIABLE),
    ],
)
def test_every_frame_comes_in_order_at_its_own_time(
    name: str,
    codec: str,
    options: dict[str, str],
    times_ms: list[int],
    make_clip: Callable[..., Path],
    read_number: Callable[[np.ndarray], int],
) -> None:
    frames, statistics, told = read(make_clip(name, times_ms, codec=codec, options=options))
    assert [read_number(f.image) for f in frames] == list(range(len(times_ms)))
    assert [round(f.pts_ns / MS) for f in frames] == [t - times_ms[0] for t in times_ms]
    assert [f.index for f in frames] == list(range(len(times_ms)))
    assert statistics == CaptureStatistics(frames=len(times_ms))
    assert told == []


def test_the_b_frame_clip_really_has_b_frames(make_clip: Callable[..., Path]) -> None:
    path = make_clip("b_frames.mp4", CONSTANT, options={"bf": "3", "b_strategy": "0"})
    with av.open(str(path)) as container:
        pts = [p.pts for p in container.demux(video=0) if p.pts is not None]
    assert pts != sorted(pts)


def test_a_frame_says_where_and_when_it_comes_from(make_clip: Callable[..., Path]) -> None:
    began = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    frames, _, _ = read(make_clip("a.mp4", VARIABLE), recorded_at=began)
    assert [f.captured_at - began for f in frames] == [timedelta(milliseconds=t) for t in VARIABLE]
    assert {f.camera_id for f in frames} == {"north"}
    assert all(f.captured_at.utcoffset() == timedelta(0) for f in frames)
    assert all(f.image.flags.c_contiguous and not f.image.flags.writeable for f in frames)


def test_a_replay_is_the_same_to_the_bit(make_clip: Callable[..., Path]) -> None:
    path = make_clip("a.mp4", CONSTANT)
    (first, _, _), (second, _, _) = read(path), read(path)
    for a, b in zip(first, second, strict=True):
        assert (a.recording_id, a.pts_ns, a.captured_at) == (b.recording_id, b.pts_ns, b.captured_at)
        assert np.array_equal(a.image, b.image)


@pytest.mark.parametrize(("name", "muxer"), [("cut.mp4", FASTSTART), ("cut.mkv", {}), ("cut.ts", {})])
def test_a_file_cut_off_at_the_end_gives_what_is_there(
    name: str, muxer: dict[str, str], make_clip: Callable[..., Path], read_number: Callable[[np.ndarray], int]
) -> None:
    path = make_clip(name, CONSTANT, muxer=muxer, options={"bf": "0", "g": "10"})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.8)])
    frames, _, _ = read(path)
    assert 20 <= len(frames) < len(CONSTANT)
    assert [read_number(f.image) for f in frames] == list(range(len(frames)))
    assert [round(f.pts_ns / MS) for f in frames] == CONSTANT[: len(frames)]


def test_flipped_bytes_in_the_middle_are_survived_and_counted(
    make_clip: Callable[..., Path], read_number: Callable[[np.ndarray], int]
) -> None:
    path = make_clip("flipped.mkv", CONSTANT, codec="mjpeg")
    data = bytearray(path.read_bytes())
    middle = slice(int(len(data) * 0.4), int(len(data) * 0.6))
    data[middle] = bytes(b ^ 0xFF for b in data[middle])
    path.write_bytes(data)
    frames, statistics, told = read(path)
    assert statistics.broken_frames > 0
    assert statistics.frames == len(frames) >= 25
    assert [read_number(f.image) for f in (frames[0], frames[-1])] == [0, 49]
    assert frames[-1].pts_ns == 1960 * MS
    assert [f.index for f in frames] == list(range(len(frames)))
    assert all(event.camera_id == "north" for event in told)


def test_many_broken_frames_are_told_once(
    make_clip: Callable[..., Path], blank_pictures: Callable[[Path, range], None]
) -> None:
    path = make_clip("burst.mkv", CONSTANT, codec="mjpeg")
    blank_pictures(path, range(20, 35))
    _, statistics, told = read(path)
    assert statistics.broken_frames == 15
    assert [event.kind for event in told] == ["broken_frame_burst"]


def test_flipped_bytes_of_h264_keep_time_rising(make_clip: Callable[..., Path]) -> None:
    path = make_clip("flipped.mp4", CONSTANT, muxer=FASTSTART, options={"g": "5"})
    data = bytearray(path.read_bytes())
    for at in range(int(len(data) * 0.4), int(len(data) * 0.6), 7):
        data[at] ^= 0x55
    path.write_bytes(data)
    frames, statistics, _ = read(path)
    assert statistics.broken_frames > 0
    assert frames[-1].pts_ns == 1960 * MS
    assert all(a.pts_ns < b.pts_ns for a, b in pairwise(frames))


def test_a_file_without_a_decodable_frame_is_refused_at_once(
    make_clip: Callable[..., Path], blank_pictures: Callable[[Path, range], None]
) -> None:
    path = make_clip("dead.mkv", CONSTANT[:8], codec="mjpeg")
    blank_pictures(path, range(8))
    with pytest.raises(SourceError, match=r"dead.mkv: expected video, got mjpeg data of which no frame") as refused:
        read(path)
    assert "copy the file again" in refused.value.remedy


def test_a_file_that_is_missing_is_refused_on_entering(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing there"):
        read(tmp_path / "road.mp4")


def test_stop_ends_the_loop_early(make_clip: Callable[..., Path], stop: threading.Event) -> None:
    settings = FileSource(path=make_clip("a.mp4", CONSTANT))
    with FileCapture("north", settings, stop=stop, on_health=[].append) as capture:
        for frame in capture:
            if frame.index == 4:
                stop.set()
        assert capture.statistics.frames == 5


def test_progress_can_be_told(make_clip: Callable[..., Path]) -> None:
    settings = FileSource(path=make_clip("a.mkv", CONSTANT))
    with FileCapture("north", settings, stop=threading.Event(), on_health=[].append) as capture:
        assert not capture.is_live
        assert capture.total_frames == pytest.approx(50, abs=2)


def test_probe_tells_size_rate_and_codec(make_clip: Callable[..., Path]) -> None:
    info = probe_file(FileSource(path=make_clip("a.mp4", CONSTANT)))
    assert (info.width, info.height, info.fps, info.frames, info.codec) == (256, 128, 25.0, 50, "h264")


@pytest.mark.parametrize(
    "name",
    ["it_autostrada_foreste_dusk_mit_352x288.mp4", "es_highway_cctv_320x240.avi", "cn_plate_camera_25f_720p.mp4"],
)
def test_a_real_clip_gives_as_many_frames_as_it_holds(name: str, video_folder: Path) -> None:
    with av.open(str(video_folder / name)) as container:
        held = sum(1 for _ in container.decode(video=0))
    frames, statistics, _ = read(video_folder / name)
    assert len(frames) == held
    assert statistics == CaptureStatistics(frames=held)
    assert all(a.pts_ns < b.pts_ns for a, b in pairwise(frames))
