from __future__ import annotations

import threading
from collections import Counter

import pytest
from builders import frame

from traffic.errors import SourceError
from traffic.feed import BATCH_FRAMES, BUFFER_FRAMES, Feed


class ListSource:
    """A source of frames made here; `before(index)` runs before each frame is delivered."""

    def __init__(self, camera_id, count, *, is_live=False, before=lambda index: None):
        self.camera_id, self.count, self.is_live, self.before = camera_id, count, is_live, before

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __iter__(self):
        for index in range(self.count):
            self.before(index)
            yield frame(index, camera_id=self.camera_id, size=(8, 8))


def feed_of(*sources, stop=None, drops=None, failures=None):
    return Feed(
        {source.camera_id: (lambda source=source: source) for source in sources},
        on_drop=(drops if drops is not None else []).append,
        on_failure=lambda camera, error: (failures if failures is not None else []).append((camera, error)),
        stop=stop or threading.Event(),
    )


def test_files_are_lossless_in_order_and_each_end_is_told_once_after_the_last_frame():
    seen: dict[str, list[int]] = {"north": [], "south": []}
    ended = []
    for batch in feed_of(ListSource("north", 100), ListSource("south", 30)).batches():
        assert len(batch.frames) <= BATCH_FRAMES
        for one in batch.frames:
            assert one.camera_id not in ended
            seen[one.camera_id].append(one.index)
        ended += batch.ended_cameras
    assert seen == {"north": list(range(100)), "south": list(range(30))}
    assert sorted(ended) == ["north", "south"]


def test_a_live_stream_that_is_too_fast_loses_its_oldest_frames_and_every_one_is_counted():
    all_delivered = threading.Event()
    drops: list[str] = []

    def before(index):
        if index == 99:
            all_delivered.set()

    batches = feed_of(ListSource("live", 100, is_live=True, before=before), drops=drops).batches()
    first = next(batches)
    all_delivered.wait(10)
    rest = [one.index for batch in batches for one in batch.frames]
    seen = [one.index for one in first.frames] + rest
    assert seen == sorted(seen)
    assert seen[-1] == 99
    assert len(seen) + len(drops) == 100
    assert len(rest) <= BUFFER_FRAMES + 1


def test_a_camera_that_fails_is_told_and_the_others_go_on():
    def break_down(index):
        if index == 5:
            raise SourceError("the camera is gone")

    failures: list = []
    feed = feed_of(ListSource("bad", 50, before=break_down), ListSource("good", 50), failures=failures)
    frames = Counter(one.camera_id for batch in feed.batches() for one in batch.frames)
    assert frames == {"bad": 5, "good": 50}
    assert [(camera, str(error)) for camera, error in failures] == [("bad", "the camera is gone")]


def test_an_unexpected_error_ends_the_run_and_is_raised():
    def bug(index):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(feed_of(ListSource("north", 5, before=bug), ListSource("south", 10_000)).batches())


@pytest.mark.parametrize(
    ("is_live", "told"),
    [pytest.param(True, ("north",), id="a live stream ends"), pytest.param(False, (), id="a file is to be continued")],
)
def test_stop_ends_every_camera_and_what_was_read_is_still_handed_on(is_live, told):
    stop = threading.Event()
    read: list[int] = []
    feed = feed_of(ListSource("north", 10_000, is_live=is_live, before=read.append), stop=stop, drops=(drops := []))
    handed_on, ended = 0, ()
    for batch in feed.batches():
        handed_on += len(batch.frames)
        ended += batch.ended_cameras
        stop.set()
    assert ended == told
    assert handed_on + len(drops) == len(read)
    assert is_live or handed_on < 100


def test_cameras_take_turns():
    everything_waits = threading.Barrier(3)

    def wait_at_second(index):
        if index == 4:
            everything_waits.wait(10)

    feed = feed_of(ListSource("a", 8, before=wait_at_second), ListSource("b", 8, before=wait_at_second))
    batches = feed.batches()
    counted = Counter(one.camera_id for one in next(batches).frames)
    everything_waits.wait(10)
    counted.update(one.camera_id for batch in batches for one in batch.frames)
    assert counted == {"a": 8, "b": 8}


def test_a_camera_that_went_away_is_told_as_ended_and_may_come_back():
    def go_away(index):
        if index == 6:
            feed.interrupted("live")
            handed_on.wait(10)

    handed_on = threading.Event()
    feed = feed_of(ListSource("live", 9, is_live=True, before=go_away))
    story: list = []
    for batch in feed.batches():
        story += [one.index for one in batch.frames] + [f"{camera} ended" for camera in batch.ended_cameras]
        if batch.ended_cameras:
            handed_on.set()
    assert story == [0, 1, 2, 3, 4, 5, "live ended", 6, 7, 8, "live ended"]


def test_a_file_that_breaks_in_the_middle_leaves_its_vehicles_in_view_to_the_next_run():
    def break_down(index):
        if index == 5:
            raise SourceError("the share is gone")

    feed = feed_of(ListSource("file", 50, before=break_down), ListSource("whole", 3))
    ended = [camera for batch in feed.batches() for camera in batch.ended_cameras]
    assert ended == ["whole"]
    assert feed.cut_short == {"file"}


def test_an_end_keeps_its_place_among_the_frames_though_frames_are_dropped():
    all_delivered = threading.Event()

    def before(index):
        if index == 50:
            feed.interrupted("live")
        if index == 53:
            all_delivered.set()

    feed = feed_of(ListSource("live", 54, is_live=True, before=before))
    batches = feed.batches()
    first = next(batches)
    all_delivered.wait(10)
    story: list = [one.index for one in first.frames]
    for batch in batches:
        story += [one.index for one in batch.frames] + [f"{camera} ended" for camera in batch.ended_cameras]
    where = story.index("live ended")
    assert all(index < 50 for index in story[:where])
    assert story[where + 1 :] == [50, 51, 52, 53, "live ended"]
