from pathlib import Path

import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.errors import ConfigError
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.training.detector.by_eye import load_types, retyped

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector_types.yaml"


@pytest.fixture
def picture() -> LabelledImage:
    boxes = np.array([[0, 0, 9, 9], [10, 0, 19, 9], [20, 0, 29, 9]], np.float32)
    return LabelledImage("road/a.jpg", np.zeros((9, 30, 3), np.uint8), boxes, class_mask([VEHICLE_CLASSES] * 3))


def allowed(picture: LabelledImage) -> list[set[str]]:
    return [
        {name for name, is_allowed in zip(VEHICLE_CLASSES, row, strict=True) if is_allowed} for row in picture.allowed
    ]


def listed(folder: Path, text: str) -> Path:
    (folder / "types.yaml").write_text(text)
    return folder / "types.yaml"


def test_a_told_type_takes_the_place_of_the_labels(picture: LabelledImage, tmp_path: Path) -> None:
    types = load_types(listed(tmp_path, '"road/a.jpg": {0: bus, 2: van or truck}'))
    assert allowed(retyped(picture, types)) == [{"bus"}, set(VEHICLE_CLASSES), {"van", "truck"}]
    assert allowed(picture) == [set(VEHICLE_CLASSES)] * 3


def test_a_picture_of_which_nothing_is_told_stays_as_it_is(picture: LabelledImage, tmp_path: Path) -> None:
    types = load_types(listed(tmp_path, '"road/b.jpg": {0: bus}'))
    assert allowed(retyped(picture, types)) == [set(VEHICLE_CLASSES)] * 3


def test_a_label_that_is_not_there_is_refused(picture: LabelledImage, tmp_path: Path) -> None:
    types = load_types(listed(tmp_path, '"road/a.jpg": {3: bus}'))
    with pytest.raises(ConfigError, match="expected 4 labels or more, got 3"):
        retyped(picture, types)


def test_an_unknown_type_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tram"):
        load_types(listed(tmp_path, '"road/a.jpg": {0: van or tram}'))


def test_a_missing_list_is_refused_by_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        load_types(tmp_path / "nowhere.yaml")


def test_the_shipped_list_tells_every_type() -> None:
    told = [names for rows in load_types(SHIPPED).values() for names in rows.values() if len(names) == 1]
    assert {names[0] for names in told} == set(VEHICLE_CLASSES)
