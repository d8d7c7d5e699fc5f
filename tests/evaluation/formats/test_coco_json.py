import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.coco_json import read_coco

CATEGORIES = [{"id": 3, "name": "car", "supercategory": "vehicle"}, {"id": 1, "name": "person"}]
IMAGES = [{"id": 7, "file_name": "a.png", "width": 100, "height": 80}, {"id": 9, "file_name": "b.png"}]
CAR = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 40], "area": 900, "segmentation": []}
PERSON = {"id": 2, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}
RUN_LENGTHS = {"counts": [272, 2, 4, 4], "size": [80, 100]}
MASKED = {"id": 4, "image_id": 7, "category_id": 3, "segmentation": [[5, 6, 20, 6, 20, 30], [8, 9, 31.5, 40, 12, 44]]}
CROWD = {"id": 3, "image_id": 9, "category_id": 3, "bbox": [0, 0, 50, 50], "iscrowd": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), np.full((80, 100, 3), 90, np.uint8))
    return tmp_path / "instances.json"


def document(**changes: object) -> str:
    return json.dumps({"images": IMAGES, "annotations": [CAR, PERSON, CROWD], "categories": CATEGORIES} | changes)


def test_boxes_of_vehicles_come_with_their_picture(path: Path) -> None:
    path.write_text(document())
    labelled = read_coco(path, ClassWords())
    a, b = labelled()
    assert (a.name, b.name) == ("a.png", "b.png")
    np.testing.assert_allclose(a.xyxy, [[10, 20, 40, 60]])
    assert b.is_vehicle.tolist() == [False]
    assert labelled.left_out == {"person": 1}


def test_pictures_lie_where_the_user_says(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "annotations" / "deep" / "instances.json"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(document())
    with pytest.raises(ConfigError, match="--images FOLDER"):
        read_coco(elsewhere, ClassWords())
    assert len(list(read_coco(elsewhere, ClassWords(), tmp_path)())) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param('{\n"images": [,]}', r"instances.json:2: expected JSON", id="no JSON"),
        pytest.param("[]", "expected COCO's images, annotations and categories", id="a list"),
        pytest.param(document(images=[]), "at images: ", id="no pictures"),
        pytest.param(document(categories=[{"id": 1}]), r"at categories.0.name: Field required", id="a nameless class"),
        pytest.param(document(annotations=[CAR, CAR | {"bbox": [1, 2, 3]}]), r"at annotations.1.bbox", id="no box"),
        pytest.param(document(annotations=[CAR, {**MASKED, "segmentation": []}]), "1: .* got neither", id="neither"),
        pytest.param(document(annotations=[CAR | {"bbox": [1, 2, -3, 4]}]), r"annotations.0.bbox.2", id="negative"),
        pytest.param(document(annotations=[CAR, CAR | {"bbox": [1, 2, 0, 4]}]), r"annotations.1.bbox.2", id="no width"),
        pytest.param(document(annotations=[CAR | {"bbox": [1, 2, 3, 0]}]), r"annotations.0.bbox.3", id="no height"),
        pytest.param(
            document(images=[*IMAGES, IMAGES[0]]),
            r"images.2: expected each picture once, got id 7 as in images.0",
            id="a picture twice",
        ),
        pytest.param(
            document(images=[*IMAGES, IMAGES[1] | {"id": 8}]),
            r"images.2: .*, got file_name b\.png as in images.1",
            id="a file twice",
        ),
        pytest.param(document(annotations=[CAR | {"image_id": 8}]), "annotations.0: .* image 8", id="unknown picture"),
        pytest.param(document(annotations=[CAR | {"category_id": 2}]), "category 2", id="unknown class"),
        pytest.param(document(categories=[CATEGORIES[1]], annotations=[]), "got person", id="only people"),
    ],
)
def test_what_is_wrong_is_named(path: Path, content: str, expected: str) -> None:
    path.write_text(content)
    with pytest.raises(ConfigError, match=expected):
        read_coco(path, ClassWords())


@pytest.mark.parametrize("box", [[100, 20, 30, 40], [10, 80, 30, 40], [-40, 20, 30, 40], [10, -60, 30, 40]])
def test_a_box_that_is_wholly_outside_its_picture_is_named(path: Path, box: list[int]) -> None:
    path.write_text(document(annotations=[CAR, CAR | {"bbox": box}]))
    with pytest.raises(
        ConfigError, match=r"instances\.json: annotations\.1: expected a box in its picture of 100 x 80"
    ):
        list(read_coco(path, ClassWords())())


@pytest.mark.parametrize("box", [[1, 2, 0, 4], [100, 20, 30, 40], None], ids=["no area", "outside", "none"])
def test_what_is_wrong_with_a_box_that_is_no_vehicle_does_not_matter(path: Path, box: list[int] | None) -> None:
    path.write_text(document(annotations=[CAR, PERSON | {"bbox": box, "segmentation": RUN_LENGTHS}]))
    labelled = read_coco(path, ClassWords())
    assert [len(picture.xyxy) for picture in labelled()] == [1, 0]
    assert labelled.left_out == {"person": 1}


@pytest.mark.parametrize("more", [{}, {"bbox": None}, {"iscrowd": 1}], ids=["no bbox", "null", "a crowd"])
def test_a_vehicle_of_polygons_alone_has_the_box_around_them(path: Path, more: dict[str, object]) -> None:
    path.write_text(document(annotations=[CAR, MASKED | more]))
    a, _ = read_coco(path, ClassWords())()
    np.testing.assert_allclose(a.xyxy, [[10.0, 20.0, 40.0, 60.0], [5.0, 6.0, 31.5, 44.0]])
    assert a.is_vehicle.tolist() == [True, "iscrowd" not in more]


@pytest.mark.parametrize("segmentation", [[[0, 0, 1, 0, 1, 1]], RUN_LENGTHS, "whatever"])
def test_a_box_goes_before_polygons(path: Path, segmentation: object) -> None:
    path.write_text(document(annotations=[CAR | {"segmentation": segmentation}]))
    a, _ = read_coco(path, ClassWords())()
    np.testing.assert_allclose(a.xyxy, [[10, 20, 40, 60]])


def test_a_vehicle_of_run_lengths_alone_is_refused_by_entry(path: Path) -> None:
    path.write_text(document(annotations=[CAR, MASKED | {"segmentation": RUN_LENGTHS}]))
    with pytest.raises(ConfigError, match=r"instances\.json: annotations\.1: .* got a mask as run lengths"):
        read_coco(path, ClassWords())


def test_polygons_wholly_outside_their_picture_are_named(path: Path) -> None:
    path.write_text(document(annotations=[MASKED | {"segmentation": [[200, 0, 210, 0, 210, 9]]}]))
    with pytest.raises(ConfigError, match=r"annotations\.0: expected a box in its picture of 100 x 80"):
        list(read_coco(path, ClassWords())())


@pytest.mark.parametrize("box", [[90, 70, 30, 40], [-10, -10, 15, 15], [-10, -10, 200, 200]])
def test_a_vehicle_that_the_picture_cuts_is_taken(path: Path, box: list[int]) -> None:
    path.write_text(document(annotations=[CAR | {"bbox": box}]))
    assert [len(picture.xyxy) for picture in read_coco(path, ClassWords())()] == [1, 0]
