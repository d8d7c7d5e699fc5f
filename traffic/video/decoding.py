"""Decoding that survives broken data: each picture comes out as a frame or as a note that it was broken."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from traffic.datatypes import UInt8Array
from traffic.errors import SourceError
from traffic.video.source import SourceInfo

_MAX_READ_FAILURES = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """A packet or picture that could not be decoded, and why."""

    detail: str


def time_base(stream: VideoStream) -> Fraction:
    """Seconds a tick of the stream's PTS; FFmpeg's own where the container has none."""
    return stream.time_base or Fraction(1, av.time_base)


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The moving picture of `container`, with its decoder set to use threads.

    Raises:
        SourceError: there is none (audio only, a cover picture only), or no decoder for it.
    """
    moving = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not moving:
        raise SourceError(
            f"{name}: expected video, got {len(container.streams)} stream(s) without a moving picture",
            remedy="name a file or camera that has video",
        )
    stream = moving[0]
    if stream.codec_context is None:
        raise SourceError(
            f"{name}: expected a codec that FFmpeg knows, got one without a decoder",
            remedy=f"convert it: ffmpeg -i {name} -c:v libx264 converted.mp4",
        )
    stream.thread_type = "AUTO"
    return stream


def decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame | Broken]:
    """Every picture of `stream` in presentation order, and a Broken for each packet or picture that is not fit.

    Damaged data is skipped; an input that fails (a connection lost, a disk error) raises av.FFmpegError.
    """
    failures = 0
    while failures < _MAX_READ_FAILURES:
        packets, failure = yield from _decode_until_failure(container, stream)
        if failure is None:
            return
        yield failure
        failures = 1 if packets else failures + 1
    yield from _decode_packet(stream, None)


class BgrConverter:
    """Turns one capture's frames into pictures, upright where the container says how the camera was held.

    It keeps the scaler's tables and threads from frame to frame.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def convert(self, frame: VideoFrame) -> UInt8Array:
        """(height, width, 3) contiguous BGR of `frame`; swscale heeds its matrix (BT.601, BT.709) and range.

        A frame whose display matrix turns it is turned by the nearest multiple of 90 degrees.
        """
        converted = self._reformatter.reformat(frame, format="bgr24")
        image = cast(UInt8Array, converted.to_ndarray())
        return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90)))


def frame_rate(stream: VideoStream) -> Fraction | None:
    """Frames a second as the container says, or as guessed from the first packets."""
    return stream.average_rate or stream.guessed_rate or None


def describe_stream(container: InputContainer, stream: VideoStream) -> SourceInfo:
    """What the container tells of `stream`."""
    rate = frame_rate(stream)
    context = stream.codec_context
    return SourceInfo(
        context.width, context.height, float(rate) if rate else None, _frame_count(container, stream), context.name
    )


def reason(error: Exception) -> str:
    """The error in words, without the URL that FFmpeg puts into it (it may hold a password)."""
    return (error.strerror if isinstance(error, OSError | av.FFmpegError) else None) or str(error)


def _frame_count(container: InputContainer, stream: VideoStream) -> int | None:
    rate = frame_rate(stream)
    if stream.frames or rate is None:
        return stream.frames or None
    if stream.duration is not None:
        return round(stream.duration * time_base(stream) * rate)
    duration = container.duration
    return round(Fraction(duration, av.time_base) * rate) if duration else None


def _decode_until_failure(
    container: InputContainer, stream: VideoStream
) -> Generator[VideoFrame | Broken, None, tuple[int, Broken | None]]:
    packets = 0
    try:
        for packet in container.demux(stream):
            packets += 1
            yield from _decode_packet(stream, packet)
    except av.error.InvalidDataError as error:
        return packets, Broken(reason(error))
    return packets, None


def _decode_packet(stream: VideoStream, packet: av.Packet[VideoStream] | None) -> Iterator[VideoFrame | Broken]:
    if packet is not None and packet.is_corrupt:
        yield Broken("a packet arrived incomplete")
    try:
        frames = stream.codec_context.decode(packet)
    except av.error.EOFError:
        return
    except av.FFmpegError as error:
        yield Broken(reason(error))
        return
    for frame in frames:
        yield Broken("a picture refers to data that is missing") if frame.is_corrupt else frame
