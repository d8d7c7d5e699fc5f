import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Float32Array
from traffic.errors import ConfigError
from traffic.evaluation.labelled_images import LabelledSet, class_mask, load_sets, read_all

PUBLISHED = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two scenes of one set: pictures of 100 x 80 with a box of class 2 in the middle and one of class 9."""
    for name in ("1_mp4-0", "1_mp4-1", "2_mp4-0"):
        for folder in ("images", "labels"):
            (tmp_path / "set" / folder).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "set" / "images" / f"{name}.png"), np.full((80, 100, 3), 90, np.uint8))
        label = tmp_path / "set" / "labels" / f"{name}.txt"
        label.write_text("2 0.5 0.5 0.2 0.5\n\n9 0.1 0.1 0.1 0.1\n")
    return tmp_path


def labelled_set(**changes: object) -> LabelledSet:
    fields = {"folders": ["set"], "source": "made up", "licence": "CC0", "classes": {2: ["car", "van"]}}
    return LabelledSet.model_validate(fields | {"held_out": ["set/images/2_mp4*"]} | changes)


def test_a_scene_is_on_one_side_of_the_split_only(data: Path) -> None:
    trained = [picture.name for picture in read_all(labelled_set(), data, held_out=False)]
    held_out = [picture.name for picture in read_all(labelled_set(), data, held_out=True)]
    assert trained == ["set/images/1_mp4-0.png", "set/images/1_mp4-1.png"]
    assert held_out == ["set/images/2_mp4-0.png"]


def test_a_picture_of_a_scene_that_is_trained_on_may_be_on_neither_side(data: Path) -> None:
    sides = {"held_out": ["set/images/*-0*"], "left_out": ["set/images/1_mp4-0*"]}
    assert [path.stem for path in labelled_set(**sides).paths(data, held_out=True)] == ["2_mp4-0"]
    assert [path.stem for path in labelled_set(**sides).paths(data, held_out=False)] == ["1_mp4-1"]


def test_a_label_becomes_a_box_in_pixels_and_the_classes_it_leaves_open(data: Path) -> None:
    picture = next(read_all(labelled_set(), data, held_out=True))
    np.testing.assert_allclose(picture.xyxy, [[40, 20, 60, 60]])
    assert [name for name, open_ in zip(VEHICLE_CLASSES, picture.allowed[0], strict=True) if open_] == ["car", "van"]
    assert picture.is_vehicle.tolist() == [True]


def test_a_squeezed_picture_gets_its_aspect_back_with_its_boxes(data: Path) -> None:
    picture = next(read_all(labelled_set(aspect=2.0), data, held_out=True))
    assert picture.image.shape == (80, 160, 3)
    np.testing.assert_allclose(picture.xyxy, [[64, 20, 96, 60]], rtol=1e-5)


def test_salt_is_taken_out(data: Path) -> None:
    path = data / "set" / "images" / "2_mp4-0.png"
    salted = np.full((80, 100, 3), 90, np.uint8)
    salted[40, 50] = 255
    cv2.imwrite(str(path), salted)
    assert next(read_all(labelled_set(denoise=True), data, held_out=True)).image.max() == 90


def test_a_file_that_is_no_picture_is_named(data: Path) -> None:
    (data / "set" / "images" / "2_mp4-0.png").write_bytes(b"no picture")
    with pytest.raises(ConfigError, match="2_mp4-0"):
        list(read_all(labelled_set(), data, held_out=True))


@pytest.mark.parametrize(
    "line", ["2 0.5 0.5 0.2", "car 0.5 0.5 0.2 0.5", "2 0.5 0.5 0 0.5"], ids=["short", "no number", "no area"]
)
def test_a_bad_line_of_a_label_is_named(data: Path, line: str) -> None:
    (data / "set" / "labels" / "2_mp4-0.txt").write_text(f"2 0.5 0.5 0.2 0.5\n{line}\n")
    with pytest.raises(ConfigError, match=r"2_mp4-0\.txt:2: expected class x y width height"):
        list(read_all(labelled_set(), data, held_out=True))


def test_a_published_picture_without_its_label_is_named(data: Path) -> None:
    (data / "set" / "labels" / "2_mp4-0.txt").unlink()
    with pytest.raises(ConfigError, match=r"2_mp4-0\.txt: expected labels"):
        list(read_all(labelled_set(), data, held_out=True))


def test_no_boxes_is_an_empty_label(data: Path) -> None:
    (data / "set" / "labels" / "2_mp4-0.txt").write_text("")
    picture = next(read_all(labelled_set(), data, held_out=True))
    assert picture.xyxy.shape == (0, 4)
    assert picture.allowed.shape == (0, 5)


def test_an_empty_class_mask_has_a_column_a_class() -> None:
    assert class_mask([]).shape == (0, 5)
    assert class_mask([("van",), ()]).tolist() == [[False, True, False, False, False], [False] * 5]


def test_the_shipped_sets_hold_something_out_of_each() -> None:
    assert all(labelled.held_out for labelled in load_sets().values())


def outline(path: Path) -> Float32Array:
    """A picture's edges at 48 x 27, as a unit vector: nearly the same for two frames of one fixed camera by day."""
    grey = cv2.medianBlur(cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_4), 3)
    small = cv2.resize(grey, (48, 27), interpolation=cv2.INTER_AREA).astype(np.float32)
    edges = (small - cv2.GaussianBlur(small, (0, 0), 6)).ravel()
    return np.asarray(edges / np.linalg.norm(edges), np.float32)


def most_alike(some: Sequence[Path], others: Sequence[Path]) -> float:
    return float((np.stack([outline(path) for path in some]) @ np.stack([outline(path) for path in others]).T).max())


@pytest.mark.parametrize("name", ["overbridge", "day_and_night", "close_ups", "photos"])
def test_no_held_out_picture_is_nearly_one_that_is_trained_on(name: str) -> None:
    labelled = load_sets()[name]
    if not (PUBLISHED / labelled.folders[0]).is_dir():
        pytest.skip(f"needs the published sets below TRAFFIC_DATA, none at {PUBLISHED}")
    sides = [labelled.paths(PUBLISHED, held_out=side) for side in (False, True)]
    assert most_alike(*sides) < 0.93


def test_a_second_frame_of_a_camera_that_is_trained_on_would_be_noticed() -> None:
    pictures = PUBLISHED / "det_atl_daynight" / "train" / "images"
    if not pictures.is_dir():
        pytest.skip(f"needs the published sets below TRAFFIC_DATA, none at {PUBLISHED}")
    (left_out,) = pictures.glob("1026007_png*")
    assert most_alike([left_out], load_sets()["day_and_night"].paths(PUBLISHED, held_out=False)) > 0.93
