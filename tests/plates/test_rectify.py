import cv2
import numpy as np
import pytest

from traffic.plates.ocr import PLATE_MARGIN, SIZE, plate_corners
from traffic.plates.rectify import is_quadrilateral, pixel_index_matrix, rectify, upright_size

LEVEL = np.array([[100, 100], [204, 100], [204, 122], [100, 122]], np.float32)


def halves(corners: np.ndarray, size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """A grey frame with a plate whose left half is dark red and right half light blue, drawn without OpenCV's warp."""
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    matrix = cv2.getPerspectiveTransform(corners, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
    u, v, w = np.einsum("ij,jhw->ihw", matrix, np.stack([x, y, np.ones_like(x)]))
    u, v = u / w, v / w
    inside = (u > 0) & (u < 1) & (v > 0) & (v < 1)
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    image[inside & (u < 0.5)] = (0, 0, 90)
    image[inside & (u >= 0.5)] = (250, 180, 180)
    return image


def turned(degrees: float, centre: tuple[float, float] = (320, 240), scale: float = 1.0) -> np.ndarray:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    flat = (LEVEL - LEVEL.mean(axis=0)) * scale
    return (flat @ np.array([[cos, sin], [-sin, cos]]) + centre).astype(np.float32)


SLANTED = np.array([[250, 200], [380, 240], [376, 290], [246, 232]], np.float32)


@pytest.mark.parametrize(
    "corners",
    [LEVEL, turned(20), turned(-45), turned(30, scale=4.0), turned(0, scale=0.4), SLANTED],
    ids=["level", "turned by 20 degrees", "turned by -45", "large", "small", "seen from aside"],
)
def test_the_plate_stands_upright_with_its_margin_around_it(corners):
    plate = rectify(halves(corners), corners)
    assert plate.shape == (SIZE[1], SIZE[0], 3)
    (left, top), (right, bottom) = plate_corners(*SIZE)[[0, 2]]
    quarter = (right - left) / 4
    middle = int((top + bottom) / 2)
    np.testing.assert_allclose(plate[middle, int(left + quarter)], (0, 0, 90), atol=12)
    np.testing.assert_allclose(plate[middle, int(right - quarter)], (250, 180, 180), atol=12)
    if upright_size(corners)[1] > 20:
        np.testing.assert_allclose(plate[0, [2, -3]], 128, atol=25)


def test_the_seam_between_the_halves_lies_in_the_middle_to_a_fraction_of_a_pixel():
    for corners in (turned(0, (320.0, 240.0)), turned(0, (321.0, 241.0)), turned(12, scale=3)):
        blue = rectify(halves(corners), corners)[SIZE[1] // 2, :, 0].astype(float)
        inner = blue[20:-20]
        bright = (inner / 250).sum()  # columns right of the seam, those half covered counted by halves
        assert bright == pytest.approx(SIZE[0] / 2 - 20, abs=0.6)


def test_the_margin_is_that_of_the_reader():
    plate = rectify(halves(turned(0, scale=6)), turned(0, scale=6))
    dark = np.flatnonzero(np.abs(plate[SIZE[1] // 2].astype(int) - 128).sum(axis=1) > 60)
    share = PLATE_MARGIN / (1 + 2 * PLATE_MARGIN)
    assert dark[0] == pytest.approx(share * SIZE[0], abs=1.1)
    assert dark[-1] + 1 == pytest.approx((1 - share) * SIZE[0], abs=1.1)


def test_a_large_plate_is_averaged_not_sampled():
    corners = np.array([[0, 0], [640, 0], [640, 192], [0, 192]], np.float32) + 60
    stripes = np.zeros((300, 800, 3), np.uint8)
    stripes[:, ::2] = 200  # each pixel of the result covers several stripes
    plate = rectify(stripes, corners)
    np.testing.assert_allclose(plate, 100, atol=25)


def test_what_lies_outside_the_frame_repeats_its_border():
    image = np.full((100, 100, 3), 77, np.uint8)
    np.testing.assert_array_equal(rectify(image, LEVEL - 90), 77)


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1.0), (33, 1.0), (-80, 2.5)])
def test_the_size_of_a_plate_does_not_depend_on_its_roll(degrees, scale):
    assert upright_size(turned(degrees, scale=scale)) == pytest.approx((104 * scale, 22 * scale), rel=1e-4)


@pytest.mark.parametrize(
    ("corners", "fine"),
    [
        (LEVEL, True),
        (SLANTED, True),
        (LEVEL[::-1], False),
        (LEVEL[[0, 2, 1, 3]], False),
        (np.zeros((4, 2), np.float32), False),
    ],
    ids=["level", "slanted", "mirrored", "crossed", "a point"],
)
def test_only_corners_that_go_round_a_plate_are_a_quadrilateral(corners, fine):
    assert is_quadrilateral(corners) == fine


def test_the_identity_stays_the_identity_for_opencv_and_a_shift_stays_a_shift():
    np.testing.assert_allclose(pixel_index_matrix(np.eye(3)), np.eye(3))
    shift = np.array([[1.0, 0, 3], [0, 1, -2], [0, 0, 1]])
    np.testing.assert_allclose(pixel_index_matrix(shift), shift)


def test_doubling_keeps_pixel_edges_where_resizing_has_them():
    image = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    doubled = cv2.warpPerspective(image, pixel_index_matrix(np.diag([2.0, 2, 1])), (60, 40), flags=cv2.INTER_LINEAR)
    expected = cv2.resize(image, (60, 40), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(doubled[2:-2, 2:-2].astype(int), expected[2:-2, 2:-2], atol=2)
