"""Raw pictures from a pipe, with the words of the program that writes them: what they are, and what went wrong."""

import os
import re
import select
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from traffic.errors import SourceError
from traffic.video.connection import POLL_S, Picture

SINK_NAME = "traffic_sink"
"""The name that the pipeline's fdsink must bear for its caps to be recognised."""

_CAPS = re.compile(
    SINK_NAME + r"\.GstPad:sink: caps = video/x-raw,.*?width=\(int\)(\d+), height=\(int\)(\d+)"
    r"(?:.*?framerate=\(fraction\)(\d+)/(\d+))?"
)


@dataclass(frozen=True, slots=True)
class RawFormat:
    """The shape of raw BGR pictures; each row is padded to a multiple of four bytes.

    Attributes:
        width, height: pixels.
        fps: frames a second, 0 where it varies.
    """

    width: int
    height: int
    fps: Fraction

    @property
    def stride(self) -> int:
        """Bytes of a row."""
        return (self.width * 3 + 3) // 4 * 4


def parse_caps(line: str) -> RawFormat | None:
    """The format that a line of gst-launch's output tells for the sink, None where it tells something else."""
    match = _CAPS.search(line)
    if match is None:
        return None
    width, height, numerator, denominator = match.groups()
    fps = Fraction(int(numerator), int(denominator)) if numerator is not None else Fraction(0)
    return RawFormat(int(width), int(height), fps)


class RawVideoPipe:
    """Reads a program's words and its pictures side by side; both file descriptors stay the caller's.

    Every wait ends with SourceError after `timeout_s`, when the program ends or changes the format, and within
    POLL_S once `closing` is set.
    """

    def __init__(self, words_fd: int, pictures_fd: int, closing: threading.Event, timeout_s: float) -> None:
        self._words_fd: int | None = words_fd
        self._pictures_fd = pictures_fd
        self._closing = closing
        self._timeout_s = timeout_s
        self._format: RawFormat | None = None
        self._partial_line = ""
        self._said: deque[str] = deque(maxlen=3)

    def wait_for_caps(self) -> RawFormat:
        """The format of the pictures, once the program told it."""
        deadline = time.monotonic() + self._timeout_s
        while self._format is None:
            if self._words_fd is None:
                raise self._ended()
            self._wait([self._words_fd], deadline)
            self._listen(self._words_fd)
        return self._format

    def pictures(self) -> Iterator[Picture]:
        """The pictures as they arrive, each with its arrival as its time."""
        form = self.wait_for_caps()
        while True:
            rows = np.frombuffer(self._read(form.height * form.stride), np.uint8).reshape(form.height, form.stride)
            image = np.ascontiguousarray(rows[:, : form.width * 3]).reshape(form.height, form.width, 3)
            arrival_ns = time.monotonic_ns()
            yield Picture(image, arrival_ns, arrival_ns)

    def _read(self, size: int) -> bytearray:
        rows = bytearray(size)
        rest = memoryview(rows)
        deadline = time.monotonic() + self._timeout_s
        while rest:
            ready = self._wait([fd for fd in (self._words_fd, self._pictures_fd) if fd is not None], deadline)
            if self._words_fd is not None and self._words_fd in ready:
                self._listen(self._words_fd)
            if self._pictures_fd in ready:
                count = os.readv(self._pictures_fd, [rest])
                if count == 0:
                    raise self._ended()
                rest = rest[count:]
        return rows

    def _wait(self, descriptors: list[int], deadline: float) -> list[int]:
        while not self._closing.is_set():
            ready, _, _ = select.select(descriptors, [], [], POLL_S)
            if ready:
                return ready
            if time.monotonic() > deadline:
                raise SourceError(f"expected a picture within {self._timeout_s:g} s, got none{self._last_words()}")
        raise SourceError("the connection was closed")

    def _listen(self, words_fd: int) -> None:
        words = os.read(words_fd, 65536)
        if not words:
            self._words_fd = None
        *lines, self._partial_line = (self._partial_line + words.decode(errors="replace")).split("\n")
        for line in lines:
            self._take(line)

    def _take(self, line: str) -> None:
        told = parse_caps(line)
        if told is None:
            if line.startswith("ERROR") or "rror:" in line:
                self._said.append(line.strip())
        elif self._format is None:
            self._format = told
        elif told != self._format:
            raise SourceError(f"expected pictures of {self._format}, got a change to {told}")

    def _ended(self) -> SourceError:
        while self._words_fd is not None and select.select([self._words_fd], [], [], POLL_S)[0]:
            self._listen(self._words_fd)
        return SourceError(f"the program that sends the pictures ended{self._last_words()}")

    def _last_words(self) -> str:
        return "; it said: " + " ".join(self._said) if self._said else ""
