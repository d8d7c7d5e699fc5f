import os
from collections import Counter
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import VEHICLE_COLOURS, VEHICLE_TYPES
from traffic.errors import ConfigError
from traffic.evaluation.labelled_images import load_sets
from traffic.training.classifier.samples import (
    LARGEST_SIDE_PX,
    SPLITS,
    Label,
    class_indices,
    cut_sample,
    read_labels,
    read_samples,
)

LIST = Path(__file__).parents[3] / "traffic" / "training" / "classifier" / "colour_labels.csv"


@pytest.fixture(scope="module")
def labels() -> list[Label]:
    return read_labels(LIST)


def test_the_list_knows_only_our_names_and_something_of_every_row(labels: list[Label]) -> None:
    assert {label.type for label in labels} == {*VEHICLE_TYPES, None}
    assert {label.colour for label in labels} <= {*VEHICLE_COLOURS, None}
    assert all(label.type or label.colour for label in labels)
    assert all(x1 < x2 and y1 < y2 for x1, y1, x2, y2 in (label.xyxy for label in labels))


def test_no_picture_is_on_both_sides(labels: list[Label]) -> None:
    sides = {split: {label.image for label in labels if label.split == split} for split in SPLITS}
    assert all(sides.values())
    for one, other in combinations(SPLITS, 2):
        assert not sides[one] & sides[other]


def test_what_the_detector_holds_out_is_held_out_here_too(labels: list[Label]) -> None:
    sets = load_sets().values()
    for label in labels:
        if not label.image.startswith("vehicle_types/"):
            held_out = any(fnmatch(label.image, pattern) for each in sets for pattern in each.held_out)
            left_out = any(fnmatch(label.image, pattern) for each in sets for pattern in each.left_out)
            expected = "left_out" if left_out else "held_out" if held_out else "train"
            assert label.split == expected, label.image


def test_crops_of_one_camera_are_split_by_time(labels: list[Label]) -> None:
    numbers: dict[tuple[str, str], list[int]] = {}
    for label in labels:
        if label.image.startswith("vehicle_types/"):
            path = Path(label.image)
            number = int("".join(letter for letter in path.stem if letter.isdigit()))
            numbers.setdefault((path.parent.name, label.split), []).append(number)
    for kind in {kind for kind, _ in numbers}:
        assert max(numbers[kind, "train"]) + 4 < min(numbers[kind, "held_out"]), kind


def test_every_type_is_measured_on_at_least_forty_real_vehicles(labels: list[Label]) -> None:
    counts = Counter(label.type for label in labels if label.split == "held_out")
    assert min(counts[name] for name in VEHICLE_TYPES) >= 40


def test_every_listed_box_lies_in_its_picture(labels: list[Label]) -> None:
    data = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))
    if not data.is_dir():
        pytest.skip(f"no data folder at {data}: set TRAFFIC_DATA")
    for label in labels[::40]:
        height, width = cv2.imread(str(data / label.image)).shape[:2]
        x1, y1, x2, y2 = label.xyxy
        assert 0 <= x1 < x2 <= width + 0.1, label
        assert 0 <= y1 < y2 <= height + 0.1, label


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """A grey picture with a red box at 40..80, 30..60."""
    image = np.full((100, 120, 3), 120, np.uint8)
    image[30:60, 40:80] = (0, 0, 200)
    (tmp_path / "street").mkdir()
    cv2.imwrite(str(tmp_path / "street" / "a.png"), image)
    return tmp_path


def test_a_sample_keeps_its_box_and_some_surroundings(gallery: Path) -> None:
    rows = [Label("street/a.png", (40, 30, 80, 60), "car", None, "train")]
    (sample,) = read_samples(rows, gallery)
    x1, y1, x2, y2 = (round(edge) for edge in sample.xyxy)
    assert (sample.source, sample.type, sample.colour) == ("street", "car", None)
    assert (sample.image[y1:y2, x1:x2] == (0, 0, 200)).all()
    assert ((sample.image == (0, 0, 200)).all(axis=2).sum()) == 40 * 30
    assert sample.image.shape == (46, 60, 3)


def test_a_large_sample_is_shrunk_with_its_box() -> None:
    image = np.full((1000, 2000, 3), 120, np.uint8)
    image[200:800, 400:1600] = 255
    sample = cut_sample(image, (400, 200, 1600, 800), "street", "bus", "white")
    assert max(sample.image.shape) == LARGEST_SIDE_PX
    x1, y1, x2, y2 = (round(edge) for edge in sample.xyxy)
    assert sample.image[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1].min() == 255
    assert sample.image[: y1 - 1].max() == 120


def test_a_missing_picture_is_told_by_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"street/b\.png"):
        read_samples([Label("street/b.png", (0, 0, 5, 5), "car", None, "train")], tmp_path)


def test_unknown_is_minus_one() -> None:
    assert class_indices(["bus", None, "car"], ("car", "bus")) == [1, -1, 0]


def test_a_row_on_no_side_of_the_split_is_named(tmp_path: Path) -> None:
    listed = tmp_path / "labels.csv"
    listed.write_text("image,x1,y1,x2,y2,type,colour,split\na.jpg,0,0,9,9,car,,train\nb.jpg,0,0,9,9,car,,heldout\n")
    with pytest.raises(ConfigError, match=r"labels\.csv:3: split: expected one of train, held_out, left_out"):
        read_labels(listed)
