import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.simulation.camera import NEAR_M, Camera, clip_near

cameras = st.builds(
    Camera,
    width=st.just(1280),
    height=st.just(720),
    focal_px=st.floats(500, 4000),
    height_m=st.floats(4, 12),
    pitch_rad=st.floats(0.05, 0.6),
    yaw_rad=st.floats(-0.3, 0.3),
    x_m=st.floats(-8, 8),
)


@given(cameras, st.floats(-15, 15), st.floats(12, 150))
def test_a_road_point_comes_back_from_the_image(camera: Camera, x: float, y: float) -> None:
    road = np.array([[x, y]])
    assert camera.ground_metres(camera.ground_pixels(road)) == pytest.approx(road, abs=1e-6)


@given(cameras, st.floats(-15, 15), st.floats(12, 150))
def test_the_homography_says_what_the_projection_says(camera: Camera, x: float, y: float) -> None:
    u, v, w = camera.ground_to_image() @ np.array([x, y, 1.0])
    assert (u / w, v / w) == pytest.approx(tuple(camera.ground_pixels(np.array([[x, y]]))[0]), rel=1e-9, abs=1e-6)


def test_the_point_on_the_optical_axis_is_the_middle_of_the_frame() -> None:
    camera = Camera(1280, 720, 1000.0, 8.0, math.radians(20), x_m=1.0)
    foot = np.array([[1.0, 8.0 / math.tan(math.radians(20)), 0.0]])
    assert camera.project(foot) == pytest.approx(np.array([[640.0, 360.0]]))


@pytest.mark.parametrize(
    ("moved", "pixel_moves"),
    [
        pytest.param((1.0, 0.0, 0.0), (1, 0), id="to the right on the road is to the right in the image"),
        pytest.param((0.0, 5.0, 0.0), (0, -1), id="farther is higher"),
        pytest.param((0.0, 0.0, 1.0), (0, -1), id="up is up"),
    ],
)
def test_directions(moved: tuple[float, float, float], pixel_moves: tuple[int, int]) -> None:
    camera = Camera(1280, 720, 1000.0, 8.0, math.radians(15))
    here, there = camera.project(np.array([[0.0, 30.0, 0.0], np.array([0.0, 30.0, 0.0]) + moved]))
    assert tuple(np.sign(np.round(there - here, 6)).astype(int)) == pixel_moves


def test_far_away_the_road_nears_the_horizon() -> None:
    camera = Camera(1280, 720, 1000.0, 8.0, math.radians(10))
    assert camera.ground_pixels(np.array([[0.0, 1e7]]))[0, 1] == pytest.approx(camera.horizon_y(), abs=0.01)


def test_twice_the_pixels_is_twice_the_coordinates() -> None:
    camera = Camera(640, 384, 700.0, 7.0, 0.2, 0.1, 2.0)
    road = np.array([[1.0, 20.0], [-4.0, 60.0]])
    assert camera.scaled(2).ground_pixels(road) == pytest.approx(2 * camera.ground_pixels(road))


def test_a_polygon_is_cut_at_the_near_plane() -> None:
    half_behind = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 0.0, 3.0], [0.0, 0.0, 3.0]])
    cut = clip_near(half_behind)
    assert cut[:, 2].min() == pytest.approx(NEAR_M)
    assert len(cut) == 4


def test_a_polygon_behind_the_camera_is_gone() -> None:
    assert clip_near(np.array([[0.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 1.0, -2.0]])).shape == (0, 3)
