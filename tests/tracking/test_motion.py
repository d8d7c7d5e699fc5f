from __future__ import annotations

import numpy as np
import pytest

from traffic.tracking import motion


def _seen(xyxy: list[float], score: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    return motion.coordinates(np.array([xyxy], np.float32)), np.array([score], np.float32)


def test_coordinates_are_centre_and_size():
    got = motion.coordinates(np.array([[10, 20, 40, 100]], np.float32))
    assert got.tolist() == [[25, 60, 30, 80]]


def test_a_box_without_area_has_a_pixel():
    got = motion.coordinates(np.array([[10, 20, 10, 15]], np.float32))
    assert got[0, 2:].tolist() == [1, 1]


def test_a_sure_detection_moves_the_estimate_more_than_a_doubtful_one():
    moments = motion.predict(motion.start(*_seen([0, 0, 100, 80])), 0.04)
    sure, doubtful = (motion.correct(moments, *_seen([10, 0, 110, 80], score))[0, 0, 0] for score in (0.95, 0.2))
    assert 50 < doubtful < sure < 60


def test_a_vehicle_twice_as_near_is_twice_as_uncertain():
    far, near = (motion.predict(motion.start(*_seen([0, 0, 50 * k, 40 * k])), 0.2) for k in (1, 2))
    np.testing.assert_allclose(np.sqrt(near[2]), 2 * np.sqrt(far[2]))


@pytest.mark.parametrize("dt_s", [0.04, 1.0, 3600.0])
def test_a_shrinking_box_never_vanishes(dt_s):
    moments = motion.start(*_seen([0, 0, 100, 80]))
    moments[1, :, 2:] = -500.0
    assert (motion.predict(moments, dt_s)[0, :, 2:] >= 1).all()
