"""The settings that say where a camera's frames come from, and what a source tells of itself."""

import re
import shlex
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from traffic.settings import Settings

_USER_AND_PASSWORD = re.compile(r"(?<=://).*@", re.DOTALL)
_TELLTALE = r"(?:user|login|pass|pwd|pw|secret|token|auth|key)"
_SECRET_IN_URL = re.compile(rf"({_TELLTALE}[^=&/?]*=)[^&]*", re.IGNORECASE)
_SECRET_PROPERTY = re.compile(_TELLTALE, re.IGNORECASE)
_ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class FileSource(Settings):
    """A recorded video file: every frame of it is delivered, turned upright where the file says how it was held."""

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
    """rtsp://user:password@host:port/path; the user and password are never shown in messages. Write a / in the password
    as %2F and an @ as %40."""
    transport: Literal["tcp", "udp"] = "tcp"
    """tcp loses nothing; udp is for cameras that know no other."""

    @property
    def public_url(self) -> str:
        """The URL without user and password, fit for a message."""
        return masked_url(self.url)


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
    def _quotes_are_closed(self) -> "GStreamerSource":
        try:
            shlex.split(self.pipeline)
        except ValueError as error:
            raise ValueError(f"pipeline: expected every quotation mark to be closed, got: {error}") from None
        return self

    @model_validator(mode="after")
    def _no_sink(self) -> "GStreamerSource":
        last = self.pipeline.rpartition("!")[2].split()
        if last and last[0].endswith("sink"):
            raise ValueError(f"pipeline: expected it to end in raw video, got the sink {last[0]!r}; leave the sink out")
        return self

    @property
    def public_name(self) -> str:
        """The pipeline's elements without their properties, which may hold addresses and passwords."""
        words = ["!", *shlex.split(self.pipeline)]
        first = [word for mark, word in pairwise(words) if mark == "!"]
        elements = [word for word in first if _ELEMENT.fullmatch(word)]
        return "GStreamer: " + (" ! ".join(elements) or "a pipeline")

    def without_secrets(self, text: str) -> str:
        """`text`, say an error of the pipeline's, without the passwords and users that the pipeline names."""
        words = shlex.split(re.sub(r"\s*=\s*", "=", self.pipeline))
        for name, _, value in (word.partition("=") for word in words):
            if value:
                text = text.replace(value, "***" if _SECRET_PROPERTY.search(name) else masked_url(value))
        return text


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
    """The source in a message's words, without anything secret: a path, a URL, a device or a pipeline's elements."""
    if isinstance(settings, FileSource):
        return str(settings.path)
    if isinstance(settings, RtspSource):
        return settings.public_url
    if isinstance(settings, UsbSource):
        return str(settings.device)
    return settings.public_name if isinstance(settings, GStreamerSource) else type(settings).__name__


def masked_url(url: str) -> str:
    """`url` without user and password: they end at the last @, even where the password holds an unescaped / or @.

    Values of parameters such as user=..., password=... and token=..., which some cameras want in the path, are masked.
    """
    return _SECRET_IN_URL.sub(r"\1***", _USER_AND_PASSWORD.sub("", url))
