from __future__ import annotations

import numpy as np
import pytest

from traffic.evaluation.tracking_metrics import ALPHAS, JudgedFrame, tracking_scores

TRUE_CAR, OTHER_CAR = 0, 1


def _frames(told: list[dict[int, int]], vehicles: int = 1, iou: float = 1.0) -> list[JudgedFrame]:
    """Each frame: vehicle -> the id told for it; vehicles that are missing are not told."""
    numbers: dict[int, int] = {}
    frames = []
    for told_ids in told:
        own = np.array([numbers.setdefault(told_id, len(numbers)) for told_id in told_ids.values()], np.int64)
        similarity = np.zeros((vehicles, len(own)))
        for column, vehicle in enumerate(told_ids):
            similarity[vehicle, column] = iou
        frames.append(JudgedFrame(np.arange(vehicles), own, similarity))
    return frames


@pytest.mark.parametrize(
    ("story", "told", "hota", "mota", "idf1", "switches", "fragmentations"),
    [
        ("all right", [{0: 7}] * 8, 1.0, 1.0, 1.0, 0, 0),
        ("half of the frames missed", [{0: 7}] * 4 + [{}] * 4, 0.5, 0.5, 2 / 3, 0, 0),
        ("another id from the middle on", [{0: 7}] * 4 + [{0: 8}] * 4, 0.5**0.5, 7 / 8, 0.5, 1, 0),
        ("a frame without it in the middle", [{0: 7}] * 4 + [{1: 9}] + [{0: 7}] * 3, None, None, None, 0, 1),
        ("another id for one frame", [{0: 7}] * 4 + [{0: 8}] + [{0: 7}] * 3, None, 6 / 8, 7 / 8, 2, 0),
    ],
)
def test_stories_whose_scores_can_be_worked_out_by_hand(story, told, hota, mota, idf1, switches, fragmentations):
    vehicles = 2 if any(1 in frame for frame in told) else 1
    scores = tracking_scores([_frames(told, vehicles)])
    assert (scores.switches, scores.fragmentations) == (switches, fragmentations)
    for got, expected in ((scores.hota, hota), (scores.mota, mota), (scores.idf1, idf1)):
        assert expected is None or got == pytest.approx(expected)


def test_hota_asks_for_ever_better_boxes():
    scores = tracking_scores([_frames([{0: 7}] * 5, iou=0.62)])
    assert scores.hota == pytest.approx((ALPHAS <= 0.62).mean())
    assert (scores.mota, scores.idf1) == (1.0, 1.0)


def test_two_sequences_are_counted_together_and_share_no_identity():
    good, missed = _frames([{0: 7}] * 6), _frames([{}] * 2)
    scores = tracking_scores([good, missed])
    assert (scores.true_boxes, scores.misses, scores.false_boxes) == (8, 2, 0)
    assert scores.detection_accuracy == pytest.approx(6 / 8)
    assert scores.idf1 == pytest.approx(12 / 14)


def test_nothing_told_and_nothing_to_tell():
    nothing = JudgedFrame(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 0)))
    assert tracking_scores([[nothing]]).true_boxes == 0
    false_only = JudgedFrame(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros((0, 1)))
    assert tracking_scores([[nothing, false_only]]).false_boxes == 1
