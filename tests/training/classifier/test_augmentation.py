import numpy as np
import pytest

from traffic.training.classifier.augmentation import plain, varied
from traffic.training.classifier.samples import Sample

SIZE = (96, 64)


def sample(width: int = 80, height: int = 60) -> Sample:
    """A blue vehicle on grey, in the middle of its surroundings."""
    image = np.full((height, width, 3), 128, np.uint8)
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    x1, y1, x2, y2 = (round(edge) for edge in box)
    image[y1:y2, x1:x2] = (200, 60, 40)
    return Sample("street", image, box, "car", "blue")


@pytest.mark.parametrize(
    ("width", "height"), [(80, 60), (8, 6), (3, 3), (160, 20)], ids=["usual", "tiny", "a few pixels", "flat"]
)
def test_every_variation_is_a_picture_of_the_input_size(width: int, height: int) -> None:
    random = np.random.default_rng(0)
    for _ in range(60):
        image = varied(sample(width, height), SIZE, random)
        assert (image.shape, image.dtype) == ((64, 96, 3), np.uint8)


def test_the_same_seed_gives_the_same_picture_and_another_a_different_one() -> None:
    first, again, other = (varied(sample(), SIZE, np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_vehicle_stays_in_the_middle_and_keeps_its_colour() -> None:
    random = np.random.default_rng(1)
    for _ in range(100):
        blue, green, red = varied(sample(), SIZE, random)[24:40, 36:60].reshape(-1, 3).mean(axis=0)
        assert blue > green
        assert blue > red
        assert blue > 110


def test_the_sample_itself_is_left_alone() -> None:
    original, untouched = sample(), sample()
    for seed in range(20):
        varied(original, SIZE, np.random.default_rng(seed))
    np.testing.assert_array_equal(original.image, untouched.image)


def test_measuring_shows_the_box_as_it_is() -> None:
    image = plain(sample(), SIZE)
    assert image.shape == (64, 96, 3)
    assert tuple(image[32, 48]) == (200, 60, 40)
    assert tuple(image[0, 0]) == (128, 128, 128)
