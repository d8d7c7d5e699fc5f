import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.picture_sources import labelled_source, published_source


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    folder = tmp_path / "junction"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "a.png"), np.full((80, 100, 3), 90, np.uint8))
    (folder / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.5\n1 0.5 0.5 0.2 0.5\n")
    (folder / "data.yaml").write_text("names: [car, person]")
    return folder


@pytest.fixture
def coco(yolo: Path) -> Path:
    path = yolo / "images" / "night.json"
    box = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    document = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [box]}
    path.write_text(json.dumps(document | {"categories": [{"id": 1, "name": "bus"}]}))
    return path


def test_a_folder_is_yolo_and_a_json_file_is_coco(yolo: Path, coco: Path) -> None:
    folder, file = labelled_source(yolo, ClassWords()), labelled_source(coco, ClassWords())
    assert [len(list(source.pictures())) for source in (folder, file)] == [1, 1]
    assert (folder.name, folder.left_out) == (f"{yolo.parent.name}/junction", {"person": 1})
    assert (file.name, file.left_out) == ("images/night.json", {})
    cv2.imwrite(str(yolo / "images" / "b.png"), np.full((80, 100, 3), 90, np.uint8))
    assert (labelled_source(yolo, ClassWords()).without_file, file.without_file) == (1, 0)


def test_the_user_may_say_what_it_is(coco: Path) -> None:
    other = coco.rename(coco.with_suffix(".labels"))
    assert labelled_source(other, ClassWords(), "coco").name == "images/night.labels"
    with pytest.raises(ConfigError, match="expected pictures in"):
        labelled_source(coco, ClassWords(), "yolo")


def test_a_yolo_folder_has_its_pictures(yolo: Path) -> None:
    with pytest.raises(ConfigError, match="--images is for COCO files"):
        labelled_source(yolo, ClassWords(), None, yolo)


def test_a_published_set_is_one_of_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--set: expected one of .*overbridge.*, got 'moon'"):
        published_source(tmp_path, "moon")
    (tmp_path / "det_topview" / "valid" / "images").mkdir(parents=True)
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ConfigError, match=r"--set overbridge: .*det_topview/train/images, there is no such folder"):
            published_source(folder, "overbridge")


def test_only_what_is_held_out_is_read(tmp_path: Path) -> None:
    for name in ("2_mp4-0", "7_mp4-0"):
        for folder in ("images", "labels"):
            (tmp_path / "det_topview" / "train" / folder).mkdir(parents=True, exist_ok=True)
        place = tmp_path / "det_topview" / "train"
        cv2.imwrite(str(place / "images" / f"{name}.png"), np.full((64, 64, 3), 90, np.uint8))
        (place / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.2 0.5\n")
    source = published_source(tmp_path, "overbridge")
    assert source.name == "overbridge, held out"
    assert [Path(picture.name).stem for picture in source.pictures()] == ["2_mp4-0"]
