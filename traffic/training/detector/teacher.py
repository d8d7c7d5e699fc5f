"""Mending incomplete labels with another detector's eyes."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.labelled_images import BoolArray, LabelledImage, class_mask
from traffic.geometry import box_iou

SAME_VEHICLE_IOU = 0.5
UNLABELLED_IOU = 0.3
MEANINGS: dict[str, tuple[str, ...]] = {
    "car": ("car", "van"),
    "van": ("van",),
    "bus": ("bus", "van"),
    "truck": ("truck", "van"),
    "motorcycle": ("motorcycle",),
}
"""What a vehicle may be that the teacher, who knows no vans, calls by this name."""


def taught(picture: LabelledImage, seen: Detections, class_score: float, ignore_score: float) -> LabelledImage:
    """The picture with its labels narrowed and its unlabelled vehicles made regions to ignore.

    Args:
        picture: with labels that may leave the class open.
        seen: the teacher's detections in it.
        class_score: from here on the teacher's class narrows a fully open label of the same vehicle.
        ignore_score: from here on a detection that overlaps no label becomes a region to ignore.
    """
    overlap = box_iou(picture.xyxy, seen.xyxy)
    allowed = _narrowed(picture.allowed, overlap, seen, class_score)
    lonely = (overlap.max(axis=0, initial=0) < UNLABELLED_IOU) & (seen.scores >= ignore_score)
    regions = seen.xyxy[lonely]
    return LabelledImage(
        picture.name,
        picture.image,
        np.concatenate([picture.xyxy, regions]),
        np.concatenate([allowed, class_mask([()] * len(regions))]),
    )


def _narrowed(allowed: BoolArray, overlap: np.ndarray, seen: Detections, class_score: float) -> BoolArray:
    narrowed = allowed.copy()
    meanings = class_mask(MEANINGS[name] for name in VEHICLE_CLASSES)
    scores = np.where((overlap >= SAME_VEHICLE_IOU) & (seen.scores >= class_score), seen.scores, 0)
    for row in np.flatnonzero(allowed.all(axis=1) & (scores.max(axis=1, initial=0) > 0)):
        narrowed[row] = meanings[seen.class_ids[scores[row].argmax()]]
    return narrowed
