"""Writing frames as an MP4 whose frame times are exact."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from av.video.stream import VideoStream

from traffic.datatypes import UInt8Array
from traffic.errors import SourceError

_ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"preset": "veryfast", "crf": "20", "bf": "0"}),
    ("libopenh264", {}),
    ("mpeg4", {"qscale": "3"}),
)
_BIT_RATE = 6_000_000


class VideoWriter:
    """One MP4 in the making, finished when the `with` ends. The same frames give the same bytes with the same encoder.

    Args:
        path: the file; its folder must exist.
        size: width and height in pixels, even numbers.
        nominal_fps: what players show as the rate; the frames' own times count.
        ticks_per_second: the unit of the frames' times.

    Raises:
        SourceError: the video library has no encoder for MP4, or the file cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], nominal_fps: float, ticks_per_second: int) -> None:
        encoder, options = _choose_encoder()
        try:
            path.open("wb").close()  # the library itself opens the file only with the first frame
            self._container = av.open(str(path), "w", format="mp4", container_options={"fflags": "+bitexact"})
        except OSError as error:
            raise SourceError(
                f"expected to write a video to {path}, but: {error}", remedy="choose a folder that can be written"
            ) from error
        rate = Fraction(nominal_fps).limit_denominator(1001)
        stream = self._container.add_stream(encoder, rate=rate, options=options)
        if not isinstance(stream, VideoStream):
            raise SourceError(f"{encoder}: expected a video encoder, got {type(stream).__name__}")
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = _BIT_RATE if encoder != "libx264" else 0
        stream.thread_count = 1
        self._tick = stream.time_base = stream.codec_context.time_base = Fraction(1, ticks_per_second)
        self._stream = stream

    def write(self, image: UInt8Array, ticks: int) -> None:
        """Add a frame.

        Args:
            image: (height, width, 3) uint8, BGR.
            ticks: its time, greater than the last one's.
        """
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts, frame.time_base = ticks, self._tick
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.mux(self._stream.encode())
        self._container.close()


def _choose_encoder() -> tuple[str, dict[str, str]]:
    for name, options in _ENCODERS:
        if name in av.codecs_available:
            return name, dict(options)
    raise SourceError(
        f"a video encoder was expected ({', '.join(name for name, _ in _ENCODERS)}), none is in the installed PyAV",
        remedy="pip install --force-reinstall av",
    )
