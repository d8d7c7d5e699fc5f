"""The locator and its teacher on photos that neither of the locator's sources holds: openalpr's and Russian ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.detection.detector import VehicleDetector
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.evaluation.peer_models import YoloPlates
from traffic.geometry import box_iou
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.plates.locator import CROP_MARGIN
from traffic.training.plate_locator.measure import EXACT, FOUND_IOU, Finder, whole
from traffic.training.plate_locator.photos import labelled_photos, plateless_window
from traffic.training.plate_locator.samples import PlateView, quad_boxes

BoxFinder = Callable[[UInt8Array], tuple[Float32Array, float] | None]
"""A picture to the box (4,) and score of the best plate in it."""
DETECTOR_CARD = Path("engines/vehicle_detector.yaml")
_DETECTOR_SIZE = (640, 384)
_WINDOWS_PER_PHOTO = 2


@dataclass(frozen=True)
class Photos:
    """One set of photos."""

    name: str
    views: list[PlateView]

    @property
    def plates(self) -> int:
        """How many plates are labelled."""
        return sum(len(view.quads) for view in self.views)


def race_photos(data: Path) -> list[Photos]:
    """The sets that are never trained on."""
    alpr, russian = data / "plates_openalpr", data / "plates_ru"
    return [
        Photos("openalpr eu", labelled_photos(alpr / "eu.csv", alpr / "eu")),
        Photos("openalpr br", labelled_photos(alpr / "br.csv", alpr / "br")),
        Photos("plates_ru", labelled_photos(russian / "plates.csv", russian / "images")),
    ]


def boxes_of(finder: Finder) -> BoxFinder:
    """A locator as a finder of boxes."""

    def find(image: UInt8Array) -> tuple[Float32Array, float] | None:
        plate = finder(whole(image))
        return None if plate is None else (np.array(plate.xyxy, np.float32), plate.score)

    return find


def boxes_of_teacher(teacher: YoloPlates) -> BoxFinder:
    """The teacher's best box."""

    def find(image: UInt8Array) -> tuple[Float32Array, float] | None:
        found = teacher.find(image)
        return (found.xyxy[0], float(found.scores[0])) if len(found.scores) else None

    return find


def open_vehicle_detector() -> tuple[VehicleDetector, float]:
    """The shipped detector, and the score from which on it is believed."""
    card = load_model_card(DETECTOR_CARD, DetectorCard)
    model = verified_model_path(DETECTOR_CARD)
    return open_detector(model, card.classes, _DETECTOR_SIZE, EXACT), card.score_threshold


def vehicle_boxes(photos: Sequence[Photos]) -> list[list[Float32Array]]:
    """For each set and photo the vehicles (n, 4) that the shipped detector finds."""
    detector, score = open_vehicle_detector()
    with detector:
        found = [[detect_image(detector, view.image) for view in photo_set.views] for photo_set in photos]
    return [[seen.xyxy[seen.scores >= score] for seen in in_set] for in_set in found]


def recall_in_photos(find: BoxFinder, photos: Photos, threshold: float) -> float:
    """The share of the plates that are the best find of their whole photo; of several plates one is found at most."""
    return _share(photos, (_finds(find, view.image, threshold) for view in photos.views))


def recall_in_vehicles(find: BoxFinder, photos: Photos, vehicles: Sequence[Float32Array], threshold: float) -> float:
    """The share of the plates that are the best find of a vehicle's crop; where no crop of a photo has a find, of the
    whole photo.
    """
    found = []
    for view, boxes in zip(photos.views, vehicles, strict=True):
        finds = [hit + offset for crop, offset in _crops(view.image, boxes) for hit in _finds(find, crop, threshold)]
        found.append(finds or _finds(find, view.image, threshold))
    return _share(photos, found)


def plateless(photos: Sequence[Photos]) -> list[UInt8Array]:
    """Parts of the photos that show no plate, the same ones each time."""
    random = np.random.default_rng(3)
    views = [view for photo_set in photos for view in photo_set.views for _ in range(_WINDOWS_PER_PHOTO)]
    return [window.image for view in views if (window := plateless_window(view, random)) is not None]


def false_find_share(find: BoxFinder, images: Sequence[UInt8Array], threshold: float) -> float:
    """The share of pictures without a plate in which one is found."""
    return float(np.mean([bool(_finds(find, image, threshold)) for image in images]))


def _crops(image: UInt8Array, boxes: Float32Array) -> Iterable[tuple[UInt8Array, Float32Array]]:
    for x1, y1, x2, y2 in boxes:
        dx, dy = CROP_MARGIN * (x2 - x1), CROP_MARGIN * (y2 - y1)
        left, top = max(int(x1 - dx), 0), max(int(y1 - dy), 0)
        crop = np.ascontiguousarray(image[top : int(np.ceil(y2 + dy)), left : int(np.ceil(x2 + dx))])
        yield crop, np.array([left, top, left, top], np.float32)


def _finds(find: BoxFinder, image: UInt8Array, threshold: float) -> list[Float32Array]:
    """The best find as a list of one box, or of none."""
    found = find(image)
    return [] if found is None or found[1] < threshold else [found[0]]


def _share(photos: Photos, found: Iterable[list[Float32Array]]) -> float:
    hits = 0
    for view, boxes in zip(photos.views, found, strict=True):
        overlap = box_iou(quad_boxes(view.quads), np.array(boxes, np.float32).reshape(-1, 4))
        hits += int((overlap.max(axis=1, initial=0) >= FOUND_IOU).sum())
    return hits / photos.plates
