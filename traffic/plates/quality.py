"""How much a crop promises for reading and for the record: its size, its sharpness, and whether it is whole."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.geometry import cut_by_border

FULL_SIZE_PX = 320.0
"""Side of a square of the crop's area from which more pixels promise no more."""
BORDER_PX = 2.0
CUT_FACTOR = 0.25
"""What is left of the quality of a vehicle that the frame's border cuts: its plate may be outside."""
_LOOKED_AT_PX = 320
_BLUR_PX = 9


def crop_quality(image: UInt8Array, xyxy: tuple[float, float, float, float]) -> float:
    """The promise of a vehicle's crop, 0..1: size times sharpness, a quarter of it where the border cuts the vehicle.

    Only to compare crops of one vehicle: a quarter of the size or a quarter of the sharpness count alike.

    Args:
        image: the frame, (h, w, 3) uint8 BGR.
        xyxy: the vehicle's box in it; the part outside the frame counts for nothing.
    """
    height, width = image.shape[:2]
    limits = np.array([width, height, width, height], np.float32)
    box = np.clip(np.array(xyxy, np.float32), 0, limits)
    x1, y1, x2, y2 = (int(edge) for edge in box.round())
    crop = image[y1:y2, x1:x2]
    if not crop.size:
        return 0.0
    whole = CUT_FACTOR if cut_by_border(box[None], (width, height), BORDER_PX)[0] else 1.0
    return whole * size_share(box) * sharpness(crop)


def size_share(box: Float32Array) -> float:
    """The side of a square of the same area as a box (4,), over FULL_SIZE_PX; at most 1."""
    area = float((box[2] - box[0]) * (box[3] - box[1]))
    return min(1.0, float(np.sqrt(max(area, 0.0))) / FULL_SIZE_PX)


def sharpness(crop: UInt8Array) -> float:
    """How much of a picture's detail another blur would take away, 0..1; little, where it is blurred already.

    The middle of a large picture stands for all of it. After Crete et al., "The blur effect: perception and estimation
    with a new no-reference perceptual blur metric", 2007: like there, the direction that is blurred more counts, since
    motion blurs along one direction alone.

    Args:
        crop: (h, w, 3) uint8 BGR, neither side 0.
    """
    grey = np.asarray(cv2.cvtColor(_middle(crop), cv2.COLOR_BGR2GRAY), np.float32)
    return min(_lost(grey), _lost(np.ascontiguousarray(grey.T)))


def _lost(grey: Float32Array) -> float:
    """The share of the differences along x that a blur along x takes away."""
    if grey.shape[1] < 2:
        return 0.0
    blurred = cv2.blur(grey, (_BLUR_PX, 1))
    before = np.abs(np.diff(grey, axis=1))
    after = np.abs(np.diff(blurred, axis=1))
    total = float(before.sum())
    return float(np.maximum(before - after, 0).sum()) / total if total > 0 else 0.0


def _middle(crop: UInt8Array) -> UInt8Array:
    height, width = crop.shape[:2]
    top, left = max((height - _LOOKED_AT_PX) // 2, 0), max((width - _LOOKED_AT_PX) // 2, 0)
    return crop[top : top + _LOOKED_AT_PX, left : left + _LOOKED_AT_PX]
