import os
import threading
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from traffic.errors import SourceError
from traffic.video.rawvideo import RawFormat, RawVideoPipe, parse_caps

CAPS = (
    "/GstPipeline:pipeline0/GstFdSink:traffic_sink.GstPad:sink: caps = video/x-raw, format=(string)BGR, "
    "width=(int){}, height=(int)2, interlace-mode=(string)progressive, framerate=(fraction)30000/1001\n"
)


class Pipes:
    """The two pipes of a program, played by the test."""

    def __init__(self) -> None:
        self.words_fd, self._words_end = os.pipe()
        self.pictures_fd, self._pictures_end = os.pipe()
        self._open = {self.words_fd, self._words_end, self.pictures_fd, self._pictures_end}
        self.closing = threading.Event()

    def say(self, words: str) -> None:
        os.write(self._words_end, words.encode())

    def send(self, data: bytes) -> None:
        os.write(self._pictures_end, data)

    def end(self) -> None:
        for fd in (self._words_end, self._pictures_end):
            os.close(fd)
            self._open.remove(fd)

    def close(self) -> None:
        for fd in self._open:
            os.close(fd)

    def reader(self, timeout_s: float = 5.0) -> RawVideoPipe:
        return RawVideoPipe(self.words_fd, self.pictures_fd, self.closing, timeout_s)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    made = Pipes()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (CAPS.format(1280), RawFormat(1280, 2, Fraction(30000, 1001))),
        (CAPS.format(8).replace("framerate", "max-framerate"), RawFormat(8, 2, Fraction(30000, 1001))),
        (CAPS.format(8).partition(", interlace")[0], RawFormat(8, 2, Fraction(0))),
        (CAPS.format(8).replace("traffic_sink", "fdsink0"), None),
        (CAPS.format(8).replace("sink: caps", "src: caps"), None),
        ("Setting pipeline to PLAYING ...", None),
        ("", None),
    ],
)
def test_the_tool_tells_the_format_of_our_sink(line: str, expected: RawFormat | None) -> None:
    assert parse_caps(line) == expected


@pytest.mark.parametrize(("width", "stride"), [(1, 4), (4, 12), (5, 16), (6, 20), (7, 24), (1920, 5760)])
def test_rows_are_padded_to_four_bytes(width: int, stride: int) -> None:
    assert RawFormat(width, 1, Fraction(0)).stride == stride


@pytest.mark.parametrize("width", [4, 5])
def test_pictures_come_out_without_the_padding(width: int, pipes: Pipes) -> None:
    image = np.arange(2 * width * 3, dtype=np.uint8).reshape(2, width, 3)
    padded = np.zeros((2, (width * 3 + 3) // 4 * 4), np.uint8)
    padded[:, : width * 3] = image.reshape(2, -1)
    pipes.say("Setting pipeline to PAUSED ...\n" + CAPS.format(width)[:50])
    pipes.say(CAPS.format(width)[50:])
    pipes.send(padded.tobytes() * 2)
    pictures = pipes.reader().pictures()
    first, second = next(pictures), next(pictures)
    assert np.array_equal(first.image, image)
    assert np.array_equal(second.image, image)
    assert first.image.flags.c_contiguous
    assert first.pts_ns == first.arrival_ns <= second.arrival_ns


def test_the_end_of_the_program_is_told_with_its_last_words(pipes: Pipes) -> None:
    pipes.say(CAPS.format(4) + "Got EOS\nERROR: from element v4l2src0: Device '/dev/video0' was unplugged.\n")
    pipes.end()
    with pytest.raises(SourceError, match=r"ended; it said: ERROR: .*unplugged"):
        next(pipes.reader().pictures())


def test_an_end_before_any_format_is_told(pipes: Pipes) -> None:
    pipes.say('WARNING: erroneous pipeline: no element "nvarguscamerasrc"\nERROR: no element "nvarguscamerasrc"\n')
    pipes.end()
    with pytest.raises(SourceError, match="nvarguscamerasrc"):
        pipes.reader().wait_for_caps()


def test_a_change_of_format_ends_the_connection(pipes: Pipes) -> None:
    pipes.say(CAPS.format(4) + CAPS.format(4) + CAPS.format(8))
    with pytest.raises(SourceError, match="a change to"):
        next(pipes.reader().pictures())


@pytest.mark.parametrize("words", ["", CAPS.format(4)])
def test_silence_is_given_up(words: str, pipes: Pipes) -> None:
    pipes.say(words)
    with pytest.raises(SourceError, match=r"a picture within 0.1 s"):
        next(pipes.reader(timeout_s=0.1).pictures())


def test_closing_ends_the_wait(pipes: Pipes) -> None:
    threading.Timer(0.1, pipes.closing.set).start()
    with pytest.raises(SourceError, match="closed"):
        pipes.reader(timeout_s=60.0).wait_for_caps()
