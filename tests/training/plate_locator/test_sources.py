from pathlib import Path

import numpy as np
import pytest

from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.samples import PlateView
from traffic.training.plate_locator.sources import open_sources, pasted


@pytest.mark.parametrize("name", ["taught", "scenes", "pasted", "silent", "street", "dashcam", "rendered"])
def test_every_source_fills_the_input_and_is_the_same_for_the_same_seed(
    plate_data: Path, recipe: Recipe, answers: Path, name: str
) -> None:
    source = open_sources(recipe, plate_data, answers)[name]
    first, again = ([source(np.random.default_rng(seed)) for seed in range(4)] for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert a.image.shape == (192, 256, 3)
        assert len(a.quads) == len(a.exact)
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.quads, b.quads)
    plates = sum(len(view.quads) for view in first)
    assert (plates == 0) if name in ("silent", "street") else (plates > 0)


@pytest.mark.parametrize("seed", range(20))
def test_a_pasted_plate_takes_the_place_of_the_true_one(seed: int) -> None:
    image = np.full((192, 256, 3), 100, np.uint8)
    image[100:120, 100:180] = (0, 255, 0)  # the true plate, in a colour that no drawn plate has
    quad = np.array([[[100, 100], [180, 100], [180, 120], [100, 120]]], np.float32)
    view = pasted(PlateView(image, quad, np.zeros(1, np.bool_)), 45, np.random.default_rng(seed))
    green = (view.image[:, :, 1] > 200) & (view.image[:, :, 0] < 40) & (view.image[:, :, 2] < 40)
    assert not green.any()
    assert len(view.quads) <= 1
    assert view.exact.all()
    assert image[110, 140].tolist() == [0, 255, 0]  # the given picture is left alone
