import cv2
import numpy as np
import pytest

from traffic.plates.rectify import homography, pixel_index_matrix
from traffic.training.plate_locator.pasting import Pose, erase, lit, paste, posed_quad, random_pose, rotation

PLATE = np.full((112, 520, 3), 235, np.uint8)
PLATE[:, 260:] = 20  # the right half is dark


def test_a_plate_seen_from_the_front_is_an_upright_rectangle_of_its_width():
    quad = posed_quad(4.0, Pose(), (100, 50), 80)
    np.testing.assert_allclose(quad, [[60, 40], [140, 40], [140, 60], [60, 60]], atol=1e-4)


@pytest.mark.parametrize("degrees", [15, 30, 45])
def test_yaw_makes_it_narrower_and_the_nearer_side_higher(degrees):
    quad = posed_quad(4.0, Pose(yaw_rad=np.deg2rad(degrees), distance=1000.0), (0, 0), 100)
    assert np.ptp(quad[:, 0]) == pytest.approx(100 * np.cos(np.deg2rad(degrees)), rel=1e-2)
    near = posed_quad(4.0, Pose(yaw_rad=np.deg2rad(degrees), distance=3.0), (0, 0), 100)
    right, left = near[2, 1] - near[1, 1], near[3, 1] - near[0, 1]
    assert right > left  # a positive yaw brings the right side nearer


def test_roll_turns_it_clockwise_on_the_screen_without_a_change_of_size():
    quad = posed_quad(4.0, Pose(roll_rad=np.deg2rad(30)), (0, 0), 100)
    along = quad[1] - quad[0]
    assert np.rad2deg(np.arctan2(along[1], along[0])) == pytest.approx(30, abs=1e-3)
    assert np.linalg.norm(along) == pytest.approx(100, rel=1e-5)


def test_pitch_makes_it_lower():
    quad = posed_quad(4.0, Pose(pitch_rad=np.deg2rad(45), distance=1000.0), (0, 0), 100)
    assert np.ptp(quad[:, 1]) == pytest.approx(25 * np.cos(np.deg2rad(45)), rel=1e-2)


def test_a_rotation_is_one():
    matrix = rotation(Pose(0.4, -0.3, 0.2))
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_poses_stay_within_the_steepest_turn():
    random = np.random.default_rng(0)
    turns = np.array([(p.yaw_rad, p.pitch_rad, p.roll_rad) for p in (random_pose(random, 45) for _ in range(500))])
    assert np.abs(turns).max() <= np.deg2rad(45)
    assert np.abs(turns).max(axis=0).min() > np.deg2rad(35)


@pytest.mark.parametrize("seed", range(6))
def test_a_pasted_plate_lies_between_its_corners_and_nowhere_else(seed):
    random = np.random.default_rng(seed)
    quad = posed_quad(520 / 112, random_pose(random, 45), (128, 96), 110)
    ground = np.full((192, 256, 3), 120, np.uint8)
    image = ground.copy()
    paste(image, PLATE, quad, random)
    wide = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * 1.45  # room for a dealer's frame
    outside = np.ones((192, 256), np.uint8)
    cv2.fillConvexPoly(outside, wide.round().astype(np.int32), 0)
    np.testing.assert_array_equal(image[outside == 1], ground[outside == 1])
    upright = np.array([[0, 0], [100, 0], [100, 24], [0, 24]], np.float32)
    flat = cv2.warpPerspective(image, pixel_index_matrix(homography(quad, upright)), (100, 24)).astype(float)
    assert flat[8:16, 20:40].mean() > flat[8:16, 60:80].mean() + 15  # light half left, dark half right


def test_plates_in_the_dark_are_darker_than_plates_by_day():
    night = np.mean([lit(PLATE, 10, np.random.default_rng(i)).mean() for i in range(20)])
    day = np.mean([lit(PLATE, 150, np.random.default_rng(i)).mean() for i in range(20)])
    assert night < 0.7 * day


def test_what_is_erased_looks_like_its_surroundings():
    image = np.full((100, 200, 3), (40, 90, 160), np.uint8)
    image[40:60, 80:120] = 255
    quad = np.array([[80, 40], [120, 40], [120, 60], [80, 60]], np.float32)
    erase(image, quad, np.random.default_rng(0))
    np.testing.assert_allclose(image[45:55, 85:115], np.full((10, 30, 3), (40, 90, 160)), atol=3)


def test_nothing_is_erased_where_the_quad_lies_outside():
    image = np.full((50, 50, 3), 7, np.uint8)
    erase(image, np.array([[80, 80], [90, 80], [90, 90], [80, 90]], np.float32), np.random.default_rng(0))
    assert (image == 7).all()
