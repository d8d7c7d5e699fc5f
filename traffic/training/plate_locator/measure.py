"""How well plates are found: whether the best find is a plate, how far off its corners lie, and false finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array, Frame, UInt8Array, VehicleCrop
from traffic.geometry import box_iou
from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.plates.locator import PlateCorners, PlateLocator
from traffic.training.plate_locator.samples import PlateView, quad_boxes

FOUND_IOU = 0.5
ANY_SCORE = 1e-6
EXACT = InferenceSettings(precision="f32", threads=1)
Finder = Callable[[VehicleCrop], PlateCorners | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one picture that shows plates.

    Attributes:
        score: of the best find, 0 if there was none.
        iou: of its box with the nearest plate's box.
        corner_error: mean distance of its corners from that plate's, in heights of the plate; NaN unless exact.
    """

    score: float
    iou: float
    corner_error: float


def open_finder(model: Path, size: tuple[int, int]) -> Finder:
    """The best find of a locator model at its input (width, height), whatever its score; f32, ONNX Runtime."""
    locator = PlateLocator(OnnxEngine(model, size, EXACT), size, ANY_SCORE)
    return lambda crop: locator.locate([crop])[0]


def whole(image: UInt8Array) -> VehicleCrop:
    """A whole picture as if it were one vehicle."""
    moment = datetime.fromtimestamp(0, timezone.utc)
    frame = Frame("evaluation", "evaluation", 0, 0, moment, np.ascontiguousarray(image))
    return VehicleCrop(frame, (0.0, 0.0, float(image.shape[1]), float(image.shape[0])))


def findings(finder: Finder, views: Sequence[PlateView]) -> list[Finding]:
    """The best find in each picture that has a plate."""
    return [_judged(finder(whole(view.image)), view) for view in views if len(view.quads)]


def best_scores(finder: Finder, views: Sequence[PlateView]) -> Float32Array:
    """(n,) the best find's score in each picture, 0 where there is none."""
    finds = (finder(whole(view.image)) for view in views)
    return np.array([0.0 if find is None else find.score for find in finds], np.float32)


def false_finds(finder: Finder, views: Sequence[PlateView], threshold: float) -> float:
    """The share of pictures without a plate in which one is found."""
    return float(np.mean(best_scores(finder, views) >= threshold))


def recall(judged: Sequence[Finding], threshold: float = 0.0) -> float:
    """The share of pictures whose best find is a plate and scores at least `threshold`."""
    return float(np.mean([one.iou >= FOUND_IOU and one.score >= threshold for one in judged]))


def corner_error(judged: Sequence[Finding]) -> float:
    """The mean over the plates found, in heights of the plate."""
    found = [one.corner_error for one in judged if one.iou >= FOUND_IOU]
    return float(np.mean(found)) if found else float("nan")


def _judged(find: PlateCorners | None, view: PlateView) -> Finding:
    if find is None:
        return Finding(0.0, 0.0, float("nan"))
    overlap = box_iou(np.array([find.xyxy], np.float32), quad_boxes(view.quads))[0]
    nearest = int(overlap.argmax())
    error = _corner_error(find.corners, view.quads[nearest]) if view.exact[nearest] else float("nan")
    return Finding(find.score, float(overlap[nearest]), error)


def _corner_error(corners: Float32Array, truth: Float32Array) -> float:
    height = (np.linalg.norm(truth[3] - truth[0]) + np.linalg.norm(truth[2] - truth[1])) / 2
    return float(np.linalg.norm(corners - truth, axis=1).mean() / height)
