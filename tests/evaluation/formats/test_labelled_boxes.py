from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.labelled_boxes import LabelledBox, LabelledBoxes, PictureLabels


@pytest.fixture
def path(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((80, 100, 3), 90, np.uint8))
    return tmp_path / "a.png"


def of_one(path: Path, *boxes: LabelledBox, are_shares: bool = False) -> LabelledBoxes:
    return LabelledBoxes((PictureLabels(path, "a", boxes, are_shares),), ClassWords())


def test_shares_become_pixels(path: Path) -> None:
    (picture,) = of_one(path, LabelledBox("bus", (0.1, 0.25, 0.5, 1)), are_shares=True)()
    np.testing.assert_allclose(picture.xyxy, [[10, 20, 50, 80]])
    assert picture.image.shape == (80, 100, 3)
    assert picture.name == "a"


def test_people_are_left_out_and_told_and_regions_allow_nothing(path: Path) -> None:
    labelled = of_one(
        path,
        LabelledBox("car", (0, 0, 10, 10)),
        LabelledBox("person", (0, 0, 20, 10)),
        LabelledBox("bus", (0, 0, 30, 10), is_region=True),
        LabelledBox("person", (0, 0, 40, 10), is_region=True),
    )
    (picture,) = labelled()
    assert picture.xyxy[:, 2].tolist() == [10, 30]
    assert picture.is_vehicle.tolist() == [True, False]
    assert labelled.left_out == {"person": 2}


def test_each_call_reads_anew(path: Path) -> None:
    labelled = of_one(path)
    assert [len(list(labelled())), len(list(labelled()))] == [1, 1]


def test_no_boxes(path: Path) -> None:
    (picture,) = of_one(path, are_shares=True)()
    assert (picture.xyxy.shape, picture.allowed.shape) == ((0, 4), (0, 5))
