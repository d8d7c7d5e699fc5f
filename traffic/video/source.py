"""The settings that say where a camera's frames come from, and what a source tells of itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, model_validator

from traffic.settings import Settings


class FileSource(Settings):
    """A recorded video file: every frame of it is delivered."""

    kind: Literal["file"] = "file"
    path: Path
    """The video file: anything that FFmpeg can read."""
    recorded_at: AwareDatetime | None = None
    """When the first frame was taken, with its offset from UTC. Without it: the file's own creation time, else its
    modification time."""


class LiveSettings(Settings):
    """What all cameras have in common: how long to wait for them and how often to try again."""

    timeout_s: float = Field(default=10.0, ge=0.1, le=120.0)
    """Seconds without an answer after which the connection is given up; twice that without a picture."""
    retry_initial_s: float = Field(default=1.0, ge=0.05, le=60.0)
    """Seconds before the first try to connect again; doubled after each failure."""
    retry_max_s: float = Field(default=30.0, ge=0.05, le=3600.0)
    """The longest wait between two tries, in seconds."""

    @model_validator(mode="after")
    def _retry_rises(self) -> "LiveSettings":
        if self.retry_initial_s > self.retry_max_s:
            raise ValueError(
                f"retry_initial_s: expected at most retry_max_s = {self.retry_max_s:g}, got {self.retry_initial_s:g}"
            )
        return self


class RtspSource(LiveSettings):
    """A network camera."""

    kind: Literal["rtsp"] = "rtsp"
    url: str = Field(pattern=r"^rtsps?://[^/\s]+")
    """rtsp://user:password@host:port/path; the user and password are never shown in messages."""
    transport: Literal["tcp", "udp"] = "tcp"
    """tcp loses nothing; udp is for cameras that know no other."""

    @property
    def public_url(self) -> str:
        """The URL without user and password, fit for a message."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class UsbSource(LiveSettings):
    """A camera on USB, or any other Video4Linux device."""

    kind: Literal["usb"] = "usb"
    device: Path = Path("/dev/video0")
    """The device file."""
    width: int = Field(default=1280, ge=16, le=16384)
    """Pixels asked of the camera."""
    height: int = Field(default=720, ge=16, le=16384)
    """Pixels asked of the camera."""
    fps: float = Field(default=30.0, gt=0.0, le=1000.0)
    """Frames a second asked of the camera."""
    input_format: Literal["mjpeg", "yuyv422", "h264"] | None = None
    """What the camera sends; mjpeg is what most can send fast at full size. Without it: the driver's choice."""


class GStreamerSource(LiveSettings):
    """A CSI camera, or whatever else a GStreamer pipeline can read."""

    kind: Literal["gstreamer"] = "gstreamer"
    pipeline: str = Field(min_length=1)
    """A gst-launch-1.0 pipeline without its sink: it ends in raw video, in any pixel format."""

    @model_validator(mode="after")
    def _no_sink(self) -> "GStreamerSource":
        last = self.pipeline.rpartition("!")[2].strip()
        if last.partition(" ")[0].endswith("sink"):
            raise ValueError(f"pipeline: expected it to end in raw video, got the sink {last!r}; leave the sink out")
        return self


SourceSettings: TypeAlias = Annotated[
    FileSource | RtspSource | UsbSource | GStreamerSource, Field(discriminator="kind")
]
"""Where a camera's frames come from; `kind` says which."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source tells of itself.

    Attributes:
        width, height: pixels of a frame.
        fps: frames a second, None where it does not say; an estimate for variable rates.
        frames: how many frames the file has, None for a camera; an estimate where the container does not say.
        codec: FFmpeg's name of the codec, "raw" where none is used.
    """

    width: int
    height: int
    fps: float | None
    frames: int | None
    codec: str


def source_name(settings: FileSource | LiveSettings) -> str:
    """The source in a message's words: a path, a URL without password, a device or a pipeline."""
    if isinstance(settings, FileSource):
        return str(settings.path)
    if isinstance(settings, RtspSource):
        return settings.public_url
    if isinstance(settings, UsbSource):
        return str(settings.device)
    return settings.pipeline if isinstance(settings, GStreamerSource) else type(settings).__name__
