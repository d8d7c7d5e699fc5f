from __future__ import annotations

import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.tracking.observed import BOX, HIGH, LOW, SCORE, VARIANCE, WEIGHT, Observed, score_steps
from traffic.tracking.settings import TrackerSettings

LEFT, SHIFTED, RIGHT = (0, 0, 100, 80), (5, 0, 105, 80), (300, 0, 400, 80)


def _observed(boxes, scores, classes=None):
    found = Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(classes or [0] * len(scores), np.int64),
    )
    return found, Observed.among(found, score_steps(TrackerSettings()))


def test_the_best_come_first_and_the_useless_not_at_all():
    _, seen = _observed([LEFT, RIGHT, SHIFTED], [0.3, 0.05, 0.8])
    assert seen.rows.tolist() == [2, 0]
    assert seen.table[:4, 0].tolist() == list(SHIFTED)
    assert seen.table[BOX, 0].tolist() == [55, 40, 100, 80]
    np.testing.assert_allclose(seen.table[SCORE], [0.8, 0.3, 0], rtol=1e-6)


@pytest.mark.parametrize(
    ("scores", "strong", "startable"), [([0.5], 1, 0), ([0.49], 0, 0), ([0.6, 0.6], 2, 2), ([0.2, 0.9, 0.55], 2, 1)]
)
def test_who_may_continue_every_track_and_who_may_start_one(scores, strong, startable):
    _, seen = _observed([LEFT, RIGHT, SHIFTED][: len(scores)], scores)
    assert (seen.strong, seen.startable) == (strong, startable)


def test_no_weak_detection_takes_a_strong_ones_place():
    _, seen = _observed([LEFT, RIGHT], [0.5, 0.49])
    assert seen.table[WEIGHT, 1] < 1e-5 * seen.table[WEIGHT, 0]


def test_the_last_column_tells_nothing_of_whoever_takes_it():
    _, seen = _observed([LEFT], [0.9])
    assert np.isinf(seen.table[VARIANCE, -1]).all()
    assert np.isfinite(seen.table[[*range(9), SCORE], -1]).all()
    assert seen.table[SCORE, -1] == 0


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_equal_scores_leave_no_choice_to_the_callers_order(order):
    boxes, classes = [LEFT, LEFT, SHIFTED, RIGHT], [0, 1, 0, 0]
    found, seen = _observed([boxes[i] for i in order], [0.5] * 4, [classes[i] for i in order])
    assert found.xyxy[seen.rows].tolist() == [list(LEFT), list(LEFT), list(SHIFTED), list(RIGHT)]
    assert found.class_ids[seen.rows].tolist() == classes


@pytest.mark.parametrize(
    ("story", "boxes", "new", "taken", "first"),
    [
        ("nothing else there", [LEFT, RIGHT], [0, 1], [], [0, 1]),
        ("a second box of a vehicle already tracked", [LEFT, SHIFTED, RIGHT], [1, 2], [0], [2]),
        ("two boxes of a new vehicle", [LEFT, SHIFTED], [0, 1], [], [0]),
        ("a weaker one is no reason", [LEFT, RIGHT, SHIFTED], [0, 1], [], [0, 1]),
    ],
)
def test_second_boxes_start_no_track(story, boxes, new, taken, first):
    found, seen = _observed(boxes, [0.9, 0.8, 0.7][: len(boxes)])
    kept = seen.without_duplicates(np.array(new), np.array(taken, np.int64), found, 0.7)
    assert kept.tolist() == first


def test_no_detections():
    _, seen = _observed([], [])
    assert (len(seen), seen.strong, seen.startable) == (0, 0, 0)
    assert seen.table[LOW].shape == seen.table[HIGH].shape == (2, 1)
