from __future__ import annotations

import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.tracking.live import NEVER, NO_ID, UNSEEN, LiveTracks
from traffic.tracking.observed import Observed, score_steps
from traffic.tracking.settings import TrackerSettings


def _observed(*xyxy: list[float], score: float = 0.9) -> Observed:
    boxes = np.array(xyxy, np.float32)
    found = Detections(boxes, np.full(len(boxes), score, np.float32), np.zeros(len(boxes), np.int64))
    return Observed.among(found, score_steps(TrackerSettings()))


def _live(*xyxy: list[float]) -> LiveTracks:
    live, seen = LiveTracks(), _observed(*xyxy)
    live.append(seen, np.arange(len(seen)), 7)
    return live


def test_a_track_begins_seen_once_and_without_a_number():
    live = _live([0, 0, 10, 10], [50, 0, 60, 10])
    assert len(live) == 2
    assert live.seen.all()
    assert (live.track_ids == NO_ID).all()
    assert (live.matches.tolist(), live.seen_ns.tolist()) == ([1, 1], [7, 7])


def test_only_seen_tracks_are_corrected():
    live = _live([0, 0, 10, 10], [50, 0, 60, 10])
    live.match(np.array([1]), np.array([0]))
    assert (live.detection.tolist(), live.seen.tolist()) == ([UNSEEN, 0], [False, True])
    live.correct(_observed([54, 0, 64, 10]), 9)
    assert (live.matches.tolist(), live.seen_ns.tolist()) == ([1, 2], [7, 9])
    assert live.moments[0, ..., 0].tolist() == [[5, 5], [10, 10]]
    assert 55 < live.moments[0, 0, 0, 1] < 59


def test_numbers_go_once_to_those_matched_often_enough_and_forgetting_takes_every_column():
    live = _live([0, 0, 10, 10], [50, 0, 60, 10], [90, 0, 99, 10])
    live.matches[:] = [2, 1, 3]
    assert live.confirm(2, 10) == 2
    assert live.confirm(2, 12) == 0
    assert live.unconfirmed == 1
    assert live.track_ids.tolist() == [10, NO_ID, 11]
    live.match(np.array([0, 2]), np.array([0, 2]))
    live.keep_seen_or_confirmed()
    assert live.unconfirmed == 0
    columns = (live.track_ids, live.matches, live.seen_ns, live.whole_ns, live.detection)
    assert live.moments.shape == live.whole.shape == (5, 2, 2, 2)
    assert [column.tolist() for column in columns] == [[10, 11], [2, 3], [7, 7], [7, 7], [0, 2]]


def _behind_a_lorry(score_falls: bool) -> LiveTracks:
    """A car at 100 px/s whose box, from 1 s on, shrinks to what is right of the lorry's edge at x = 200."""
    live, step_ns = LiveTracks(), 40_000_000
    for frame in range(45):
        left = 100.0 + 4 * frame - 4 * 20
        shown = left if frame < 25 else max(left, 8 * (frame - 25) + left)
        seen = _observed([shown, 0, left + 160, 80], score=0.9 if frame < 25 or not score_falls else 0.5)
        if frame == 0:
            live.append(seen, np.arange(1), 0)
        else:
            live.advance(0.04)
            live.match(np.array([0]), np.array([0]))
            live.correct(seen, frame * step_ns)
            live.remember(seen, frame * step_ns, 0.04)
    for frame in range(45, 55):
        live.advance(0.04)
        live.fall_back(frame * step_ns)
    return live


def test_a_lost_track_goes_on_from_where_it_was_seen_whole():
    truth = np.array([100.0 + 4 * 54 - 80 + 80, 40.0])
    hidden, trusted = (_behind_a_lorry(falls).moments for falls in (True, False))
    assert np.abs(hidden[0, 0, :, 0] - truth).max() < 25
    assert hidden[0, 1, 0, 0] > 120
    assert np.abs(trusted[0, 0, :, 0] - truth).max() > 50


def test_a_lost_track_keeps_its_proportions():
    live = _behind_a_lorry(score_falls=False)
    (width, height), (growth_x, growth_y) = live.moments[:2, 1, :, 0]
    assert growth_x / width == pytest.approx(growth_y / height, abs=1e-9)


@pytest.mark.parametrize(
    ("story", "front", "hides"),
    [
        ("a lorry before it", [1, -10, 90, 60], True),
        ("a lorry before half of it", [5, -10, 90, 60], True),
        ("a lorry before less than half of it", [6, -10, 90, 60], False),
        ("a lorry behind it", [1, -60, 90, 9], False),
        ("a lorry elsewhere", [50, -10, 90, 60], False),
    ],
)
def test_what_a_nearer_vehicle_covers_is_hidden(story, front, hides):
    live = _live([0, 0, 10, 10], front)
    live.match(np.array([1]), np.array([0]))
    assert live.hidden(~live.seen).tolist() == [hides, False]
    assert not live.hidden(live.seen & ~live.seen).any()


def test_nothing_is_hidden_by_what_is_not_seen_itself():
    live = _live([0, 0, 10, 10], [1, -10, 90, 60])
    live.match(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert not live.hidden(~live.seen).any()


def test_what_was_never_seen_whole_of_late_is_no_place_to_fall_back_to():
    live = _live([0, 0, 10, 10])
    live.whole_ns[:] = NEVER
    before = live.moments.copy()
    live.fall_back(10**10)
    np.testing.assert_array_equal(live.moments, before)
