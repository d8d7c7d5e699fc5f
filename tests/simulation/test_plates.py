import numpy as np
import pytest

from traffic.simulation.plates import LETTERS, paste_plate, plate_picture, random_plate


def test_plates_are_written_with_twelve_letters_and_never_000() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        text = random_plate(rng)
        assert {text[0], text[4], text[5]} <= set(LETTERS)
        assert 1 <= int(text[1:4]) <= 999
        assert text[6:].isdigit()


@pytest.mark.parametrize("text", ["A123BC77", "X001YM777"])
def test_the_picture_is_one_pixel_a_millimetre_with_a_black_border(text: str) -> None:
    picture = plate_picture(text)
    assert picture.shape == (112, 520, 3)
    assert picture[4, 200].max() < 60
    assert np.median(picture) > 200


def test_each_character_changes_its_own_place_only() -> None:
    changed = np.abs(plate_picture("A123BC77").astype(int) - plate_picture("A123BX77")).max(axis=(0, 2))
    columns = np.flatnonzero(changed > 60)
    assert 320 <= columns.min() < columns.max() <= 380


def test_a_plate_is_pasted_between_its_corners() -> None:
    canvas = np.zeros((60, 200, 4), np.uint8)
    paste_plate(
        canvas, plate_picture("A123BC77"), np.array([[50.0, 20.0], [150.0, 20.0], [150.0, 42.0], [50.0, 42.0]]), 1.0
    )
    rows, columns = np.nonzero(canvas[:, :, 3])
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == pytest.approx((50, 150, 20, 42), abs=2)


def test_a_plate_of_a_few_pixels_is_left_out() -> None:
    canvas = np.zeros((20, 20, 4), np.uint8)
    paste_plate(canvas, plate_picture("A123BC77"), np.array([[5.0, 5.0], [9.0, 5.0], [9.0, 6.0], [5.0, 6.0]]), 1.0)
    assert canvas.max() == 0
