import cv2
import numpy as np
import pytest

from traffic.plates.quality import crop_quality, sharpness, size_share

BOX = (200.0, 100.0, 520.0, 420.0)


@pytest.fixture
def street() -> np.ndarray:
    """Detail at every scale, as in a photo: random rectangles."""
    random = np.random.default_rng(5)
    image = np.full((540, 960, 3), 120, np.uint8)
    for _ in range(700):
        x, y = random.integers(0, (960, 540))
        w, h = random.integers(3, 60, 2)
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), random.integers(0, 255, 3).tolist(), -1)
    return image


def motion(image: np.ndarray, *, across: int = 1, down: int = 1) -> np.ndarray:
    return cv2.blur(image, (across, down))


@pytest.mark.parametrize(
    "blur",
    [
        lambda image: motion(image, across=9),
        lambda image: motion(image, down=9),
        lambda image: cv2.GaussianBlur(image, (0, 0), 2.0),
    ],
    ids=["moved across", "moved down", "out of focus"],
)
def test_of_two_crops_alike_the_sharper_promises_more(street, blur):
    assert crop_quality(blur(street), BOX) < 0.8 * crop_quality(street, BOX)


def test_more_motion_promises_less(street):
    promised = [crop_quality(motion(street, across=length), BOX) for length in (1, 5, 9, 15)]
    assert promised == sorted(promised, reverse=True)


def test_of_two_sharp_crops_the_larger_promises_more(street):
    small = (300.0, 200.0, 380.0, 280.0)
    assert crop_quality(street, small) < 0.5 * crop_quality(street, BOX)


@pytest.mark.parametrize("box", [(-1, 100, 319, 420), (641, 100, 961, 420), (200, 0, 520, 320), (200, 221, 520, 541)])
def test_a_vehicle_at_the_border_promises_little(street, box):
    inside = tuple(np.clip(box, (5, 5, 5, 5), (955, 535, 955, 535)))
    assert crop_quality(street, box) < 0.5 * crop_quality(street, inside)


@pytest.mark.parametrize("box", [(1000, 0, 1100, 80), (50, 50, 50, 90), (-90, -90, -10, -10)])
def test_a_box_that_shows_nothing_promises_nothing(street, box):
    assert crop_quality(street, box) == 0.0


def test_the_promise_lies_between_0_and_1(street):
    for box in (BOX, (0, 0, 960, 540), (10, 10, 12, 12), (100, 100, 101, 500)):
        assert 0 <= crop_quality(street, box) <= 1


def test_a_plain_area_has_no_sharpness_to_speak_of():
    assert sharpness(np.full((50, 80, 3), 90, np.uint8)) == 0.0


@pytest.mark.parametrize(
    ("box", "share"), [((0, 0, 160, 160), 0.5), ((0, 0, 80, 320), 0.5), ((0, 0, 900, 500), 1.0), ((5, 5, 5, 5), 0.0)]
)
def test_size_counts_up_to_a_full_crop(box, share):
    assert size_share(np.array(box, np.float32)) == pytest.approx(share)
