"""Frames stay on the device until others need their place, and never while somebody looks at them."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from builders import frame
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detection.host_device import HostMemory
from traffic.errors import ModelError
from traffic.inference.device_frames import DeviceFrames

SIZE = (8, 4)


def frames(*indices, camera_id="north", size=SIZE):
    """Each of a shade of its own."""
    return [frame(index, camera_id=camera_id, size=size, shade=index + 1) for index in indices]


def on_device(picture):
    """What lies at the picture's address."""
    size = picture.width * picture.height * 3
    buffer = (np.ctypeslib.ctypes.c_uint8 * size).from_address(picture.address)
    return np.frombuffer(buffer, np.uint8).reshape(picture.height, picture.width, 3).copy()


def test_what_is_uploaded_lies_there_row_by_row():
    there, rng = DeviceFrames(HostMemory(), 2), np.random.default_rng(0)
    picture = replace(frame(), image=rng.integers(0, 256, (5, 7, 3), dtype=np.uint8))
    with there.arriving([picture]) as (found,):
        assert (found.width, found.height) == (7, 5)
        np.testing.assert_array_equal(on_device(found), picture.image)


def test_a_frame_is_found_again_where_it_was():
    there = DeviceFrames(HostMemory(), 4)
    with there.arriving(frames(0, 1)) as first:
        pass
    with there.again(frames(1, 0)) as again:
        assert [each.address for each in again] == [first[1].address, first[0].address]
    assert (there.traffic.uploads, there.traffic.repeats, there.traffic.bytes) == (2, 0, 2 * 8 * 4 * 3)


def test_the_oldest_makes_room_and_is_uploaded_again_when_it_is_looked_at():
    there = DeviceFrames(HostMemory(), 2)
    for each in frames(0, 1, 2):
        with there.arriving([each]):
            pass
    with there.again(frames(2, 1)):
        pass
    assert there.traffic.repeats == 0
    with there.again(frames(0)) as (found,):
        assert (on_device(found) == 1).all()
    assert (there.traffic.uploads, there.traffic.repeats) == (4, 1)


def test_what_comes_is_uploaded_whatever_was_there_under_its_name():
    there, (one,) = DeviceFrames(HostMemory(), 2), frames(0)
    other = replace(one, image=np.full_like(one.image, 200))
    for each in (one, other):
        with there.arriving([each]) as (found,):
            np.testing.assert_array_equal(on_device(found), each.image)
    with there.again([other]) as (found,):
        assert (on_device(found) == 200).all()
    assert (there.traffic.uploads, there.traffic.repeats) == (2, 0)


def test_cameras_and_recordings_do_not_share_frames():
    there = DeviceFrames(HostMemory(), 4)
    north, south = frames(3), frames(3, camera_id="south")
    later = [replace(north[0], recording_id="later")]
    for each in (north, south, later):
        with there.arriving(each):
            pass
    assert there.traffic.uploads == 3


def test_frames_of_other_sizes_take_the_same_places():
    there = DeviceFrames(HostMemory(), 1)
    for index, size in enumerate([(8, 4), (3, 2), (16, 9), (8, 4)]):
        (one,) = frames(index, size=size)
        with there.arriving([one]) as (found,):
            np.testing.assert_array_equal(on_device(found), one.image)


def test_more_at_once_than_there_is_room_for_is_refused():
    with (
        pytest.raises(ModelError, match=r"expected 2 frames on the device at most, got 3 at once\n.*inference.batch"),
        DeviceFrames(HostMemory(), 2).arriving(frames(0, 1, 2)),
    ):
        pass


def test_what_could_not_be_uploaded_is_not_found():
    class Refusing(HostMemory):
        def synchronize(self):
            super().synchronize()
            if self.waits == 1:
                raise ModelError("the device is gone", remedy="none")

    there = DeviceFrames(Refusing(), 1)
    with pytest.raises(ModelError), there.arriving(frames(0)):
        pass
    with there.again(frames(0)) as (found,):
        assert (on_device(found) == 1).all()
    assert (there.traffic.uploads, there.traffic.repeats) == (1, 1)


def test_a_frame_that_is_looked_at_keeps_its_place_until_it_is_let_go():
    """The detector's next frame waits for the only place, in a thread of its own as the stages have."""
    there = DeviceFrames(HostMemory(), 1)
    waiting, done = threading.Event(), threading.Event()

    def detect():
        waiting.set()
        with there.arriving(frames(1)):
            done.set()

    thread = threading.Thread(target=detect)
    with there.arriving(frames(0)) as (found,):
        thread.start()
        waiting.wait()
        assert not done.wait(0.05)
        assert (on_device(found) == 1).all()
    thread.join(timeout=10)
    assert done.is_set()


def test_two_stages_at_once_always_see_what_they_asked_for():
    """One thread brings frames, the other looks at those that it was told of, as late as the ring allows or later."""
    there, wrong = DeviceFrames(HostMemory(), 3), []

    def look(indices):
        for index in indices:
            with there.again(frames(index)) as (found,):
                if not (on_device(found) == index % 250 + 1).all():
                    wrong.append(index)

    def bring(indices):
        for index in indices:
            with there.arriving([frame(index, size=SIZE, shade=index % 250 + 1)]) as (found,):
                if not (on_device(found) == index % 250 + 1).all():
                    wrong.append(index)

    threads = [threading.Thread(target=bring, args=(range(200),)), threading.Thread(target=look, args=(range(200),))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert wrong == []
    assert 200 <= there.traffic.uploads <= 400


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True), max_size=20),
)
def test_whatever_is_asked_for_is_what_is_seen(capacity, requests):
    there = DeviceFrames(HostMemory(), capacity)
    for indices in requests:
        if len(indices) > capacity:
            continue
        with there.again(frames(*indices)) as found:
            assert [int(on_device(each)[0, 0, 0]) for each in found] == [index + 1 for index in indices]
    assert there.traffic.uploads == there.traffic.repeats
