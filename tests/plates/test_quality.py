import cv2
import numpy as np
import pytest

from traffic.plates.ocr import SIZE, plate_corners
from traffic.plates.quality import PlateQuality, largest_tilt_deg, plate_quality, steepness
from traffic.simulation.plate_drawing import russia
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import RUSSIAN


def corners(height=30.0, shear=0.0, width=None):
    wide = width or 4.6 * height
    return np.array([[shear, 0], [wide + shear, 0], [wide, height], [0, height]], np.float32) + 50


@pytest.fixture(scope="module")
def sharp():
    """A drawn plate as the reader would get it."""
    plate = draw_plate(russia.private_plate("A123BC77"), RUSSIAN).picture
    height, width = plate.shape[:2]
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    into = cv2.getPerspectiveTransform(there, plate_corners(*SIZE))
    soft = cv2.GaussianBlur(plate, (0, 0), 1.5)
    return cv2.warpPerspective(soft, into, SIZE, borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90))


def test_a_plate_that_is_seen_well_lacks_nothing(sharp):
    quality = plate_quality(sharp, corners())
    assert quality.score > 0.95
    assert min(quality.size, quality.sharpness, quality.angle, quality.exposure) > 0.9


@pytest.mark.parametrize(
    ("spoil", "figure"),
    [
        (lambda picture: cv2.blur(picture, (15, 1)), "sharpness"),
        (lambda picture: cv2.blur(picture, (1, 15)), "sharpness"),
        (lambda picture: cv2.GaussianBlur(picture, (0, 0), 5), "sharpness"),
        (lambda picture: (picture * 0.05).astype(np.uint8), "exposure"),
        (lambda picture: np.clip(picture.astype(int) * 12, 0, 255).astype(np.uint8), "exposure"),
    ],
    ids=["moved along", "moved down", "out of focus", "too dark", "washed out"],
)
def test_what_spoils_a_picture_is_named(sharp, spoil, figure):
    quality = plate_quality(spoil(sharp), corners())
    assert quality.worst == figure
    assert quality.score < 0.7


@pytest.mark.parametrize(
    ("seen_at", "figure"),
    [(corners(9.0), "size"), (corners(30.0, shear=28.0), "angle")],
    ids=["far away", "from aside"],
)
def test_so_is_what_the_corners_tell(sharp, seen_at, figure):
    quality = plate_quality(sharp, seen_at)
    assert quality.worst == figure
    assert quality.score < 0.7


def test_more_blur_is_never_better(sharp):
    scores = [plate_quality(cv2.blur(sharp, (taps, 1)), corners()).score for taps in (1, 5, 9, 15, 25)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.4


def test_a_picture_of_nothing_is_worth_nothing():
    flat = np.full((48, 160, 3), 120, np.uint8)
    assert plate_quality(flat, corners()).score == 0.0
    assert steepness(flat[:, :, 0]) == (0.0, 0.0)


def test_sharpness_does_not_depend_on_contrast(sharp):
    grey = cv2.cvtColor(sharp, cv2.COLOR_BGR2GRAY)
    faint = (grey * 0.3 + 100).astype(np.uint8)
    assert steepness(faint) == pytest.approx(steepness(grey), rel=0.1)


@pytest.mark.parametrize(
    ("shape", "tilt"),
    [
        (corners(), 0),
        (corners(30.0, shear=30.0), 45),
        (np.float32([[0, 0], [0, 40], [-10, 40], [-10, 0]]), 0),
    ],
    ids=["upright", "sheared by half a right angle", "turned as a whole"],
)
def test_the_tilt_is_the_worst_corners(shape, tilt):
    assert largest_tilt_deg(shape) == pytest.approx(tilt, abs=0.1)


def test_the_score_is_0_where_any_figure_is_and_1_where_all_are():
    assert PlateQuality(1.0, 1.0, 0.0, 1.0).score == 0.0
    assert PlateQuality(1.0, 1.0, 1.0, 1.0).score == 1.0
    assert PlateQuality(0.25, 1.0, 1.0, 1.0).score == pytest.approx(0.5)
