import numpy as np
import pytest
from builders import frame

from traffic.datatypes import Frame, VehicleCrop
from traffic.plates.legibility import Legibility
from traffic.plates.locator import PlateCorners

VEHICLE = (300.0, 150.0, 700.0, 450.0)


def lettered(x1: int, y1: int, x2: int, y2: int) -> VehicleCrop:
    """A white plate with dark strokes on grey."""
    shown = frame(size=(960, 540))
    image = np.full_like(shown.image, 90)
    image[y1:y2, x1:x2] = 230
    for x in range(x1 + 6, x2 - 6, 6):
        image[y1 + 4 : y2 - 4, x : x + 2] = 20
    return VehicleCrop(Frame("north", "recording", 0, 0, shown.captured_at, image), VEHICLE)


def plate(x1: float, y1: float, x2: float, y2: float) -> PlateCorners:
    return PlateCorners(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32), 0.9)


FINE = (450, 350, 550, 375)


def test_a_plate_that_can_be_seen_has_a_quality():
    quality = Legibility().quality(lettered(*FINE), plate(*FINE))
    assert isinstance(quality, float)
    assert 0.3 < quality <= 1.0


@pytest.mark.parametrize(
    ("where", "seen", "reason"),
    [
        (FINE, PlateCorners(plate(*FINE).corners[::-1], 0.9), "no plate"),
        (FINE, plate(450, 350, 480, 357), "too small"),
        ((0, 350, 95, 375), plate(-5, 350, 95, 375), "cut by the border"),
        (FINE, plate(600, 350, 700, 375), "blurred"),
    ],
    ids=["seen from behind", "seven pixels high", "over the border", "no strokes"],
)
def test_why_a_find_is_not_worth_reading(where, seen, reason):
    assert Legibility().quality(lettered(*where), seen) == reason


def test_the_callers_minimums_hold():
    crop, small = lettered(*FINE), plate(450, 350, 480, 357)
    assert isinstance(Legibility(minimum_height_px=5, minimum_quality=0).quality(crop, small), float)
    assert isinstance(Legibility(minimum_quality=1.1).quality(crop, plate(*FINE)), str)
