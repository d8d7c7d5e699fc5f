from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.yolo_folder import read_yolo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures of 100 x 80; a has labels yet to be written, b has a bus."""
    folder = tmp_path / "set" / "train"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for name in ("a", "b"):
        cv2.imwrite(str(folder / "images" / f"{name}.png"), np.full((80, 100, 3), 90, np.uint8))
    (folder / "labels" / "b.txt").write_text("1 0.5 0.5 0.2 0.5\n")
    (folder / "data.yaml").write_text("names: [car, bus, person]")
    return folder


def test_boxes_come_in_pixels_and_a_picture_without_labels_is_an_empty_road(folder: Path) -> None:
    labelled = read_yolo(folder, ClassWords())
    a, b = labelled()
    assert len(a.xyxy) == 0
    assert labelled.without_file == 1
    np.testing.assert_allclose(b.xyxy, [[40, 20, 60, 60]])
    assert b.allowed[0].tolist() == [False, False, True, False, False]


def test_a_polygon_becomes_its_bounding_box(folder: Path) -> None:
    (folder / "labels" / "a.txt").write_text("0 0.1 0.25 0.5 0.125 0.3 0.75\n")
    np.testing.assert_allclose(next(read_yolo(folder, ClassWords())()).xyxy, [[10, 10, 50, 60]])


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("data.yaml", "names: {0: car, 1: bus}"),
        ("../data.yaml", "names: [car, bus]"),
        ("../source_data.yaml", "nc: 2\nnames:\n- car\n- bus\n"),
    ],
)
def test_class_names_are_found(folder: Path, place: str, names: str) -> None:
    (folder / "data.yaml").unlink()
    (folder / place).write_text(names)
    _, b = read_yolo(folder, ClassWords())()
    assert b.allowed[0, 2]


def test_without_names_the_user_says_what_the_numbers_are(folder: Path) -> None:
    (folder / "data.yaml").unlink()
    with pytest.raises(ConfigError, match=r"got 1\n.*--as"):
        read_yolo(folder, ClassWords())
    _, b = read_yolo(folder, ClassWords.parse(["1=truck"]))()
    assert b.allowed[0, 3]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 0.5 0.5 0.2", "expected class x y width height, or a polygon's points, got 4 fields"),
        ("0 0.5 0.5 0.2 0.2 0.9", "got 6 fields"),
        ("0 0.5 0.5 0.2 0.2 0.9 0.1 0.3", "got 8 fields"),
        ("car 0.5 0.5 0.2 0.2", "expected numbers, got 'car 0.5"),
        ("0.0 0.5 0.5 0.2 0.2", "expected numbers"),
        ("0 50 50 20 20", "expected shares of the picture's size, 0 to 1, got 50"),
        ("0 nan 0.5 0.2 0.2", "expected shares"),
        ("1 .5 .5 0 0", "expected a box with an area, got 0.5 0.5 0 0"),
        ("1 .5 .5 .2 -.005", "expected a box with an area"),
        ("1 .5 .1 .5 .4 .5 .9", "expected a box with an area"),
        ("7 0.5 0.5 0.2 0.2", "expected a class among 0 car, 1 bus, 2 person, got 7"),
    ],
)
def test_a_bad_line_is_named(folder: Path, line: str, expected: str) -> None:
    (folder / "labels" / "a.txt").write_text(f"0 0.5 0.5 0.2 0.2\n\n{line}\n")
    with pytest.raises(ConfigError, match=r"a\.txt:3") as caught:
        read_yolo(folder, ClassWords())
    assert expected in str(caught.value)


def test_a_folder_of_splits_names_them(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"images, found none\n.*name one of .*train"):
        read_yolo(folder.parent, ClassWords())


def test_a_folder_without_labels(folder: Path) -> None:
    (folder / "labels" / "b.txt").unlink()
    with pytest.raises(ConfigError, match=r"expected labels \(NAME.txt\)"):
        read_yolo(folder, ClassWords())


@pytest.mark.parametrize("content", ["nc: 3", "names: 5", "names: [car", "- car", "names: {a: car}", ""])
def test_a_data_file_without_names(folder: Path, content: str) -> None:
    (folder / "data.yaml").write_text(content)
    with pytest.raises(ConfigError, match=r"data.yaml: expected names: \[car"):
        read_yolo(folder, ClassWords())


def test_a_picture_with_an_empty_label_file_is_one_that_somebody_looked_at(folder: Path) -> None:
    (folder / "labels" / "a.txt").write_text("")
    assert read_yolo(folder, ClassWords()).without_file == 0


def test_a_box_beside_the_picture_is_named_with_its_line(folder: Path) -> None:
    (folder / "labels" / "a.txt").write_text("0 .5 .5 .2 .2\n\n0 1.009 .5 .01 .2\n")
    with pytest.raises(ConfigError, match=r"a\.txt:3: expected a box in its picture of 100 x 80 pixels, got 100\.4,32"):
        list(read_yolo(folder, ClassWords())())
