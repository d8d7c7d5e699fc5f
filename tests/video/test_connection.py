import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from traffic.errors import SourceError
from traffic.video.connection import Connect, Connection, ConnectionReader, Picture
from traffic.video.decoding import Broken
from traffic.video.source import SourceInfo

INFO = SourceInfo(4, 2, 25.0, None, "raw")
PICTURES = [Picture(np.zeros((2, 4, 3), np.uint8), None, n) for n in range(6)]
FOREVER_S = 60.0


def camera(*, fails: Exception | None = None, hangs: bool = False, closed: threading.Event | None = None) -> Connect:
    """A camera that gives PICTURES, then ends, fails, or hangs until it is closed."""

    def pictures(closing: threading.Event) -> Iterator[Picture | Broken]:
        yield from PICTURES
        if fails is not None:
            raise fails
        if hangs:
            closing.wait()

    @contextmanager
    def connect(closing: threading.Event) -> Iterator[Connection]:
        try:
            yield Connection(INFO, pictures(closing))
        finally:
            if closed is not None:
                closed.set()

    return connect


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        (None, "the stream ended"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (SourceError("no video"), "no video"),
    ],
)
def test_all_pictures_come_in_order_and_then_the_reason(
    fails: Exception | None, reason: str, stop: threading.Event
) -> None:
    with ConnectionReader(camera(fails=fails), "north") as reader:
        assert list(reader.items(stop, FOREVER_S)) == PICTURES
        assert reader.reason == reason
        assert reader.info == INFO


def test_silence_ends_the_connection(stop: threading.Event) -> None:
    with ConnectionReader(camera(hangs=True), "north") as reader:
        assert list(reader.items(stop, 0.1)) == PICTURES
        assert reader.reason == "no picture for 0.1 s"
        assert reader.is_alive


def test_stop_ends_the_wait(stop: threading.Event) -> None:
    with ConnectionReader(camera(hangs=True), "north") as reader:
        threading.Timer(0.1, stop.set).start()
        assert list(reader.items(stop, FOREVER_S)) == PICTURES


@pytest.mark.parametrize("hangs", [False, True])
def test_leaving_closes_the_camera_although_nobody_reads(hangs: bool) -> None:
    closed = threading.Event()
    with ConnectionReader(camera(hangs=hangs, closed=closed), "north"):
        pass
    assert closed.wait(5.0)
