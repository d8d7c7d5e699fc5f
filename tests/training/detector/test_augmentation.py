from collections.abc import Callable

import numpy as np
import pytest

from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.training.detector.augmentation import mosaic, relit, single

SIZE = (320, 192)
RED = (0, 0, 255)


def one_red_vehicle() -> LabelledImage:
    """A black picture with a red rectangle, labelled to the pixel."""
    image = np.zeros((120, 200, 3), np.uint8)
    image[30:80, 60:150] = RED
    return LabelledImage("red", image, np.array([[60, 30, 150, 80]], np.float32), class_mask([("bus",)]))


@pytest.mark.parametrize("compose", [mosaic, single])
@pytest.mark.parametrize("seed", range(12))
def test_labels_stay_on_their_vehicles(compose: Callable[..., LabelledImage], seed: int) -> None:
    picture = compose(one_red_vehicle, SIZE, np.random.default_rng(seed))
    assert picture.image.shape == (192, 320, 3)
    red = (picture.image[..., 2] > 140) & (picture.image[..., 0] < 60)
    covered = np.zeros_like(red)
    for x1, y1, x2, y2 in picture.xyxy.round().astype(int):
        assert red[y1:y2, x1:x2].mean() > 0.8
        covered[max(0, y1 - 2) : y2 + 2, max(0, x1 - 2) : x2 + 2] = True
    assert not (red & ~covered).sum() > 30


def test_what_is_cut_to_a_sliver_becomes_a_region_to_ignore() -> None:
    seen = [mosaic(one_red_vehicle, SIZE, np.random.default_rng(seed)) for seed in range(40)]
    areas = np.concatenate([(p.xyxy[:, 2:] - p.xyxy[:, :2]).prod(axis=1) for p in seen])
    known = np.concatenate([p.is_vehicle for p in seen])
    assert 0 < (~known).sum() < known.sum()
    assert np.median(areas[~known]) < 0.6 * np.median(areas[known])


def test_a_certain_class_stays_certain() -> None:
    picture = single(one_red_vehicle, SIZE, np.random.default_rng(0))
    assert (picture.allowed[picture.is_vehicle] == class_mask([("bus",)])).all()


def test_the_same_seed_gives_the_same_picture() -> None:
    first, second = (relit(mosaic(one_red_vehicle, SIZE, r), r) for r in (np.random.default_rng(9) for _ in range(2)))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.xyxy, second.xyxy)


def test_light_changes_the_pixels_but_neither_labels_nor_the_original() -> None:
    picture = one_red_vehicle()
    before = picture.image.copy()
    changed = [relit(picture, np.random.default_rng(seed)) for seed in range(30)]
    assert any((other.image != before).any() for other in changed)
    assert all(other.image.shape == before.shape and other.image.dtype == np.uint8 for other in changed)
    assert all(other.xyxy is picture.xyxy for other in changed)
    np.testing.assert_array_equal(picture.image, before)


def test_a_picture_without_vehicles_stays_without() -> None:
    empty = LabelledImage("empty", np.zeros((50, 50, 3), np.uint8), np.zeros((0, 4), np.float32), class_mask([]))
    picture = mosaic(lambda: empty, SIZE, np.random.default_rng(0))
    assert picture.xyxy.shape == (0, 4)
    assert picture.allowed.shape == (0, 5)
