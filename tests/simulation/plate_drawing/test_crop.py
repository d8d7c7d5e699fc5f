import numpy as np
import pytest

from traffic.simulation.plate_drawing.crop import CropRange, seen_plate
from traffic.simulation.plate_drawing.drawing import DrawnPlate, draw_plate
from traffic.simulation.plate_drawing.faces import RUSSIAN
from traffic.simulation.plate_drawing.russia import private_plate, square_plate

SIZE = (160, 48)


def drawn(text: str = "A123BC77") -> DrawnPlate:
    return draw_plate(private_plate(text), RUSSIAN, pixels_per_mm=0.5)


def test_a_crop_has_the_reader_s_size_and_a_centre_for_each_character() -> None:
    crop = seen_plate(drawn(), CropRange(SIZE, 0.06), np.random.default_rng(0))
    assert crop.picture.shape == (48, 160, 3)
    assert crop.centres.shape == (8, 2)


@pytest.mark.parametrize("rectified", [0.0, 1.0])
def test_the_centres_stay_in_the_crop_in_reading_order(rectified: float) -> None:
    for seed in range(40):
        crop = seen_plate(drawn(), CropRange(SIZE, 0.06, rectified=rectified), np.random.default_rng(seed))
        assert (crop.centres > -3).all()
        assert (crop.centres < np.array(SIZE) + 3).all()
        assert (np.diff(crop.centres[:, 0]) > 0).all()


def test_a_rectified_plate_fills_its_crop_but_for_the_margin() -> None:
    seeds = [np.random.default_rng(seed) for seed in range(200)]
    centres = [seen_plate(drawn(), CropRange(SIZE, 0.06, (40, 60), 1.0), rng).centres for rng in seeds]
    straight = drawn().centres / np.array([260, 56])
    expected = (0.06 + straight) / 1.12 * np.array(SIZE)
    np.testing.assert_allclose(np.mean(centres, axis=0), expected, atol=1.5)


def test_a_character_is_where_its_centre_says() -> None:
    """The ink of a 1 between two 8: the two pictures differ about the centre of the changed character."""
    sight = CropRange(SIZE, 0.06, (60, 60), 1.0)
    for seed in range(10):
        crops = [seen_plate(drawn(text), sight, np.random.default_rng(seed)) for text in ("A888BC77", "A818BC77")]
        change = np.abs(crops[0].picture.astype(float) - crops[1].picture).sum(axis=(0, 2))
        middle = (change * np.arange(160)).sum() / change.sum()
        assert middle == pytest.approx(crops[0].centres[2, 0], abs=6)


def test_a_plate_of_few_pixels_is_softer() -> None:
    def detail(height: int) -> float:
        sight = CropRange(SIZE, 0.06, (height, height), 1.0)
        crops = [seen_plate(drawn(), sight, np.random.default_rng(seed)).picture for seed in range(30)]
        return float(np.mean([np.abs(np.diff(crop.astype(float), axis=1)).max() for crop in crops]))

    assert detail(10) < 0.75 * detail(50)


def test_two_lines_fit_in_the_same_crop() -> None:
    plate = draw_plate(square_plate("A123BC77"), RUSSIAN, pixels_per_mm=0.5)
    crop = seen_plate(plate, CropRange(SIZE, 0.06), np.random.default_rng(3))
    assert crop.centres[:4, 1].max() < crop.centres[4:, 1].min()
