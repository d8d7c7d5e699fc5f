"""Two boxes of one vehicle."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array
from traffic.geometry import BoolArray, box_areas

SAME_WIDTH = 0.8
"""Left and right edges are as good as the same: IoU along x, at least."""
SAME_FOOT = 0.1
"""Lower edges are as good as the same: their distance as a share of the lower box's height, at most."""


def duplicates(xyxy: Float32Array, others: Float32Array, duplicate_iou: float) -> BoolArray:
    """Which boxes (n, 4) are the same vehicle as the other one (n, 4) of their row: nearly one box, or in one place."""
    width, height = np.maximum(np.minimum(xyxy[:, 2:], others[:, 2:]) - np.maximum(xyxy[:, :2], others[:, :2]), 0).T
    shared = width * height
    alike: BoolArray = shared >= duplicate_iou * (box_areas(xyxy) + box_areas(others) - shared)
    alike &= shared > 0
    alike |= same_place(xyxy, others)
    return alike


def same_place(xyxy: Float32Array, others: Float32Array) -> BoolArray:
    """Which boxes (n, 4) meet the road in the same place as the other one (n, 4) of their row: no two vehicles do.

    A box that takes in a vehicle and the one hidden behind it shares its lower edge with the vehicle in front, though
    their IoU may be small.
    """
    x1, y1, x2, y2 = xyxy.T
    other_x1, other_y1, other_x2, other_y2 = others.T
    shared = np.minimum(x2, other_x2) - np.maximum(x1, other_x1)
    span = np.maximum(x2, other_x2) - np.minimum(x1, other_x1)
    same: BoolArray = shared >= SAME_WIDTH * span
    same &= np.abs(y2 - other_y2) <= SAME_FOOT * np.minimum(y2 - y1, other_y2 - other_y1)
    return same
