from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import Frame, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.formats.plate_list import LabelledPlate, PlatePhoto, read_plate_list
from traffic.evaluation.formats.rows import Box
from traffic.evaluation.plate_evaluation import PlateAnswers, plate_report, run_system
from traffic.evaluation.plate_systems import PlateSystem, TextRead, place_of_box
from traffic.plates.locator import PlateCorners

LEFT, RIGHT = (10.0, 10.0, 60.0, 30.0), (100.0, 10.0, 150.0, 30.0)
NEAR_LEFT, FAR = (12.0, 10.0, 62.0, 30.0), (10.0, 60.0, 60.0, 80.0)


class KnownPlaces:
    """Finds the same places in every photo."""

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def find(self, frame: Frame) -> Sequence[PlateCorners]:
        return [place_of_box(box) for box in self._boxes]


class PlaceReader:
    """Reads where the place is: its left edge."""

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        return [TextRead(f"{place.xyxy[0]:.0f}", 0.9) for place in places]


def answers(folder: Path, found: Sequence[Box], labels: Sequence[tuple[Box, str]]) -> PlateAnswers:
    cv2.imwrite(str(folder / "a.png"), np.full((100, 200, 3), 90, np.uint8))
    photo = PlatePhoto(folder / "a.png", tuple(LabelledPlate(box, text, "") for box, text in labels))
    return run_system(PlateSystem("ours", KnownPlaces(*found), PlaceReader()), [photo])


def test_a_plate_is_read_in_its_box_and_where_it_was_found(tmp_path: Path) -> None:
    told = answers(tmp_path, [FAR, NEAR_LEFT], [(LEFT, "10"), (RIGHT, "100")])
    left, right = told.judged
    assert (left.given.text, left.found.text) == ("10", "12")
    assert left.iou == pytest.approx(48 / 52)
    assert (right.given.text, right.found.text, right.place, right.iou) == ("100", "", None, 0)
    assert told.places == 2


def test_of_two_places_the_nearer_one_counts(tmp_path: Path) -> None:
    (left,) = answers(tmp_path, [(30.0, 10.0, 80.0, 30.0), NEAR_LEFT], [(LEFT, "10")]).judged
    assert left.found.text == "12"


def test_a_photo_in_which_nothing_is_found(tmp_path: Path) -> None:
    (left,) = answers(tmp_path, [], [(LEFT, "10")]).judged
    assert (left.given.text, left.found.text) == ("10", "")


def test_the_report_has_all_systems_in_order(tmp_path: Path) -> None:
    ours, peer = (answers(tmp_path, found, [(LEFT, "10"), (RIGHT, "100")]) for found in ([LEFT], [LEFT, RIGHT]))
    report = plate_report("photos", "both", 1, [ours, peer])
    assert [each.located for each in report.systems] == [0.5, 1]
    assert [each.found.exact for each in report.systems] == [0.5, 1]
    assert (report.photos, report.plates, report.iou) == (1, 2, 0.5)


def test_a_plate_beside_its_photo_is_named_with_its_line(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((100, 200, 3), 90, np.uint8))
    listed = tmp_path / "plates.csv"
    listed.write_text("image,x1,y1,x2,y2,text\na.png,10,10,60,30,A1\na.png,210,10,260,30,A2\n")
    with pytest.raises(
        ConfigError, match=r"plates\.csv:3: expected a box in its picture of 200 x 100 .*, got 210,10,260,30"
    ):
        run_system(PlateSystem("ours", KnownPlaces(), PlaceReader()), read_plate_list(listed))
