"""Connections through GStreamer: gst-launch-1.0 runs the pipeline and hands its raw pictures over a pipe.

The pip wheels of OpenCV have no GStreamer, the tool is on every Jetson and in every distribution. It says on its
standard output what the pictures are (`-v` prints the caps) and writes them, BGR, into a second pipe.
"""

import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from traffic.errors import SourceError
from traffic.video.connection import Connection
from traffic.video.rawvideo import SINK_NAME, RawVideoPipe
from traffic.video.source import GStreamerSource, SourceInfo

_LAUNCHER = "gst-launch-1.0"


@contextmanager
def connect_gstreamer(settings: GStreamerSource, closing: threading.Event) -> Iterator[Connection]:
    """The running pipeline; its PTS is the arrival on the monotonic clock.

    Raises:
        SourceError: gst-launch-1.0 is not installed, the pipeline fails, or gives no caps within timeout_s.
    """
    if shutil.which(_LAUNCHER) is None:
        raise SourceError(
            f"expected the program {_LAUNCHER}, got none on PATH",
            remedy="apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base",
        )
    with _without_secrets(settings), _running(settings.pipeline) as (words_fd, pictures_fd):
        pipe = RawVideoPipe(words_fd, pictures_fd, closing, settings.timeout_s)
        form = pipe.wait_for_caps()
        yield Connection(SourceInfo(form.width, form.height, float(form.fps) or None, None, "raw"), pipe.pictures())


@contextmanager
def _without_secrets(settings: GStreamerSource) -> Iterator[None]:
    """The tool's own words may quote the pipeline's properties."""
    try:
        yield
    except SourceError as error:
        raise SourceError(settings.without_secrets(error.problem), remedy=error.remedy) from None


@contextmanager
def _running(pipeline: str) -> Iterator[tuple[int, int]]:
    with _pipe() as (words_fd, words_end), _pipe() as (pictures_fd, pictures_end):
        process = _launch(pipeline, words_end.fileno(), pictures_end.fileno())
        words_end.close()
        pictures_end.close()
        with process, _ended(process):
            yield words_fd, pictures_fd


@contextmanager
def _pipe() -> Iterator[tuple[int, BinaryIO]]:
    read_end, write_end = os.pipe()
    with open(read_end, "rb", buffering=0), open(write_end, "wb", buffering=0) as writer:
        yield read_end, writer


def _launch(pipeline: str, words_end: int, pictures_end: int) -> subprocess.Popen[bytes]:
    tail = ["!", "videoconvert", "!", "video/x-raw,format=BGR", "!", "fdsink", f"name={SINK_NAME}", "sync=false"]
    return subprocess.Popen(
        [_LAUNCHER, "-v", *shlex.split(pipeline), *tail, f"fd={pictures_end}"],
        stdin=subprocess.DEVNULL,
        stdout=words_end,
        stderr=subprocess.STDOUT,
        pass_fds=[pictures_end],
    )


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2.0)
        process.kill()
