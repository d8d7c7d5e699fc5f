from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.training.plate_locator.photos import cut, labelled_photos, plateless_window
from traffic.training.plate_locator.samples import boxed_view


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, shade in (("a.png", 50), ("b.png", 150)):
        cv2.imwrite(str(tmp_path / name), np.full((100, 200, 3), shade, np.uint8))
    rows = ["image,split,x1,y1,x2,y2", "a.png,train,10,20,60,35", "b.png,valid,5,6,7,8", "a.png,train,100,50,140,62"]
    (tmp_path / "boxes.csv").write_text("\n".join(rows))
    return tmp_path


def test_a_photo_comes_with_all_its_plates(folder):
    photos = labelled_photos(folder / "boxes.csv", folder)
    assert [len(photo.quads) for photo in photos] == [2, 1]
    np.testing.assert_array_equal(photos[0].quads[1, [0, 2]], [[100, 50], [140, 62]])
    assert photos[1].image[0, 0, 0] == 150
    assert not photos[0].exact.any()


def test_a_split_takes_its_rows_alone(folder):
    assert [len(photo.quads) for photo in labelled_photos(folder / "boxes.csv", folder, "valid")] == [1]


def test_a_missing_photo_is_told_by_name(folder):
    (folder / "b.png").unlink()
    with pytest.raises(ConfigError, match=r"b\.png"):
        labelled_photos(folder / "boxes.csv", folder)


def test_a_cut_takes_the_plates_along_whose_middle_it_shows():
    view = boxed_view(np.zeros((100, 200, 3), np.uint8), np.array([[10, 20, 60, 35], [100, 50, 140, 62]], np.float32))
    part = cut(view, np.array([80, -20, 130, 90], np.float32))
    assert part.image.shape == (90, 50, 3)
    np.testing.assert_array_equal(part.quads[:, [0, 2]], [[[20, 50], [60, 62]]])


def test_windows_without_a_plate_touch_none():
    image = np.zeros((300, 400, 3), np.uint8)
    image[100:160, 150:250] = 255
    photo = boxed_view(image, np.array([[150, 100, 250, 160]], np.float32))
    windows = [plateless_window(photo, np.random.default_rng(seed)) for seed in range(20)]
    shown = [window for window in windows if window is not None]
    assert len(shown) > 10
    assert all(window.image.max() == 0 and not len(window.quads) for window in shown)


def test_a_photo_that_is_all_plate_has_no_such_window():
    photo = boxed_view(np.zeros((300, 400, 3), np.uint8), np.array([[0, 0, 400, 300]], np.float32))
    assert plateless_window(photo, np.random.default_rng(0)) is None
