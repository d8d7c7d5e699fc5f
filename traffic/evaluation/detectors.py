"""Detectors as they are measured: every weak box kept, pictures that belong to no camera."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType

import numpy as np

from traffic.datatypes import Detections, Float32Array, Frame, UInt8Array
from traffic.detection.detector import DetectorSettings, VehicleDetector
from traffic.evaluation.labelled_images import BoolArray, LabelledImage
from traffic.inference.engine import Engine, InferenceSettings
from traffic.models import open_engine

Size = tuple[int, int]
COCO_COLUMNS: Mapping[str, int] = {"car": 2, "bus": 5, "truck": 7, "motorcycle": 3}
"""Our class names' places among COCO's 80."""
WEAKEST = DetectorSettings(minimum_score=0.01)
_NOWHERE = "evaluation"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A labelled picture (its pixels dropped) beside what a detector found in it.

    Attributes:
        xyxy, allowed: as in LabelledImage.
        found: the detections.
    """

    xyxy: Float32Array
    allowed: BoolArray
    found: Detections


class ColumnEngine:
    """An engine of which only some class columns are kept: COCO's detector as one of our classes.

    Args:
        engine: gives (n, anchors, 5 + classes).
        columns: class columns to keep, in order.
    """

    def __init__(self, engine: Engine, columns: Sequence[int]) -> None:
        self._engine = engine
        self._columns = [*range(5), *(5 + column for column in columns)]

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        return np.ascontiguousarray(self._engine.infer(images)[..., self._columns])

    def __enter__(self) -> ColumnEngine:
        self._engine.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.__exit__(kind, error, trace)


def open_detector(model: Path, classes: Sequence[str], size: Size, inference: InferenceSettings) -> VehicleDetector:
    """A detector of our classes at one input (width, height), on the backend that `inference` names."""
    return VehicleDetector(WEAKEST, classes, {_NOWHERE: size}, lambda asked: open_engine(model, asked, inference))


def open_coco_detector(model: Path, size: Size, inference: InferenceSettings) -> VehicleDetector:
    """The COCO original at one input (width, height), its vehicle classes alone, on the backend that is named."""

    def open_columns(asked: Size) -> ColumnEngine:
        return ColumnEngine(open_engine(model, asked, inference), list(COCO_COLUMNS.values()))

    return VehicleDetector(WEAKEST, list(COCO_COLUMNS), {_NOWHERE: size}, open_columns)


def answers(detector: VehicleDetector, pictures: Iterable[LabelledImage]) -> Iterator[Answer]:
    """What a detector finds in each picture, one at a time."""
    for picture in pictures:
        yield Answer(picture.xyxy, picture.allowed, detect_image(detector, picture.image))


def detect_image(detector: VehicleDetector, image: UInt8Array) -> Detections:
    """The vehicles of one picture."""
    return detector.detect([Frame(_NOWHERE, _NOWHERE, 0, 0, datetime.fromtimestamp(0, timezone.utc), image)])[0]
