"""What finds and reads plates in photos, ours and others', behind the same two seams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from traffic.datatypes import Frame, UInt8Array
from traffic.detection.yolox import non_maximum_suppression
from traffic.evaluation.formats.rows import Box
from traffic.plates.locator import PlateCorners

SAME_PLATE_IOU = 0.3


@dataclass(frozen=True, slots=True)
class TextRead:
    """What a plate reads, empty where nothing is legible, and the probability that the whole text is right."""

    text: str
    confidence: float


class PlateFinder(Protocol):
    """Finds plates."""

    def find(self, frame: Frame) -> Sequence[PlateCorners]:
        """The plates of a photo, each once."""
        ...


class TextReader(Protocol):
    """Reads plates."""

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        """The text at each place of a photo."""
        ...


@dataclass(frozen=True, slots=True)
class PlateSystem:
    """A finder and a reader under one name.

    Attributes:
        models: the SHA-256 of each model's file, by its name.
    """

    name: str
    finder: PlateFinder
    reader: TextReader
    models: Mapping[str, str] = field(default_factory=dict)


def place_of_box(xyxy: Box) -> PlateCorners:
    """A known box as a place."""
    x1, y1, x2, y2 = xyxy
    return PlateCorners(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32), 1.0)


def each_once(places: Sequence[PlateCorners]) -> list[PlateCorners]:
    """Of places that overlap, the one with the best score."""
    if not places:
        return []
    xyxy = np.array([place.xyxy for place in places], np.float32)
    scores = np.array([place.score for place in places], np.float32)
    return [places[row] for row in non_maximum_suppression(xyxy, scores, SAME_PLATE_IOU).tolist()]


def whole_probability(text: str, probabilities: Sequence[float]) -> float:
    """That every character is right: the product; 0 of no text."""
    return float(np.prod(probabilities)) if text else 0.0
