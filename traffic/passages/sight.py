"""One vehicle in one frame, as the tracker tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Detections, Float32Array, Frame, Shot, Tracks, VehicleCrop
from traffic.geometry import box_iou

Box = tuple[float, float, float, float]

BORDER_MARGIN_PX = 2.0
"""A box nearer than this to the frame's border may be cut by it."""
STILL_PX = 0.5
"""A box that has moved less far does not move."""
OWN_IOU = 0.5
"""A detection that overlaps so much with a vehicle, and more than any other, is that vehicle."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One of the vehicles in a frame.

    Attributes:
        frame: the picture.
        tracks: all vehicles seen in it that are followed.
        row: which of them it is.
        detections: all vehicles seen in it, also those that are not followed yet; None where only tracks are known.
    """

    frame: Frame
    tracks: Tracks
    row: int
    detections: Detections | None = None

    @property
    def track_id(self) -> int:
        """The tracker's."""
        return int(self.tracks.track_ids[self.row])

    @property
    def xyxy(self) -> Box:
        """The vehicle's box in the frame."""
        x1, y1, x2, y2 = self.tracks.xyxy[self.row].tolist()
        return x1, y1, x2, y2

    @property
    def class_id(self) -> int:
        """An index into VEHICLE_CLASSES."""
        return int(self.tracks.class_ids[self.row])

    @property
    def score(self) -> float:
        """How sure the detector is."""
        return float(self.tracks.scores[self.row])

    @property
    def quality(self) -> float:
        """Bigger and surer is better; a box that the border may cut counts a tenth."""
        height, width = self.frame.image.shape[:2]
        x1, y1, x2, y2 = self.xyxy
        inside = min(x1, y1, width - x2, height - y2) >= BORDER_MARGIN_PX
        return (x2 - x1) * (y2 - y1) * self.score * (1.0 if inside else 0.1)

    def crop(self) -> VehicleCrop:
        """The vehicle, to be looked at closely."""
        return VehicleCrop(self.frame, self.xyxy)

    def shot(self) -> Shot:
        """The frame as evidence of this vehicle, with the boxes of the others in it."""
        return Shot(self.frame, self.xyxy, self._others())

    def _others(self) -> Float32Array:
        """(n, 4) float32."""
        if self.detections is None:
            return np.delete(self.tracks.xyxy, self.row, axis=0)
        boxes = self.detections.xyxy
        overlaps = box_iou(boxes, self.tracks.xyxy[self.row : self.row + 1])[:, 0]
        own = int(overlaps.argmax()) if len(boxes) else 0
        return np.delete(boxes, own, axis=0) if len(boxes) and overlaps[own] >= OWN_IOU else boxes


def leaving_s(earlier: Box, later: Box, elapsed_s: float, size: tuple[int, int]) -> float:
    """In how many seconds a vehicle's box touches the border of a frame (width, height), if it goes on as it did from
    the earlier box to the later one; infinite for one that stands.
    """
    if elapsed_s <= 0:
        return math.inf
    (x1, y1, x2, y2), (u1, v1, u2, v2), (width, height) = earlier, later, size
    along, down = (u1 + u2 - x1 - x2) / 2, (v1 + v2 - y1 - y2) / 2
    rooms = (width - u2 if along > 0 else u1, height - v2 if down > 0 else v1)
    times = [
        max(room, 0.0) * elapsed_s / abs(moved)
        for room, moved in zip(rooms, (along, down), strict=True)
        if abs(moved) > STILL_PX
    ]
    return min(times, default=math.inf)
