from __future__ import annotations

import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.tracking.observed import Observed

LEFT, SHIFTED, RIGHT = (0, 0, 100, 80), (5, 0, 105, 80), (300, 0, 400, 80)


def _observed(boxes, scores, classes=None, least=0.1):
    found = Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(classes or [0] * len(scores), np.int64),
    )
    return found, Observed.among(found, least)


def test_the_best_come_first_and_the_useless_not_at_all():
    _, seen = _observed([LEFT, RIGHT, SHIFTED], [0.3, 0.05, 0.8])
    assert seen.rows.tolist() == [2, 0]
    assert (seen.count(0.5), seen.count(0.3), seen.count(0.9)) == (1, 2, 0)
    assert seen.boxes[..., 0].tolist() == [[55, 40], [100, 80]]


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
    assert (len(seen), seen.boxes.shape, seen.variance.shape) == (0, (2, 2, 0), (2, 0))
