from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.evaluation.linear_models import write_constant_detector, write_constant_locator, write_constant_reader
from tests.plates.magenta import MAGENTA, MagentaFinder
from traffic.datatypes import Frame
from traffic.evaluation.classifier_evaluation import still_frame
from traffic.evaluation.detection import EXACT
from traffic.evaluation.detectors import open_detector
from traffic.evaluation.our_plates import OcrOfPlaces, PlatesInVehicles, Search, open_our_plates
from traffic.evaluation.plate_systems import place_of_box
from traffic.plates.locator import PlateLocator
from traffic.plates.ocr import PlateText
from traffic.plates.recognizer import PlateRecognizer
from traffic.plates.views import PlateView

CAR = (64.0, 64.0, 192.0, 192.0)
IN_CAR, OUTSIDE = (100, 150, 140, 162), (210, 20, 250, 32)


def photo(tmp_path: Path, *plates: tuple[int, int, int, int]) -> Frame:
    """256 x 256, plates painted magenta."""
    image = np.full((256, 256, 3), 90, np.uint8)
    for x1, y1, x2, y2 in plates:
        image[y1:y2, x1:x2] = MAGENTA
    cv2.imwrite(str(tmp_path / "photo.png"), image)
    return still_frame(tmp_path / "photo.png")


class AlwaysPlate:
    """Reads the same in every place."""

    def read_views(self, views: Sequence[PlateView]) -> list[PlateText]:
        return [PlateText("AB12", (0.9,) * 4, "eu", 1.0) for _ in views]


@pytest.mark.parametrize(
    ("search", "plates", "expected"),
    [
        ("vehicles", [IN_CAR], [IN_CAR]),
        ("vehicles", [OUTSIDE], []),
        ("picture", [OUTSIDE], [OUTSIDE]),
        ("both", [OUTSIDE], [OUTSIDE]),
        ("both", [IN_CAR], [IN_CAR]),
        ("both", [], []),
    ],
)
def test_plates_are_looked_for_where_it_was_asked(
    tmp_path: Path, search: Search, plates: list[tuple[int, ...]], expected: list[tuple[int, ...]]
) -> None:
    write_constant_detector(tmp_path, ["car"], [(CAR, "car", 0.8)], side=256)
    locator = PlateLocator(MagentaFinder(), (256, 256), 0.5)
    with open_detector(tmp_path / "detector.onnx", ["car"], (256, 256), EXACT) as detector:
        recognizer = PlateRecognizer(locator, AlwaysPlate(), minimum_quality=0.0)
        found = PlatesInVehicles(recognizer, detector, search, 0.3).find(photo(tmp_path, *plates))
    np.testing.assert_allclose([place.xyxy for place in found], np.reshape(expected, (-1, 4)).tolist(), atol=2)


class ColourOcr:
    """Reads the colour of a picture's middle, as three numbers."""

    def read(self, pictures: list[np.ndarray]) -> list[PlateText]:
        middles = [picture[picture.shape[0] // 2, picture.shape[1] // 2] for picture in pictures]
        return [PlateText("".join(str(v) for v in each), (0.5, 0.5), "eu", 1.0) for each in middles]


def test_each_place_is_rectified_and_read(tmp_path: Path) -> None:
    frame = photo(tmp_path, IN_CAR)
    reads = OcrOfPlaces(ColourOcr(), (160, 48)).read(frame.image, [place_of_box(IN_CAR), place_of_box(OUTSIDE)])
    assert [each.text for each in reads] == ["2550255", "909090"]
    assert reads[0].confidence == 0.25
    assert OcrOfPlaces(ColourOcr(), (160, 48)).read(frame.image, []) == []


def test_our_models_open_from_their_cards(tmp_path: Path) -> None:
    detector = write_constant_detector(tmp_path, ["car"], [], side=64)
    locator = write_constant_locator(tmp_path, [20, 30, 40, 30, 40, 36, 20, 36])
    reader = write_constant_reader(tmp_path, "AB12")
    frame = photo(tmp_path)
    with open_our_plates(locator, reader, detector, "both") as ours:
        places = ours.finder.find(frame)
        (read,) = ours.reader.read(frame.image, places)
    assert sorted(ours.models) == ["detector.onnx", "locator.onnx", "reader.onnx"]
    np.testing.assert_allclose(places[0].xyxy, (80, 120, 160, 144), atol=1)
    assert (read.text, read.confidence) == ("AB12", pytest.approx(0.9**4))
