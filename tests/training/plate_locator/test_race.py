from pathlib import Path

import numpy as np
import pytest

from traffic.training.plate_locator.race import (
    Photos,
    boxes_of,
    false_find_share,
    plateless,
    race_photos,
    recall_in_photos,
    recall_in_vehicles,
)
from traffic.training.plate_locator.samples import boxed_view

GREEN = (0, 255, 0)


def photo(*plates: tuple[int, int, int, int]):
    image = np.zeros((240, 320, 3), np.uint8)
    for x1, y1, x2, y2 in plates:
        image[y1:y2, x1:x2] = GREEN
    return boxed_view(image, np.array(plates, np.float32).reshape(-1, 4))


def leftmost_green(image: np.ndarray):
    """A finder of the leftmost green area, score .8."""
    columns = np.flatnonzero((image == GREEN).all(axis=2).any(axis=0))
    if not len(columns):
        return None
    gaps = np.flatnonzero(np.diff(columns) > 1)
    x1, x2 = columns[0], (columns[gaps[0]] if len(gaps) else columns[-1]) + 1
    rows = np.flatnonzero((image[:, x1:x2] == GREEN).all(axis=2).any(axis=1))
    return np.array([x1, rows[0], x2, rows[-1] + 1], np.float32), 0.8


TWO = photo((40, 100, 80, 110), (200, 120, 250, 132))
ONE = photo((150, 60, 190, 70))
NO_VEHICLES = np.zeros((0, 4), np.float32)


def test_of_two_plates_in_a_whole_photo_one_is_found() -> None:
    assert recall_in_photos(leftmost_green, Photos("x", [TWO, ONE]), 0.5) == pytest.approx(2 / 3)


def test_each_vehicle_shows_its_own() -> None:
    vehicles = np.array([[20, 60, 120, 140], [170, 60, 300, 150]], np.float32)
    found = recall_in_vehicles(leftmost_green, Photos("x", [TWO, ONE]), [vehicles, NO_VEHICLES], 0.5)
    assert found == 1  # the second photo, without a vehicle, is searched as a whole


def test_a_vehicle_without_a_plate_does_not_keep_the_photo_from_being_searched() -> None:
    empty = np.array([[0, 0, 60, 50]], np.float32)
    assert recall_in_vehicles(leftmost_green, Photos("x", [ONE]), [empty], 0.5) == 1


def test_below_the_threshold_nothing_is_found() -> None:
    photos = Photos("x", [ONE])
    assert recall_in_photos(leftmost_green, photos, 0.9) == 0
    assert recall_in_vehicles(leftmost_green, photos, [NO_VEHICLES], 0.9) == 0


def test_parts_without_a_plate_show_none() -> None:
    parts = plateless([Photos("x", [TWO, ONE])])
    assert len(parts) >= 3
    assert false_find_share(leftmost_green, parts, 0.5) == 0
    assert false_find_share(leftmost_green, [*parts, ONE.image], 0.5) == pytest.approx(1 / (len(parts) + 1))


def test_a_locator_races_with_the_box_of_its_corners(plate_data: Path) -> None:
    from plates.magenta import MAGENTA, MagentaFinder

    from traffic.plates.locator import PlateLocator

    image = np.full((192, 256, 3), 90, np.uint8)
    image[100:120, 60:130] = MAGENTA
    locator = PlateLocator(MagentaFinder(), (256, 192), 0.01)
    box, score = boxes_of(lambda crop: locator.locate([crop])[0])(image)
    np.testing.assert_allclose(box, (60, 100, 130, 120), atol=1)
    assert score == pytest.approx(0.9)


def test_the_race_is_run_on_three_sets(plate_data: Path) -> None:
    sets = race_photos(plate_data)
    assert [(one.name, one.plates) for one in sets] == [("openalpr eu", 1), ("openalpr br", 1), ("plates_ru", 1)]
