from __future__ import annotations

import numpy as np

from traffic.tracking import motion
from traffic.tracking.live import NO_ID, UNSEEN, LiveTracks


def _born(xyxy: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    measured = motion.coordinates(np.array(xyxy, np.float32))
    return motion.start(measured, np.full(len(xyxy), 0.9, np.float32)), np.arange(len(xyxy))


def test_a_track_begins_seen_once_and_without_a_number():
    live = LiveTracks.none()
    live.append(*_born([[0, 0, 10, 10], [50, 0, 60, 10]]), 7)
    assert len(live) == 2
    assert live.seen.all()
    assert (live.track_ids == NO_ID).all()
    assert (live.matches.tolist(), live.seen_ns.tolist()) == ([1, 1], [7, 7])


def test_only_seen_tracks_are_corrected():
    live = LiveTracks.none()
    live.append(*_born([[0, 0, 10, 10], [50, 0, 60, 10]]), 0)
    live.detection = np.array([UNSEEN, 0])
    measured = motion.coordinates(np.array([[54, 0, 64, 10]], np.float32))
    live.correct(measured, np.array([0.9], np.float32), 5)
    assert (live.matches.tolist(), live.seen_ns.tolist()) == ([1, 2], [0, 5])
    assert live.moments[0, 0].tolist() == [5, 5, 10, 10]
    assert 55 < live.moments[0, 1, 0] < 59


def test_numbers_go_once_to_those_matched_often_enough_and_forgetting_takes_every_column():
    live = LiveTracks.none()
    live.append(*_born([[0, 0, 10, 10], [50, 0, 60, 10], [90, 0, 99, 10]]), 0)
    live.matches = np.array([2, 1, 3])
    assert live.confirm(2, 10) == 2
    assert live.confirm(2, 12) == 0
    assert live.track_ids.tolist() == [10, NO_ID, 11]
    live.keep(live.confirmed)
    columns = (live.track_ids, live.matches, live.seen_ns, live.detection)
    assert live.moments.shape == (5, 2, 4)
    assert [column.tolist() for column in columns] == [[10, 11], [2, 3], [0, 0], [0, 2]]
