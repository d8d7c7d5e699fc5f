from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from traffic.datatypes import UInt8Array  # noqa: E402
from traffic.errors import ConfigError  # noqa: E402
from traffic.evaluation.labelled_images import load_sets  # noqa: E402
from traffic.training.plate_reader.photos import PHOTO_SETS  # noqa: E402
from traffic.training.plate_reader.pseudo_labels import (  # noqa: E402
    DASHCAM,
    VEHICLE_SETS,
    RealPlate,
    agreed_text,
    is_kept_apart,
    is_legible,
    load_plates,
    plates_to_train_on,
    training_boxes,
    training_photographs,
    write_plates,
)


class WideSighted:
    """Reads a picture's text if it is wide enough to hold all of it."""

    def __init__(self, text: str, least_width: int) -> None:
        self.text, self.least_width = text, least_width

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        return [self.text if picture.shape[1] >= self.least_width else "?" for picture in pictures]


@pytest.mark.parametrize(
    ("least_widths", "expected"),
    [((0, 0), ("B12ABC", 8)), ((0, 105), ("B12ABC", 7)), ((105, 105), ("B12ABC", 6)), ((119, 119), ("?", 8))],
)
def test_the_text_is_what_most_readings_at_all_margins_say(
    least_widths: tuple[int, int], expected: tuple[str, int]
) -> None:
    readers = [WideSighted("B12ABC", width) for width in least_widths]
    photo = np.zeros((60, 300, 3), np.uint8)
    assert agreed_text(readers, photo, np.array([50, 20, 150, 40], np.float32)) == expected


@pytest.mark.parametrize(
    ("text", "legible"), [("B12ABC", True), ("AB1", False), ("", False), ("ABCDEF12345", False), ("AB-12", False)]
)
def test_a_plate_has_four_to_ten_characters_of_the_alphabet(text: str, legible: bool) -> None:
    assert is_legible(text) is legible


def test_plates_survive_being_written_and_an_absent_table_names_the_command(tmp_path: Path) -> None:
    plates = (
        RealPlate("a/b.jpg", 1.0, 2.5, 30.0, 12.0, "B12ABC", "eu", 8),
        RealPlate("c.jpg", 0, 0, 9, 4, "X1", "", 7),
    )
    assert write_plates(plates, tmp_path / "plates.csv") == 2
    assert load_plates(tmp_path / "plates.csv") == plates
    with pytest.raises(ConfigError, match="pseudo_labels"):
        load_plates(tmp_path / "absent.csv")


def test_held_out_lines_and_plates_too_small_to_read_are_left_out(tmp_path: Path) -> None:
    lines = "image,split,x1,y1,x2,y2\na.jpg,train,10,10,90,30\na.jpg,train,0,0,20,8\nb.jpg,valid,10,10,90,30\n"
    (tmp_path / "boxes.csv").write_text(lines, encoding="utf-8")
    boxes = training_boxes(tmp_path / "boxes.csv")
    assert [(image, xyxy.tolist()) for image, xyxy in boxes] == [("a.jpg", [10, 10, 90, 30])]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two photographs of every source, one of them held out."""
    for name in VEHICLE_SETS:
        for folder in load_sets()[name].folders:
            (tmp_path / folder / "images").mkdir(parents=True)
            (tmp_path / folder / "images/a.jpg").touch()
    (tmp_path / DASHCAM).mkdir()
    lines = "image,split,x1,y1,x2,y2\na.jpg,train,10,10,90,30\nb.jpg,valid,10,10,90,30\n"
    (tmp_path / DASHCAM / "boxes.csv").write_text(lines, encoding="utf-8")
    return tmp_path


def seen_in(image: str, text: str = "B12ABC") -> RealPlate:
    return RealPlate(image, 1, 2, 30, 12, text, "", 8)


def test_each_source_has_a_side_that_may_train_and_one_that_may_not(data: Path) -> None:
    photographs = training_photographs(data)
    assert f"{DASHCAM}/images/a.jpg" in photographs
    assert f"{DASHCAM}/images/b.jpg" not in photographs
    for name in VEHICLE_SETS:
        folders = {f"{folder}/images/a.jpg" for folder in load_sets()[name].folders}
        assert folders & photographs
        assert folders - photographs


def test_texts_that_are_kept_apart_do_not_train(data: Path) -> None:
    texts = [f"B{number}ABC" for number in range(10, 40)]
    image = f"{DASHCAM}/images/a.jpg"
    write_plates((seen_in(image, text) for text in texts), data / "plates.csv")
    training = [plate.text for plate in plates_to_train_on(data / "plates.csv", data)]
    assert 15 < len(training) < 30
    assert not any(is_kept_apart(text) for text in training)


def test_a_table_from_before_a_photograph_was_held_out_is_refused(data: Path) -> None:
    images = (f"{DASHCAM}/images/a.jpg", f"{DASHCAM}/images/b.jpg")
    write_plates(map(seen_in, images), data / "plates.csv")
    with pytest.raises(ConfigError, match=r"got 1 others, first plates_ro/images/b\.jpg") as caught:
        plates_to_train_on(data / "plates.csv", data)
    assert "pseudo_labels --out" in str(caught.value)


def test_nothing_of_the_photographs_that_measure_is_a_source() -> None:
    measuring = {folder.split("/")[0] for folder, _ in PHOTO_SETS.values()}
    sources = {folder.split("/")[0] for name in VEHICLE_SETS for folder in load_sets()[name].folders}
    assert not measuring & (sources | {DASHCAM})


def test_about_a_fifth_of_all_texts_measures_and_trains_nothing() -> None:
    apart = [is_kept_apart(f"B{number}ABC") for number in range(1000)]
    assert 150 < sum(apart) < 250
    assert apart == [is_kept_apart(f"B{number}ABC") for number in range(1000)]
