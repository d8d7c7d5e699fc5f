"""A frame's detections as the tracker uses them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Detections, Float32Array, Float64Array, Int64Array
from traffic.tracking import motion
from traffic.tracking.duplicates import duplicates
from traffic.tracking.gate import touching


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A frame's m detections of use, the best first and in an order that does not depend on the caller's rows.

    Attributes:
        rows: (m,) int64, their rows in the frame's Detections.
        scores: (m,) float32, falling.
        boxes: (2, 2, m) float64, as in motion.
        variance: (2, m) float64 pixels², of x and of y.
    """

    rows: Int64Array
    scores: Float32Array
    boxes: Float64Array
    variance: Float64Array

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def among(cls, detections: Detections, least_score: float) -> Observed:
        """Those of a frame from `least_score` on."""
        order = (-detections.scores).argsort(kind="stable")
        scores = detections.scores.take(order)
        if (scores[1:] == scores[:-1]).any():
            order = _settled(detections)
        kept = np.count_nonzero(scores >= least_score)
        rows, scores = order[:kept], scores[:kept]
        boxes = motion.coordinates(detections.xyxy.take(rows, axis=0))
        return cls(rows, scores, boxes, motion.measured_variance(boxes, scores))

    def count(self, least_score: float) -> int:
        """How many have this score at least; they are the first ones."""
        return int(np.count_nonzero(self.scores >= least_score))

    def without_duplicates(
        self, new: Int64Array, taken: Int64Array, detections: Detections, duplicate_iou: float
    ) -> Int64Array:
        """Those of `new` (k,), rising, that are not a second box of a vehicle in `taken` or earlier in `new`."""
        others = np.concatenate([taken, new])
        place, other = touching(
            self.boxes[0].take(new, axis=1), self.boxes[1].take(new, axis=1), self.boxes[..., others]
        )
        earlier = (other < place + len(taken)).nonzero()[0]
        place, other = new.take(place.take(earlier)), others.take(other.take(earlier))
        xyxy = detections.xyxy.take(self.rows, axis=0)
        same = duplicates(xyxy.take(place, axis=0), xyxy.take(other, axis=0), duplicate_iou)
        free = np.ones(len(self), np.bool_)
        free[place[same]] = False
        first: Int64Array = new[free.take(new)]
        return first


def _settled(detections: Detections) -> Int64Array:
    x1, y1, x2, y2 = detections.xyxy.T
    return np.lexsort((detections.class_ids, y2, x2, y1, x1, -detections.scores))
