import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.video.capture import open_capture, probe
from traffic.video.health import HealthEvent
from traffic.video.source import RtspSource, UsbSource


def source(url: str, **changes: Any) -> RtspSource:
    return RtspSource(url=url, **{"timeout_s": 2.0, "retry_initial_s": 0.1, "retry_max_s": 0.2, **changes})


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_network_cameras_frames_arrive(transport: str, rtsp_server: Any, stop: threading.Event) -> None:
    with open_capture("n", source(rtsp_server.url, transport=transport), stop=stop, on_health=[].append) as capture:
        frames = [frame for _, frame in zip(range(10), capture, strict=False)]
    assert {frame.image.shape for frame in frames} == {(240, 320, 3)}
    assert any(frame.image.max() > 200 for frame in frames)
    assert all(a.pts_ns < b.pts_ns for a, b in pairwise(frames))


def test_a_killed_server_is_noticed_and_a_new_one_taken_up(rtsp_server: Any, stop: threading.Event) -> None:
    events: list[HealthEvent] = []
    frames: list[Frame] = []

    def on_health(event: HealthEvent) -> None:
        events.append(event)
        if event.kind == "disconnected":
            rtsp_server.start()

    with open_capture("north", source(rtsp_server.url), stop=stop, on_health=on_health) as capture:
        for frame in capture:
            frames.append(frame)
            if frame.index == 5:
                rtsp_server.kill()
            if len(events) == 3 and len(frames) >= 12:
                break
        assert capture.statistics.reconnects >= 1
    assert [event.kind for event in events] == ["connected", "disconnected", "connected"]
    assert all(a.pts_ns < b.pts_ns and a.captured_at < b.captured_at for a, b in pairwise(frames))
    assert len({frame.recording_id for frame in frames}) == 1


def test_probe_of_a_network_camera(rtsp_server: Any) -> None:
    info = probe(source(rtsp_server.url, timeout_s=10.0))
    assert (info.width, info.height, info.frames, info.codec) == (320, 240, None, "mjpeg")


@contextmanager
def mute_listener(accepted: list[socket.socket], twice: threading.Event) -> Iterator[int]:
    """A TCP port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    accepted.append(listener.accept()[0])
                except OSError:
                    return
                if len(accepted) >= 2:
                    twice.set()

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in accepted:
        connection.close()


def test_a_camera_that_accepts_and_never_answers_is_tried_again(stop: threading.Event) -> None:
    accepted: list[socket.socket] = []
    events: list[HealthEvent] = []
    twice = threading.Event()
    with mute_listener(accepted, twice) as port:
        settings = source(f"rtsp://127.0.0.1:{port}/road", timeout_s=0.3)
        with open_capture("north", settings, stop=stop, on_health=events.append) as capture:
            reader = threading.Thread(target=lambda: list(capture))
            reader.start()
            assert twice.wait(20.0)
            stop.set()
            reader.join(5.0)
            assert not reader.is_alive()
        assert capture.statistics.frames == 0
        assert capture.statistics.reconnects >= 1
    assert [event.kind for event in events] == ["disconnected"]


def test_stop_ends_the_wait_for_a_camera_that_does_not_answer(stop: threading.Event) -> None:
    with mute_listener([], threading.Event()) as port:
        settings = source(f"rtsp://127.0.0.1:{port}/road", timeout_s=5.0)
        with open_capture("north", settings, stop=stop, on_health=[].append) as capture:
            reader = threading.Thread(target=lambda: list(capture))
            reader.start()
            threading.Timer(0.2, stop.set).start()
            reader.join(1.2)
            assert not reader.is_alive()


def test_probe_of_a_mute_camera_says_so() -> None:
    with mute_listener([], threading.Event()) as port, pytest.raises(SourceError, match=r"a picture within 0.5 s, got"):
        probe(source(f"rtsp://127.0.0.1:{port}/road", timeout_s=0.5))


def test_a_usb_camera_that_is_not_there_is_waited_for(tmp_path: Path, stop: threading.Event) -> None:
    events: list[HealthEvent] = []
    settings = UsbSource(device=tmp_path / "video0", retry_initial_s=0.05, retry_max_s=0.05)
    with open_capture("north", settings, stop=stop, on_health=events.append) as capture:
        threading.Timer(0.4, stop.set).start()
        assert list(capture) == []
    assert capture.statistics.reconnects >= 2
    assert [(event.kind, event.detail) for event in events] == [
        ("disconnected", f"{tmp_path / 'video0'}: No such file or directory")
    ]


def test_probe_of_a_usb_camera_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file or directory"):
        probe(UsbSource(device=tmp_path / "video0"))
