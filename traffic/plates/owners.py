"""Whose plate it is: where the crops of two vehicles show one plate, it is the smaller vehicle's.

A vehicle's box often holds the plate of another one, before or beside it; a plate lies rarely in the box of a vehicle
that is smaller than its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traffic.datatypes import Float32Array, VehicleCrop
from traffic.geometry import BoolArray, box_areas, box_iou, middles_inside

SAME_VEHICLE_IOU = 0.5
"""Boxes that overlap more are one vehicle, found twice."""
SAME_PLATE_IOU = 0.4
PROVEN_SHARE = 0.7
"""A vehicle whose find is another's may have the next one, if that scores at least this share of the first."""


def plates_of_others(crops: Sequence[VehicleCrop], plates: Float32Array) -> list[Float32Array]:
    """For each crop the plates (k, 4) of smaller vehicles of its frame, if its own find is one of them; else none.

    A plate is a smaller vehicle's only if its middle lies in that vehicle's box, not merely in the room around it.

    Args:
        crops: n vehicles.
        plates: (n, 4) the box of what was found in each, in its frame; NaN where nothing was.
    """
    others = _of_smaller(crops, plates)
    shared = np.asarray((others & (box_iou(plates, plates) >= SAME_PLATE_IOU)).any(axis=1), np.bool_)
    return [plates[row] if asked else plates[:0] for row, asked in zip(others, shared, strict=True)]


def plates_of_smaller(crops: Sequence[VehicleCrop], plates: Float32Array) -> list[Float32Array]:
    """For each crop the plates (k, 4) of all smaller vehicles of its frame; arguments as of plates_of_others."""
    return [plates[row] for row in _of_smaller(crops, plates)]


def _of_smaller(crops: Sequence[VehicleCrop], plates: Float32Array) -> BoolArray:
    """[crop, other]: whether the other one is a smaller vehicle of the same frame, with its plate on itself."""
    boxes = np.array([crop.xyxy for crop in crops], np.float32).reshape(-1, 4)
    frames = np.array([id(crop.frame) for crop in crops])
    smaller = box_areas(boxes)[None, :] < box_areas(boxes)[:, None]
    others = smaller & (frames[None, :] == frames[:, None]) & (box_iou(boxes, boxes) <= SAME_VEHICLE_IOU)
    return np.asarray(others & middles_inside(plates, boxes).diagonal()[None, :], np.bool_)
