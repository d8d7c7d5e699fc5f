"""The step after the ladder's fifth: every vehicle that is found is looked at, as the identifier would at its best."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from traffic.benchmark.ladder import Detector
from traffic.datatypes import Detections, Frame, VehicleCrop
from traffic.passages.identifier import Classifier
from traffic.plates.reader import PlateReader

CERTAIN = 0.5
"""Vehicles that score less are not looked at."""


class LookingDetector:
    """Finds vehicles, and has each classified and its plate read.

    Args:
        detector: finds them.
        classifier, plates: look at them.
        owned: closed with this one.
    """

    def __init__(self, detector: Detector, classifier: Classifier, plates: PlateReader, owned: ExitStack) -> None:
        self._detector = detector
        self._classifier = classifier
        self._plates = plates
        self._owned = owned
        self.looks = 0

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """As VehicleDetector.detect; what the vehicles look like is thrown away."""
        found = self._detector.detect(frames)
        for frame, detections in zip(frames, found, strict=True):
            crops = _crops(frame, detections)
            self.looks += len(crops)
            self._classifier.classify(crops)
            self._plates.read(crops)
        return found

    def __enter__(self) -> LookingDetector:
        return self

    def __exit__(self, *error: object) -> None:
        self._owned.close()


def _crops(frame: Frame, detections: Detections) -> list[VehicleCrop]:
    certain = detections.xyxy[detections.scores >= CERTAIN].tolist()
    return [VehicleCrop(frame, (x1, y1, x2, y2)) for x1, y1, x2, y2 in certain]
