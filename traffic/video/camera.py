"""Connections to cameras that FFmpeg reads: RTSP and Video4Linux."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from traffic.video.clock import ticks_to_ns
from traffic.video.connection import Connection, Picture
from traffic.video.decoding import BgrConverter, Broken, decode, describe_stream, time_base, video_stream
from traffic.video.source import RtspSource, UsbSource


@contextmanager
def connect_rtsp(settings: RtspSource, closing: threading.Event) -> Iterator[Connection]:
    """A network camera, asked to play.

    Raises:
        av.FFmpegError: it cannot be reached, refuses, or does not answer within timeout_s.
        SourceError: it sends no video.
    """
    options = {"rtsp_transport": settings.transport, "timeout": str(round(settings.timeout_s * 1e6))}
    with av.open(settings.url, options=options, timeout=settings.timeout_s) as container:
        yield _connection(container, settings.public_url, closing)


@contextmanager
def connect_usb(settings: UsbSource, closing: threading.Event) -> Iterator[Connection]:
    """A Video4Linux device, set to the size and rate asked for.

    Raises:
        av.FFmpegError: it is not there, busy, or cannot give that size.
    """
    options = {"video_size": f"{settings.width}x{settings.height}", "framerate": f"{settings.fps:g}"}
    if settings.input_format is not None:
        options["input_format"] = settings.input_format
    with av.open(str(settings.device), format="v4l2", options=options, timeout=settings.timeout_s) as container:
        yield _connection(container, str(settings.device), closing)


def _connection(container: InputContainer, name: str, closing: threading.Event) -> Connection:
    stream = video_stream(container, name)
    return Connection(describe_stream(container, stream), _pictures(container, stream, closing))


def _pictures(container: InputContainer, stream: VideoStream, closing: threading.Event) -> Iterator[Picture | Broken]:
    """Pictures from the first whole one on: what comes before the first key frame is not broken, only unusable."""
    begun = False
    converter = BgrConverter()
    for item in decode(container, stream):
        if closing.is_set():
            return
        if not isinstance(item, Broken):
            begun = True
            pts_ns = None if item.pts is None else ticks_to_ns(item.pts, time_base(stream))
            yield Picture(converter.convert(item), pts_ns, time.monotonic_ns())
        elif begun:
            yield item
