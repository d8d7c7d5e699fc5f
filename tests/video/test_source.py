from datetime import timezone
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from traffic.video.source import FileSource, GStreamerSource, RtspSource, SourceSettings, UsbSource, source_name

SOURCE = TypeAdapter(SourceSettings)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"kind": "file", "path": "road.mp4"}, FileSource),
        ({"kind": "file", "path": "road.mp4", "recorded_at": "2026-05-01T12:00:00+05:00"}, FileSource),
        ({"kind": "rtsp", "url": "rtsp://camera/1", "transport": "udp", "timeout_s": 5}, RtspSource),
        ({"kind": "usb", "device": "/dev/video2", "width": 1920, "height": 1080, "fps": 30}, UsbSource),
        ({"kind": "gstreamer", "pipeline": "nvarguscamerasrc ! nvvidconv ! video/x-raw,format=BGRx"}, GStreamerSource),
    ],
)
def test_kind_chooses_the_source(written: dict[str, object], kind: type) -> None:
    assert type(SOURCE.validate_python(written)) is kind


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ({"path": "road.mp4"}, "kind"),
        ({"kind": "http", "url": "http://camera"}, "kind"),
        ({"kind": "file", "path": "road.mp4", "loop": True}, "loop"),
        ({"kind": "file", "path": "road.mp4", "recorded_at": "2026-05-01T12:00:00"}, "timezone"),
        ({"kind": "rtsp", "url": "http://camera/1"}, "url"),
        ({"kind": "rtsp", "url": "rtsp:///1"}, "url"),
        ({"kind": "rtsp", "url": "rtsp://camera/1", "timeout_s": 0}, "timeout_s"),
        ({"kind": "rtsp", "url": "rtsp://camera/1", "retry_initial_s": 5, "retry_max_s": 2}, "at most retry_max_s = 2"),
        ({"kind": "usb", "width": 0}, "width"),
        ({"kind": "gstreamer", "pipeline": "videotestsrc ! appsink drop=true"}, "leave the sink out"),
        ({"kind": "gstreamer", "pipeline": "videotestsrc ! fdsink"}, "leave the sink out"),
        ({"kind": "gstreamer", "pipeline": ""}, "pipeline"),
        ({"kind": "gstreamer", "pipeline": "filesrc location='a.mp4 ! decodebin"}, "quotation"),
    ],
)
def test_a_wrong_source_is_refused_with_the_reason(written: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        SOURCE.validate_python(written)


def test_recorded_at_keeps_its_moment() -> None:
    source = SOURCE.validate_python({"kind": "file", "path": "r.mp4", "recorded_at": "2026-05-01T12:00:00+05:00"})
    assert source.recorded_at.astimezone(timezone.utc).hour == 7


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (FileSource(path=Path("a/road.mp4")), "a/road.mp4"),
        (RtspSource(url="rtsp://admin:p@ss@10.0.0.7:554/ch1?a=b"), "rtsp://10.0.0.7:554/ch1?a=b"),
        (RtspSource(url="rtsp://10.0.0.7/ch1"), "rtsp://10.0.0.7/ch1"),
        (UsbSource(device=Path("/dev/video3")), "/dev/video3"),
        (RtspSource(url="rtsp://admin:s3/c@ret@10.0.0.7/ch1"), "rtsp://10.0.0.7/ch1"),
        (
            RtspSource(url="rtsp://10.0.0.7/user=admin&password=s3cret&channel=1"),
            "rtsp://10.0.0.7/user=***&password=***&channel=1",
        ),
        (RtspSource(url="rtsps://10.0.0.7/ch1?token=s3cret"), "rtsps://10.0.0.7/ch1?token=***"),
        (GStreamerSource(pipeline="videotestsrc"), "GStreamer: videotestsrc"),
        (
            GStreamerSource(pipeline="rtspsrc location=rtsp://admin:s3cret@c/1 user-pw='hun ! ter2' ! decodebin"),
            "GStreamer: rtspsrc ! decodebin",
        ),
        (
            GStreamerSource(pipeline="nvarguscamerasrc sensor-id=0 ! video/x-raw,width=64 ! nvvidconv"),
            "GStreamer: nvarguscamerasrc ! nvvidconv",
        ),
        (GStreamerSource(pipeline="rtspsrc user-pw=a!decodebin"), "GStreamer: rtspsrc"),
        (GStreamerSource(pipeline="'! location=rtsp://admin:s3cret@c'"), "GStreamer: a pipeline"),
    ],
)
def test_a_message_names_the_source_without_its_password(
    source: FileSource | RtspSource | UsbSource | GStreamerSource, name: str
) -> None:
    assert source_name(source) == name


def test_an_error_of_a_pipeline_is_told_without_its_secrets() -> None:
    source = GStreamerSource(
        pipeline="rtspsrc location = rtsp://admin:s3cret@c/1 user-id=root user-pw = 'hunter 2' latency=0 ! decodebin"
    )
    said = 'no property "latency" = "0"; "user-pw" is "hunter 2"; cannot open rtsp://admin:s3cret@c/1'
    assert source.without_secrets(said) == 'no property "latency" = "0"; "user-pw" is "***"; cannot open rtsp://c/1'
