"""Our own plate models as they are measured: the locator in what the detector finds, the reader on rectified plates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, Protocol

from traffic.datatypes import Frame, UInt8Array, VehicleCrop
from traffic.detection.detector import VehicleDetector
from traffic.evaluation.detection import EXACT
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.evaluation.plate_systems import PlateSystem, TextRead, each_once, whole_probability
from traffic.inference.model_card import (
    DetectorCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_model_card,
    verified_model_path,
)
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.locator import PlateCorners, locator_of
from traffic.plates.ocr import PlateOcr, PlateText
from traffic.plates.recognizer import PlateFound, PlateRecognizer
from traffic.plates.rectify import rectify

Search = Literal["vehicles", "picture", "both"]
"""Where plates are looked for: in the vehicles that the detector finds, in the picture as a whole, or in both."""


class Recognizer(Protocol):
    """The part of traffic.plates.recognizer.PlateRecognizer that is used here."""

    def find(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateFound | None]:
        """The plate of each crop."""
        ...


class Ocr(Protocol):
    """The part of traffic.plates.ocr.PlateOcr that is used here."""

    def read(self, pictures: Sequence[UInt8Array]) -> Sequence[PlateText]:
        """The text of each rectified plate."""
        ...


class PlatesInVehicles:
    """What a run takes for plates, in the vehicles that our detector finds or in the whole photo.

    Args:
        recognizer: finds the plate of a crop.
        detector: finds the vehicles.
        search: where.
        score: of a vehicle that is searched.
    """

    def __init__(self, recognizer: Recognizer, detector: VehicleDetector, search: Search, score: float) -> None:
        self._recognizer = recognizer
        self._detector = detector
        self._search = search
        self._score = score

    def find(self, frame: Frame) -> Sequence[PlateCorners]:
        """See PlateFinder."""
        found = self._recognizer.find(self._crops(frame))
        return each_once([each.plate for each in found if each is not None])

    def _crops(self, frame: Frame) -> list[VehicleCrop]:
        height, width = frame.image.shape[:2]
        whole = [VehicleCrop(frame, (0.0, 0.0, float(width), float(height)))]
        if self._search == "picture":
            return whole
        found = detect_image(self._detector, frame.image)
        boxes = found.xyxy[found.scores >= self._score].tolist()
        vehicles = [VehicleCrop(frame, (x1, y1, x2, y2)) for x1, y1, x2, y2 in boxes]
        return vehicles if self._search == "vehicles" else vehicles + whole


class OcrOfPlaces:
    """Our reader: rectifies each place and reads it."""

    def __init__(self, ocr: Ocr, size: tuple[int, int]) -> None:
        self._ocr = ocr
        self._size = size

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        """See TextReader."""
        texts = self._ocr.read([rectify(image, place.corners, self._size) for place in places])
        return [TextRead(each.text, whole_probability(each.text, each.probabilities)) for each in texts]


@contextmanager
def open_our_plates(locator: Path, reader: Path, detector: Path, search: Search) -> Iterator[PlateSystem]:
    """Our own models on OpenVINO in full precision, within `with`; a plate may be small and blurred, but not cut off.

    Args:
        locator, reader, detector: their cards.
        search: where plates are looked for.

    Raises:
        ModelError: a card or its model is missing or altered.
    """
    reading = load_model_card(reader, PlateReaderCard)
    finding, seeing = load_model_card(locator, PlateLocatorCard), load_model_card(detector, DetectorCard)
    with ExitStack() as stack:
        ocr = stack.enter_context(_engine(reader, reading.input.default_size))
        places = stack.enter_context(_engine(locator, finding.input.default_size))
        vehicles = stack.enter_context(
            open_detector(verified_model_path(detector), seeing.classes, seeing.input.default_size, EXACT)
        )
        texts = PlateOcr(ocr, reading)
        recognizer = PlateRecognizer(locator_of(places, finding), texts, minimum_height_px=0.0, minimum_quality=0.0)
        finder = PlatesInVehicles(recognizer, vehicles, search, seeing.score_threshold)
        models = {card.file: card.sha256 for card in (finding, reading, seeing)}
        yield PlateSystem("traffic", finder, OcrOfPlaces(texts, reading.input.default_size), models)


def _engine(card: Path, size: tuple[int, int]) -> OpenVinoEngine:
    return OpenVinoEngine(verified_model_path(card), size, EXACT)
