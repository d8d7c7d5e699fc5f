from __future__ import annotations

import numpy as np
import pytest

from traffic.tracking import kalman, motion


def _measured(xyxy: np.ndarray, score: float) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (n, 4) as (2, 2, n), and their variance (2, n)."""
    boxes, variance = np.empty((4, len(xyxy))), np.empty((2, len(xyxy)))
    motion.measure(xyxy.T, np.full(len(xyxy), score), boxes, variance)
    return boxes.reshape(2, 2, -1), variance


def _boxes(*xyxy: list[float]) -> np.ndarray:
    return _measured(np.array(xyxy, np.float64).reshape(-1, 4), 1.0)[0]


def _variance(boxes: np.ndarray, score: float) -> np.ndarray:
    return _measured(np.concatenate([boxes[0] - boxes[1] / 2, boxes[0] + boxes[1] / 2]).T, score)[1]


def _started(*xyxy: list[float]) -> np.ndarray:
    boxes = _boxes(*xyxy)
    return motion.start(boxes, _variance(boxes, 0.9))


def test_coordinates_are_centre_and_size():
    assert _boxes([10, 20, 40, 100], [0, 0, 2, 4])[..., 0].tolist() == [[25, 60], [30, 80]]
    assert _boxes().shape == (2, 2, 0)


def test_a_box_without_area_has_a_pixel():
    assert _boxes([10, 20, 10, 15])[1].tolist() == [[1], [1]]


@pytest.mark.parametrize(("score", "share_of_the_box"), [(0.0, 0.25), (0.5, 0.1375), (1.0, 0.025)])
def test_a_surer_detection_is_placed_more_exactly(score, share_of_the_box):
    std = np.sqrt(_variance(_boxes([0, 0, 100, 50]), score))
    np.testing.assert_allclose(std, [[100 * share_of_the_box], [50 * share_of_the_box]], rtol=1e-6)


def test_a_sure_detection_moves_the_estimate_more_than_a_doubtful_one():
    def moved(score: float) -> float:
        moments, seen = _started([0, 0, 100, 80]), _boxes([10, 0, 110, 80])
        motion.predict(moments, 0.04)
        kalman.correct(moments, seen, _variance(seen, score))
        return float(moments[0, 0, 0, 0])

    assert 50 < moved(0.2) < moved(0.95) < 60


@pytest.mark.parametrize(("story", "speed_mps"), [("away", 14.0), ("toward", -6.0), ("slowly away", 4.0)])
@pytest.mark.parametrize("fps", [25.0, 5.0])
def test_two_seconds_ahead_on_a_straight_road_a_vehicle_is_where_the_perspective_puts_it(story, speed_mps, fps):
    def seen_at(t: float) -> np.ndarray:
        """A car 1.8 m wide, 1.5 m high, 8 m below a camera that looks level, focal length 1000 pixels."""
        depth = 40.0 + speed_mps * t
        return _boxes([1000 * 2 / depth, 1000 * 6.5 / depth, 1000 * 3.8 / depth, 1000 * 8 / depth])

    boxes = seen_at(0)
    moments = motion.start(boxes, _variance(boxes, 0.9))
    for frame in range(1, round(2 * fps) + 1):
        motion.predict(moments, 1 / fps)
        kalman.correct(moments, seen_at(frame / fps), _variance(boxes, 0.95))
    for _ in range(round(2 * fps)):
        motion.predict(moments, 1 / fps)
    left = np.abs(moments[0] - seen_at(4.0))[..., 0]
    assert (left[0] < 0.25 * seen_at(4.0)[1, :, 0]).all()
    assert (left[1] < 0.2 * seen_at(4.0)[1, :, 0]).all()


def test_a_vehicle_twice_as_near_is_twice_as_uncertain():
    moments = _started([0, 0, 50, 40], [0, 0, 100, 80])
    motion.predict(moments, 0.2)
    std = np.sqrt(moments[2])
    np.testing.assert_allclose(std[..., 1], 2 * std[..., 0])


@pytest.mark.parametrize("dt_s", [0.04, 1.0, 3600.0])
def test_a_shrinking_box_never_vanishes(dt_s):
    moments = _started([0, 0, 100, 80])
    moments[1, 1] = -500.0
    motion.predict(moments, dt_s)
    assert (moments[0, 1] >= 1).all()
