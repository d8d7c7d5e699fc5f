"""Boxes, lines, polygons and the homography, held against arithmetic by hand, OpenCV and a Monte Carlo."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from traffic.geometry import (
    Homography,
    box_areas,
    box_iou,
    cut_by_border,
    ground_points,
    middles_inside,
    points_in_polygon,
    segment_crossing,
    self_crossing,
    side_of_line,
)

IMAGE = np.array([[300, 300], [980, 310], [1210, 700], [60, 690]], float)
GROUND = np.array([[0, 40], [7, 40], [7, 10], [0, 10]], float)


def boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the same box", (0, 0, 10, 10), 1.0),
        ("half of it", (0, 0, 10, 5), 0.5),
        ("shifted by half", (5, 0, 15, 10), 1 / 3),
        ("touching", (10, 0, 20, 10), 0.0),
        ("far away", (100, 100, 110, 110), 0.0),
        ("no area", (3, 3, 3, 3), 0.0),
    ],
)
def test_iou_with_a_square_of_ten(a, b, expected):
    assert box_iou(boxes((0, 0, 10, 10)), boxes(b))[0, 0] == pytest.approx(expected)


def test_iou_of_two_boxes_without_area_is_zero_and_none_gives_an_empty_table():
    assert box_iou(boxes((3, 3, 3, 3)), boxes((3, 3, 3, 3))).tolist() == [[0.0]]
    assert box_iou(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((2, 2, 4, 4), [True, False]),
        ((8, 8, 12, 12), [True, True]),
        ((14, 14, 18, 30), [False, False]),
        ((9, 9, 15, 15), [False, True]),
        ((np.nan,) * 4, [False, False]),
    ],
    ids=["within", "its middle on both corners", "beside", "mostly in the second", "nowhere"],
)
def test_the_middle_of_a_box_in_the_squares_from_0_to_10_and_from_10_to_20(box, expected):
    squares = np.array([[0, 0, 10, 10], [10, 10, 20, 20]], np.float32)
    asked = np.array([box, box], np.float32)
    assert middles_inside(asked, squares).tolist() == [expected, expected]
    assert middles_inside(asked[:0], squares).shape == (0, 2)


def test_areas_and_ground_points():
    assert box_areas(boxes((0, 0, 4, 3), (1, 1, 1, 9))).tolist() == [12, 0]
    assert ground_points(boxes((10, 20, 30, 60))).tolist() == [[20, 60]]


@pytest.mark.parametrize(
    ("where", "box", "is_cut"),
    [
        ("in the middle", (100, 100, 200, 200), False),
        ("at the left edge", (0, 100, 200, 200), True),
        ("over the top edge", (100, -3, 200, 200), True),
        ("at the right edge", (100, 100, 640, 200), True),
        ("a pixel from the lower edge", (100, 100, 200, 359), True),
        ("two pixels from it", (100, 100, 200, 358), False),
    ],
)
def test_boxes_at_the_border_of_a_640x360_frame_are_cut(where, box, is_cut):
    assert cut_by_border(boxes(box), (640, 360), 2.0).tolist() == [is_cut]


@pytest.mark.parametrize(
    ("what", "start", "end", "point", "distance"),
    [
        ("below a line drawn from left to right", (0, 100), (200, 100), (50, 130), 30),
        ("above it", (0, 100), (200, 100), (50, 80), -20),
        ("above it, beyond its end", (0, 100), (200, 100), (900, 80), -20),
        ("below a line drawn from right to left", (200, 100), (0, 100), (50, 130), -30),
        ("left in the image of a line drawn downwards", (100, 0), (100, 50), (90, 20), 10),
        ("on the line", (0, 100), (200, 100), (77, 100), 0),
    ],
)
def test_signed_side_of_a_line(what, start, end, point, distance):
    assert side_of_line(np.array([point], float), start, end)[0] == pytest.approx(distance)


@pytest.mark.parametrize(
    ("what", "a", "b", "c", "d", "expected"),
    [
        ("a cross", (0, 0), (10, 10), (0, 10), (10, 0), (0.5, 0.5)),
        ("a quarter along the first", (0, 0), (8, 0), (2, -1), (2, 3), (0.25, 0.25)),
        ("meeting at an end", (0, 0), (8, 0), (8, 0), (8, 5), (1.0, 0.0)),
        ("past the end", (0, 0), (8, 0), (9, -1), (9, 1), None),
        ("too short to reach", (0, 0), (8, 0), (4, 1), (4, 5), None),
        ("parallel", (0, 0), (8, 0), (0, 1), (8, 1), None),
    ],
)
def test_segments(what, a, b, c, d, expected):
    assert segment_crossing(a, b, c, d) == (None if expected is None else pytest.approx(expected))


def test_points_in_a_horseshoe():
    horseshoe = np.array([[0, 0], [30, 0], [30, 30], [20, 30], [20, 10], [10, 10], [10, 30], [0, 30]], float)
    points = np.array([[5, 20], [15, 20], [25, 20], [15, 5], [-1, 5], [31, 5]], float)
    assert points_in_polygon(points, horseshoe).tolist() == [True, False, True, True, False, False]


def test_a_point_on_the_edge_of_two_lanes_is_in_exactly_one():
    left = np.array([[0, 0], [10, 0], [10, 20], [0, 20]], float)
    right = left + np.array([10, 0])
    points = np.array([[10, y] for y in range(1, 20)], float)
    assert (points_in_polygon(points, left) ^ points_in_polygon(points, right)).all()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=9), st.integers(0, 2**31))
def test_point_in_polygon_agrees_with_opencv(corners, seed):
    polygon = np.array(corners, np.float32)
    points = np.random.default_rng(seed).uniform(-5, 65, (40, 2))
    told = np.array([cv2.pointPolygonTest(polygon, (float(x), float(y)), measureDist=True) for x, y in points])
    clear = np.abs(told) > 0.01
    assert (points_in_polygon(points, polygon.astype(float)) == (told > 0))[clear].all()


@pytest.mark.parametrize(
    ("what", "polygon", "expected"),
    [
        ("a triangle", [(0, 0), (10, 0), (0, 10)], None),
        ("a square", [(0, 0), (10, 0), (10, 10), (0, 10)], None),
        ("a square with two corners swapped", [(0, 0), (10, 10), (10, 0), (0, 10)], (0, 2)),
        ("a dent", [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)], None),
        ("a dent pushed through the other side", [(0, 0), (10, 0), (10, 10), (5, -2), (0, 10)], (0, 2)),
    ],
)
def test_polygons_that_cross_themselves(what, polygon, expected):
    assert self_crossing(polygon) == expected


def test_four_pairs_are_met_exactly_and_agree_with_opencv():
    fitted = Homography.fit(IMAGE, GROUND)
    expected = cv2.findHomography(IMAGE, GROUND)[0]
    points = np.array([[640, 500], [200, 650], [900, 350]], float)
    np.testing.assert_allclose(fitted.to_ground(IMAGE), GROUND, atol=1e-9)
    np.testing.assert_allclose(fitted.to_ground(points), cv2.perspectiveTransform(points[None], expected)[0], rtol=1e-6)


def test_more_pairs_average_their_errors():
    rng = np.random.default_rng(3)
    truth = Homography.fit(IMAGE, GROUND)
    ground = np.array([[x, y] for x in (0, 3.5, 7) for y in range(10, 41, 5)], float)
    image = truth.to_image(ground) + rng.normal(0, 1.0, (len(ground), 2))
    corners = [0, 6, 14, 20]
    at = np.array([[640, 500.0], [700, 420.0], [500, 600.0]])

    def error(fitted):
        return np.linalg.norm(fitted.to_ground(at) - truth.to_ground(at), axis=1).max()

    assert error(Homography.fit(image, ground)) < 0.15
    assert error(Homography.fit(image, ground)) < error(Homography.fit(image[corners], ground[corners]))


cameras = st.tuples(st.floats(4, 12), st.floats(8, 30), st.floats(-20, 20), st.floats(600, 2000))


def pinhole(points_m, height_m, tilt_deg, pan_deg, focal_px):
    """A camera over the origin, by trigonometry: pixels of points (n, 2) on the ground, in a 1280x720 frame."""
    tilt, pan = math.radians(tilt_deg), math.radians(pan_deg)
    x, y = points_m.T
    right, ahead = x * math.cos(pan) - y * math.sin(pan), x * math.sin(pan) + y * math.cos(pan)
    depth = ahead * math.cos(tilt) + height_m * math.sin(tilt)
    down = height_m * math.cos(tilt) - ahead * math.sin(tilt)
    return np.stack([640 + focal_px * right / depth, 360 + focal_px * down / depth], axis=1)


@given(cameras, st.integers(0, 2**31))
def test_any_camera_is_recovered_and_the_way_back_is_the_same(camera, seed):
    road = np.array([[-3.5, 15], [3.5, 15], [3.5, 45], [-3.5, 45]], float)
    fitted = Homography.fit(pinhole(road, *camera), road)
    points = np.random.default_rng(seed).uniform([-6, 12], [6, 70], (20, 2))
    seen = pinhole(points, *camera)
    np.testing.assert_allclose(fitted.to_ground(seen), points, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(fitted.to_image(points), seen, rtol=1e-5, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(cameras, st.floats(15, 35), st.floats(-3, 3), st.floats(0.3, 1.5))
def test_covariance_agrees_with_a_monte_carlo(camera, y_m, x_m, sigma):
    road = np.array([[-3.5, 15], [3.5, 15], [3.5, 45], [-3.5, 45]], float)
    fitted = Homography.fit(pinhole(road, *camera), road)
    pixel = pinhole(np.array([[x_m, y_m]]), *camera)
    told = fitted.ground_covariance(pixel, sigma)[0]
    assume(math.sqrt(np.linalg.eigvalsh(told)[1]) < 0.05 * y_m)
    scattered = fitted.to_ground(pixel + np.random.default_rng(1).normal(0, sigma, (40_000, 2)))
    np.testing.assert_allclose(np.cov(scattered.T), told, rtol=0.12, atol=0.03 * np.trace(told))


def test_the_sky_has_no_metres():
    camera = (6.0, 12.0, 0.0, 1000.0)
    road = np.array([[-3.5, 15], [3.5, 15], [3.5, 45], [-3.5, 45]], float)
    fitted = Homography.fit(pinhole(road, *camera), road)
    horizon = 360 - 1000 * math.tan(math.radians(12.0))
    points = np.array([[640, horizon + 5], [640, horizon], [640, horizon - 5], [100, -500]], float)
    assert np.isnan(fitted.to_ground(points)).all(axis=1).tolist() == [False, True, True, True]
    assert np.isnan(fitted.ground_covariance(points, 1.0)).all(axis=(1, 2)).tolist() == [False, True, True, True]
    assert fitted.to_ground(points)[0, 1] > 1000


def test_a_place_behind_the_camera_is_not_in_the_image():
    road = np.array([[-3.5, 15], [3.5, 15], [3.5, 45], [-3.5, 45]], float)
    fitted = Homography.fit(pinhole(road, 6.0, 12.0, 0.0, 1000.0), road)
    assert np.isnan(fitted.to_image(np.array([[0, -30], [0, 30]], float)))[:, 0].tolist() == [True, False]


@pytest.mark.parametrize(
    ("what", "image", "ground", "message"),
    [
        ("three pairs", IMAGE[:3], GROUND[:3], "at least 4 pairs"),
        ("fewer on the ground", IMAGE, GROUND[:3], "at least 4 pairs"),
        (
            "three on a line in the image",
            [[0, 0], [100, 100], [200, 200], [0, 300]],
            GROUND,
            r"image points: .* 1, 2, 3 on",
        ),
        ("three on a line on the road", IMAGE, [[0, 0], [0, 10], [0, 20], [5, 5]], r"ground points: .* 1, 2, 3 on"),
        ("all on one kerb", IMAGE, [[0, 0], [0, 10], [0, 20], [0, 30]], r"ground points: .* 1, 2, 3, 4 on"),
        ("nearly on a line", [[0, 0], [100, 101], [200, 200], [0, 300]], GROUND, r"image points: .* 1, 2, 3 on"),
        ("a point twice", IMAGE[[0, 1, 1, 3]], GROUND, "image points: expected different points, got 2 and 3"),
        ("two points swapped", IMAGE[[1, 0, 2, 3]], GROUND, "no two points are swapped"),
        ("not a number", IMAGE * [math.nan, 1], GROUND, "image points: expected finite"),
    ],
)
def test_degenerate_calibrations_are_refused(what, image, ground, message):
    with pytest.raises(ValueError, match=message):
        Homography.fit(np.array(image, float), np.array(ground, float))
