"""A frame's detections as the tracker uses them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Detections, Float32Array, Float64Array, Int64Array
from traffic.tracking import motion
from traffic.tracking.duplicates import duplicates
from traffic.tracking.gate import touching
from traffic.tracking.settings import TrackerSettings

WEAK_WORTH = 1e-6
"""What a pair with a weak detection is worth as a share of one with a strong one: so little that it never costs a
strong one its place, and one assignment does the work of two."""
LOW, HIGH, WEIGHT = slice(0, 2), slice(2, 4), 4
BOX, VARIANCE, SCORE, ROWS = slice(5, 9), slice(9, 11), 11, 12
"""The rows of the table, so ordered that whoever needs several takes neighbours."""
PAIRED, MEASURED = slice(0, 5), slice(5, 12)
"""Those that tell how alike a track and a detection are, and those that correct a track."""


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A frame's m detections of use, the best first and in an order that does not depend on the caller's rows.

    Attributes:
        rows: (m,) int64, their rows in the frame's Detections.
        strong: how many may continue every track; they are the first ones.
        startable: how many of these may start one.
        table: (ROWS, m + 1) float64: low and high corner, weight (what a pair with it is worth, at most), box (centre
            and size, as in motion), variance in x and in y (pixels²), score. The last column is no detection, and
            tells nothing of any track that takes it.
    """

    rows: Int64Array
    strong: int
    startable: int
    table: Float64Array

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def among(cls, detections: Detections, least_scores: Float32Array) -> Observed:
        """Those of a frame from the first of `least_scores` (see `score_steps`) on."""
        falling = -detections.scores
        order = falling.argsort(kind="stable")
        falling = falling.take(order)
        if np.count_nonzero(falling[1:] == falling[:-1]):
            order = _settled(detections)
        kept, strong, startable = falling.searchsorted(least_scores, side="right").tolist()
        rows = order[:kept]
        table = np.zeros((ROWS, kept + 1))
        table[:4, :kept] = detections.xyxy.take(rows, axis=0).T
        np.negative(falling[:kept], out=table[SCORE, :kept])
        motion.measure(table[:4], table[SCORE], table[BOX], table[VARIANCE])
        table[VARIANCE, kept] = np.inf
        table[WEIGHT] = table[SCORE]
        table[WEIGHT, strong:] *= WEAK_WORTH
        return cls(rows, strong, startable, table)

    def without_duplicates(
        self, new: Int64Array, taken: Int64Array, detections: Detections, duplicate_iou: float
    ) -> Int64Array:
        """Those of `new` (k,), rising, that are not a second box of a vehicle in `taken` or earlier in `new`."""
        others = np.concatenate([taken, new])
        corners = self.table[:4]
        of_new, of_others = corners.take(new, axis=1), corners.take(others, axis=1)
        place, other = touching(of_new[LOW], of_new[HIGH], of_others[LOW], of_others[HIGH])
        earlier = (other < place + len(taken)).nonzero()[0]
        place, other = new.take(place.take(earlier)), others.take(other.take(earlier))
        xyxy = detections.xyxy.take(self.rows, axis=0)
        same = duplicates(xyxy.take(place, axis=0), xyxy.take(other, axis=0), duplicate_iou)
        free = np.ones(len(self), np.bool_)
        free[place[same]] = False
        first: Int64Array = new[free.take(new)]
        return first


def score_steps(settings: TrackerSettings) -> Float32Array:
    """(3,) the least scores of what is of use, is strong, and starts a track, as `Observed` reads them."""
    return -np.array([settings.low_score, settings.high_score, settings.new_track_score], np.float32)


def _settled(detections: Detections) -> Int64Array:
    x1, y1, x2, y2 = detections.xyxy.T
    return np.lexsort((detections.class_ids, y2, x2, y1, x1, -detections.scores))
