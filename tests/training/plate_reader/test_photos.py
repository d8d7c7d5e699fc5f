from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from traffic.errors import ConfigError  # noqa: E402
from traffic.evaluation.detection import data_folder  # noqa: E402
from traffic.training.plate_reader.photos import binarised_crops, plate_photos, with_margin  # noqa: E402


@pytest.mark.parametrize(("margin", "shape"), [(0.0, (20, 100)), (0.1, (24, 120)), (0.06, (22, 112))])
def test_a_box_is_cut_with_its_margin(margin: float, shape: tuple[int, int]) -> None:
    photo = np.zeros((200, 300, 3), np.uint8)
    photo[50:70, 80:180] = 255
    cut = with_margin(photo, np.array([80, 50, 180, 70], np.float32), margin)
    assert cut.shape[:2] == shape
    rows, columns = np.nonzero(cut[:, :, 0] > 127)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 100)


def test_a_box_at_the_border_repeats_the_picture_s_edge() -> None:
    photo = np.full((40, 60, 3), 90, np.uint8)
    assert (with_margin(photo, np.array([0, 0, 60, 40], np.float32), 0.2) == 90).all()


def test_a_table_names_pictures_boxes_and_texts(tmp_path: Path) -> None:
    folder = tmp_path / "plates_openalpr/eu"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "a.png"), np.full((50, 80, 3), 30, np.uint8))
    table = tmp_path / "plates_openalpr/eu.csv"
    table.write_text("image,x1,y1,x2,y2,text\na.png,10,10,50,20,AB12\n", encoding="utf-8")
    (photo,) = plate_photos(tmp_path, "european", 0.0)
    assert (photo.text, photo.picture.shape) == ("AB12", (10, 40, 3))
    table.write_text("image,x1,y1,x2,y2,text\nb.png,10,10,50,20,AB12\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.png"):
        plate_photos(tmp_path, "european", 0.0)


def test_black_and_white_crops_are_taken_whole_one_country_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "plates_ru/binarised_crops"
    folder.mkdir(parents=True)
    for name in ("ru_0.png", "kz_0.png"):
        cv2.imwrite(str(folder / name), np.full((20, 80, 3), 255, np.uint8))
    table = tmp_path / "plates_ru/binarised_crops.csv"
    table.write_text("image,text,country\nru_0.png,A123BC77,ru\nkz_0.png,123ABC02,kz\n", encoding="utf-8")
    (photo,) = binarised_crops(tmp_path, "kz")
    assert (photo.text, photo.picture.shape) == ("123ABC02", (20, 80, 3))


def test_a_missing_data_folder_says_where_it_was_expected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="TRAFFIC_DATA"):
        plate_photos(tmp_path, "russian", 0.0)


def test_the_real_sets_have_the_plates_that_their_owners_counted() -> None:
    if not (data_folder() / "plates_ru").is_dir():
        pytest.skip("TRAFFIC_DATA has no plates_ru")
    assert len(plate_photos(data_folder(), "russian", 0.06)) == 64
