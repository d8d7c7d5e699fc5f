"""Whose plate it is: where the crops of two vehicles show one plate, it is the smaller vehicle's.

A vehicle's box often holds the plate of another one, before or beside it; a plate lies rarely in the box of a vehicle
that is smaller than its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traffic.datatypes import Float32Array, VehicleCrop
from traffic.geometry import box_areas, box_iou

SAME_VEHICLE_IOU = 0.5
"""Boxes that overlap more are one vehicle, found twice."""
SAME_PLATE_IOU = 0.4


def plates_of_others(crops: Sequence[VehicleCrop], plates: Float32Array) -> list[Float32Array]:
    """For each crop the plates (k, 4) of smaller vehicles of its frame, if its own find is one of them; else none.

    Args:
        crops: n vehicles.
        plates: (n, 4) the box of what was found in each, in its frame; NaN where nothing was.
    """
    boxes = np.array([crop.xyxy for crop in crops], np.float32).reshape(-1, 4)
    frames = np.array([id(crop.frame) for crop in crops])
    smaller = box_areas(boxes)[None, :] < box_areas(boxes)[:, None]
    others = smaller & (frames[None, :] == frames[:, None]) & (box_iou(boxes, boxes) <= SAME_VEHICLE_IOU)
    others &= np.asarray(np.isfinite(plates).all(axis=1), np.bool_)[None, :]
    shared = (others & (box_iou(plates, plates) >= SAME_PLATE_IOU)).any(axis=1)
    return [plates[row] if asked else plates[:0] for row, asked in zip(others, shared, strict=True)]
