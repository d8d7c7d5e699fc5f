from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.camera import Camera
from traffic.simulation.intersection_ground import draw_intersection, intersection_spec

CAMERA = Camera(320, 180, 225.0, 8.5, float(np.deg2rad(13.0)))


@pytest.fixture(scope="module")
def picture():
    return draw_intersection(intersection_spec(CAMERA, 1, "day")).astype(int)


def _colour(picture: np.ndarray, x_m: float, y_m: float) -> np.ndarray:
    x, y = CAMERA.ground_pixels(np.array([[x_m, y_m]]))[0].astype(int)
    return picture[y, x]


@pytest.mark.parametrize(
    ("story", "x_m", "y_m"), [("the middle", 2.0, 38.0), ("the near arm", -5.0, 24.0), ("the left arm", -20.0, 35.0)]
)
def test_the_roads_are_grey(picture, story, x_m, y_m):
    assert np.ptp(_colour(picture, x_m, y_m)) < 15
    assert _colour(picture, x_m, y_m).max() < 130


@pytest.mark.parametrize(("x_m", "y_m"), [(-16.0, 22.0), (16.0, 22.0), (-25.0, 60.0), (25.0, 60.0)])
def test_grass_grows_in_the_four_corners(picture, x_m, y_m):
    blue, green, red = _colour(picture, x_m, y_m)
    assert green > blue + 20
    assert green > red


def test_the_stop_line_of_the_near_arm_is_white_and_across_its_own_lanes_only(picture):
    assert _colour(picture, 3.5, 26.6).min() > 150
    assert _colour(picture, -3.0, 26.6).max() < 150


def test_the_same_seed_gives_the_same_ground(picture):
    again = draw_intersection(intersection_spec(CAMERA, 1, "day"))
    np.testing.assert_array_equal(again, picture)
