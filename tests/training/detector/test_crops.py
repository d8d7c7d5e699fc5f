from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.training.detector.crops import GROUND_SIZE, CropPile
from traffic.training.detector.recipe import Crops

CROPS = Crops.model_validate({"folder": "types", "classes": {"minibus": "van", "lorry": "truck"}, "held_out": 0.2})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten crops a type; the numbers in their names rise with their green."""
    for kind, blue in (("minibus", 0), ("lorry", 255)):
        (tmp_path / "types" / kind).mkdir(parents=True)
        for number in range(1, 11):
            crop = np.full((100, 100, 3), (blue, 20 * number, 0), np.uint8)
            cv2.imwrite(str(tmp_path / "types" / kind / f"{kind}{number}.png"), crop)
    return tmp_path


def test_the_last_in_time_are_held_out(data: Path) -> None:
    trained, held_out = (CropPile(CROPS, data, held_out=side) for side in (False, True))
    assert (len(trained), len(held_out)) == (16, 4)
    greens = [_greens(pile) for pile in (trained, held_out)]
    assert max(greens[0]) <= 20 * 8 + 2
    assert min(greens[1]) >= 20 * 9 - 2


def test_every_box_holds_its_crop_and_names_its_class(data: Path) -> None:
    pile = CropPile(CROPS, data, held_out=False)
    for seed in range(5):
        picture = pile.lay_out(np.random.default_rng(seed))
        assert picture.image.shape == (GROUND_SIZE[1], GROUND_SIZE[0], 3)
        for (x1, y1, x2, y2), allowed in zip(picture.xyxy.round().astype(int), picture.allowed, strict=True):
            blue = np.median(picture.image[y1:y2, x1:x2, 0])
            assert VEHICLE_CLASSES[int(allowed.argmax())] == ("truck" if blue > 128 else "van")
            assert allowed.sum() == 1


def test_the_same_seed_lays_out_the_same(data: Path) -> None:
    pile = CropPile(CROPS, data, held_out=False)
    first, second = (pile.lay_out(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)


def _greens(pile: CropPile) -> list[float]:
    greens = []
    for seed in range(12):
        picture = pile.lay_out(np.random.default_rng(seed))
        middles = ((picture.xyxy[:, :2] + picture.xyxy[:, 2:]) / 2).astype(int)
        greens += [float(picture.image[y, x, 1]) for x, y in middles]
    return greens


def test_the_crops_of_a_class_are_those_of_its_folders(data: Path) -> None:
    by_class = CropPile(CROPS, data, held_out=False).by_class
    assert {name: len(crops) for name, crops in by_class.items()} == {"van": 8, "truck": 8}
