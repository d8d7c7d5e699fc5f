import numpy as np
import pytest

from traffic.datatypes import VehicleCrop
from traffic.plates.locator import PlateCorners
from traffic.training.plate_locator.samples import PlateView
from traffic.training.plate_locator.streets import hardest, lettered


def plain_view(shade: int) -> PlateView:
    return PlateView(np.full((60, 80, 3), shade, np.uint8), np.zeros((0, 4, 2), np.float32), np.zeros(0, np.bool_))


def any_shade(random: np.random.Generator) -> PlateView:
    return plain_view(int(random.integers(256)))


def brightness(crop: VehicleCrop) -> PlateCorners:
    """A locator that takes bright pictures for plates."""
    return PlateCorners(np.zeros((4, 2), np.float32), float(crop.frame.image.mean()) / 255)


def blind(crop: VehicleCrop) -> None:
    return None


def test_the_pictures_that_a_locator_is_surest_of_come_more_often():
    random = np.random.default_rng(0)
    chosen = [hardest(any_shade, brightness, random).image.mean() for _ in range(200)]
    by_chance = [hardest(any_shade, None, random).image.mean() for _ in range(200)]
    assert np.mean(chosen) > 160 > 145 > np.mean(by_chance) > 110
    assert min(chosen) < 100  # not only the hardest ones


@pytest.mark.parametrize("finder", [None, blind, brightness])
def test_the_same_seed_gives_the_same_pictures(finder):
    first, again = (
        [hardest(any_shade, finder, np.random.default_rng(seed)).image.mean() for seed in range(8)] for _ in range(2)
    )
    assert first == again


def test_words_are_written_on_some_pictures_and_the_given_one_is_left_alone():
    view = plain_view(120)
    written = [lettered(view, np.random.default_rng(seed)) for seed in range(40)]
    changed = [not np.array_equal(one.image, view.image) for one in written]
    assert 3 <= sum(changed) <= 25
    assert (view.image == 120).all()
    assert all(len(one.quads) == 0 for one in written)
