from __future__ import annotations

import numpy as np

from traffic.benchmark.tracker import FRAME_SIZE, crowd, time_trackers
from traffic.datatypes import Detections
from traffic.evaluation.tracking_peers import our_tracker


def test_a_crowd_is_as_large_as_asked_for_and_the_same_each_time():
    film, again = crowd(40, 30), crowd(40, 30)
    assert [frame.xyxy.tolist() for frame in film] == [frame.xyxy.tolist() for frame in again]
    assert 0.9 < np.mean([len(frame) for frame in film]) / 40 < 1
    middles = np.concatenate([(frame.xyxy[:, :2] + frame.xyxy[:, 2:]) / 2 for frame in film])
    assert (middles.max(axis=0) <= np.array(FRAME_SIZE) + 10).all()


def test_every_tracker_is_timed_on_every_crowd_and_held_against_the_first():
    calls = []

    def idle(_: float):
        def update(detections: Detections, pts_ns: int):
            calls.append(pts_ns)
            return np.zeros(0, np.int64), np.zeros((0, 4), np.float32)

        return update

    times = time_trackers({"ours": our_tracker(), "idle": idle}, [3, 5], rounds=2, frames=4)
    assert [(each.tracker, each.objects) for each in times] == [("ours", 3), ("idle", 3), ("ours", 5), ("idle", 5)]
    assert all(each.frame_us > 0 for each in times)
    assert [each.ratio for each in times if each.tracker == "ours"] == [1, 1]
    assert len(calls) == 2 * 2 * 24
