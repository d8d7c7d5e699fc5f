"""Average precision as COCO computes it: greedy matching, 101 recall points, IoU .50 to .95.

Lin et al., "Microsoft COCO: Common Objects in Context", arXiv:1405.0312, and its evaluation code's definitions.
An ignore region is COCO's crowd: a detection that lies in it by the threshold's share of its own area counts neither
for nor against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, Float64Array, Int64Array
from traffic.geometry import box_areas, box_iou

IOU_THRESHOLDS: tuple[float, ...] = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
RECALL_POINTS = np.linspace(0, 1, 101)

Int8Array = NDArray[np.int8]
TRUE_POSITIVE, FALSE_POSITIVE, IGNORED = 1, 0, -1


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One picture's detections beside its truth.

    Attributes:
        xyxy: (n, 4) float32 detections.
        scores: (n,) float32.
        truth: (m, 4) float32 boxes that should be found.
        ignore: (k, 4) float32 regions where detections don't count.
    """

    xyxy: Float32Array
    scores: Float32Array
    truth: Float32Array
    ignore: Float32Array


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """The area under the precision-recall curve; not a number where there is nothing to find.

    Attributes:
        ap50: at IoU .50.
        ap: mean over IOU_THRESHOLDS.
        boxes: how many there were to find.
    """

    ap50: float
    ap: float
    boxes: int


def average_precision(pictures: Sequence[Judged]) -> AveragePrecision:
    """AP50 and AP50:95 over a set of pictures, all detections being of one class."""
    boxes = sum(len(picture.truth) for picture in pictures)
    if boxes == 0:
        return AveragePrecision(float("nan"), float("nan"), 0)
    scores = np.concatenate([np.sort(picture.scores)[::-1] for picture in pictures])
    order = np.argsort(-scores, kind="stable")
    per_threshold = [
        _area(np.concatenate([match(picture, threshold) for picture in pictures])[order], boxes)
        for threshold in IOU_THRESHOLDS
    ]
    return AveragePrecision(per_threshold[0], float(np.mean(per_threshold)), boxes)


def match(picture: Judged, threshold: float) -> Int8Array:
    """What became of each detection, best score first: (n,) of TRUE_POSITIVE, FALSE_POSITIVE or IGNORED.

    Each detection in turn takes the free true box that it overlaps most, if by `threshold` or more.
    """
    return verdicts(picture, threshold)[ranking(picture.scores)]


def ranking(scores: Float32Array) -> Int64Array:
    """The order of detections, best score first, (n,) indices."""
    return np.argsort(-scores, kind="stable")


def assign(picture: Judged, threshold: float) -> Int64Array:
    """The true box that each detection takes, best score first in turn: (n,) indices, -1 for none."""
    overlap = box_iou(picture.xyxy, picture.truth)
    taken = np.full(len(picture.xyxy), -1, np.int64)
    for row in ranking(picture.scores) if overlap.shape[1] else ():
        column = int(overlap[row].argmax())
        if overlap[row, column] >= threshold:
            taken[row] = column
            overlap[:, column] = -1
    return taken


def verdicts(picture: Judged, threshold: float) -> Int8Array:
    """As `match`, in the detections' own order."""
    unmatched = np.where(_share_inside(picture.xyxy, picture.ignore) >= threshold, IGNORED, FALSE_POSITIVE)
    return np.where(assign(picture, threshold) >= 0, TRUE_POSITIVE, unmatched).astype(np.int8)


def _share_inside(boxes: Float32Array, regions: Float32Array) -> Float64Array:
    top_left = np.maximum(boxes[:, None, :2], regions[None, :, :2])
    bottom_right = np.minimum(boxes[:, None, 2:], regions[None, :, 2:])
    inside = np.clip(bottom_right - top_left, 0, None).astype(np.float64).prod(axis=2).max(axis=1, initial=0)
    return np.asarray(inside / np.maximum(box_areas(boxes), 1e-9))


def _area(ranked: Int8Array, boxes: int) -> float:
    counted = ranked[ranked != IGNORED]
    true_positives = np.cumsum(counted == TRUE_POSITIVE)
    recall = true_positives / boxes
    precision = true_positives / np.arange(1, len(counted) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    rows = np.searchsorted(recall, RECALL_POINTS, side="left")
    return float(np.append(envelope, 0.0)[np.minimum(rows, len(envelope))].mean())
