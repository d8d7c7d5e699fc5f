from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.datatypes import Detections
from traffic.tracking.observed import Observed, score_steps
from traffic.tracking.settings import TrackerSettings
from traffic.tracking.similarity import Candidates, candidates

box = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40))
Centred = tuple[float, float, float, float]


def _centred(x: float, y: float, width: float, height: float) -> Centred:
    return x + width / 2, y + height / 2, width, height


def _found(tracks: list[Centred], boxes: list[Centred], variance: float, score: float = 1.0) -> Candidates:
    moments = np.zeros((5, 2, 2, len(tracks)))
    moments[0] = np.array(tracks).reshape(-1, 4).T.reshape(2, 2, -1)
    moments[2] = variance
    centred = np.array(boxes, np.float32).reshape(-1, 4)
    corners = np.hstack([centred[:, :2] - centred[:, 2:] / 2, centred[:, :2] + centred[:, 2:] / 2])
    found = Detections(corners, np.full(len(boxes), score, np.float32), np.zeros(len(boxes), np.int64))
    seen = Observed.among(found, score_steps(TrackerSettings(high_score=0.1)))
    pairs = candidates(moments, seen)
    return pairs._replace(columns=seen.rows[pairs.columns])


def _worth(tracks: list[Centred], boxes: list[Centred], variance: float, score: float = 1.0) -> np.ndarray:
    """The candidates' worth as a dense (n, m) table."""
    found = _found(tracks, boxes, variance, score)
    dense = np.zeros((len(tracks), len(boxes)))
    dense[found.rows, found.columns] = found.worth
    return dense


def _pixels(x: int, y: int, width: int, height: int) -> set[tuple[int, int]]:
    return {(i, j) for i in range(x, x + width) for j in range(y, y + height)}


@given(a=box, b=box)
def test_a_certain_track_is_compared_by_plain_iou_and_height(a, b):
    shared = len(_pixels(*a) & _pixels(*b)) / len(_pixels(*a) | _pixels(*b))
    heights = min(a[3], b[3]) / max(a[3], b[3])
    np.testing.assert_allclose(_worth([_centred(*a)], [_centred(*b)], 0.0), [[shared * heights]], atol=1e-12)


@given(boxes=st.lists(box, min_size=1, max_size=6), tracks=st.lists(box, min_size=1, max_size=6))
def test_the_fast_search_misses_no_pair(boxes, tracks):
    boxes, tracks = [_centred(*b) for b in boxes], [_centred(*t) for t in tracks]
    together = _worth(tracks, boxes, 25.0)
    each = [[_worth([t], [b], 25.0).item() for b in boxes] for t in tracks]
    np.testing.assert_allclose(together, each)


@pytest.mark.parametrize("variance", [0, 9, 10_000])
def test_the_same_box_is_fully_alike_however_uncertain(variance):
    a = _centred(10, 20, 30, 40)
    np.testing.assert_allclose(_worth([a], [a], variance), [[1.0]])


def test_an_uncertain_track_reaches_a_box_that_it_does_not_overlap():
    track, beside = _centred(0, 0, 40, 30), _centred(45, 0, 40, 30)
    assert _worth([track], [beside], 0.0).item() == 0
    assert _worth([track], [beside], 400.0).item() > 0.1


def test_however_uncertain_a_track_does_not_reach_across_the_road():
    assert _worth([_centred(0, 0, 40, 30)], [_centred(105, 0, 40, 30)], 1e6).item() == 0


def test_the_heights_weigh_but_do_not_decide_what_is_possible():
    found = _found([(10, 10, 20, 20)], [(10, 10, 20, 20), (10, 10, 20, 10)], 0.0)
    np.testing.assert_allclose(found.iou, [1, 0.5])
    np.testing.assert_allclose(found.worth, [1, 0.25])


def test_a_surer_detection_is_worth_more_but_not_more_possible():
    track, found = _centred(0, 0, 40, 30), _centred(10, 0, 40, 30)
    sure, doubtful = (_worth([track], [found], 0.0, score).item() for score in (0.9, 0.3))
    assert sure == pytest.approx(3 * doubtful)


@pytest.mark.parametrize(("tracks", "boxes"), [(0, 0), (1, 0), (0, 1)])
def test_no_boxes(tracks, boxes):
    some = (5.0, 5.0, 10.0, 10.0)
    assert _worth([some] * tracks, [some] * boxes, 1.0).shape == (tracks, boxes)
