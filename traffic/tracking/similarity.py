"""How alike predicted tracks and detections are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float32Array, Float64Array, Int64Array
from traffic.tracking.gate import touching
from traffic.tracking.kalman import Moments

MARGIN_STDS = 1.0
"""How many standard deviations of the predicted place both boxes grow by on every side."""
MOST_MARGIN = 0.5
"""And never more than this share of the track's own width or height."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The k pairs of a track and a detection that may be the same vehicle, in no order, each once.

    Attributes:
        rows: (k,) int64, of the tracks.
        columns: (k,) int64, of the detections.
        iou: (k,) float64 in 0..1, of the grown boxes.
        worth: (k,) float64 in 0..1, how good a pair is among those that are possible.
    """

    rows: Int64Array
    columns: Int64Array
    iou: Float64Array
    worth: Float64Array


def candidates(moments: Moments, boxes: Float64Array, scores: Float32Array) -> Candidates:
    """All pairs whose grown boxes overlap.

    The worth is the IoU, both boxes grown by the uncertainty of the track's place, times the ratio of the heights,
    times the detection's score, so of two detections of one vehicle the better one is taken.
    A track whose speed is known has hardly any margin, so this is the plain IoU of the predicted box. A track seen
    once, or lost for a while, may be a box's length away: then boxes that don't overlap can be compared too. Growing
    follows Yang et al., Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by
    Buffering the Matching Space, WACV 2023, but by the filter's own figure; the heights follow Yang et al.,
    Hybrid-SORT: Weak Cues Matter for Online Multi-Object Tracking, AAAI 2024.

    Args:
        moments: (5, 2, 2, n) predicted to the moment of the detections.
        boxes: (2, 2, m) the detections, as in motion.
        scores: (m,) of the detections.
    """
    centre, size = moments[0]
    margin = np.sqrt(moments[2, 0])
    margin *= 2 * MARGIN_STDS
    margin = np.minimum(margin, size * (2 * MOST_MARGIN), out=margin)
    rows, columns = touching(centre, size * 0.5 + margin, boxes)
    track = np.concatenate([centre, size + margin, margin, size[1:]]).take(rows, axis=1)
    other = boxes.reshape(4, -1).take(columns, axis=1)
    grown, theirs = track[2:4], other[2:] + track[4:6]
    apart = track[:2] - other[:2]
    free = (grown + theirs) * 0.5
    free -= np.abs(apart, out=apart)
    shared_x, shared_y = np.minimum(free, np.minimum(grown, theirs))
    shared = shared_x * shared_y
    iou = shared / (grown[0] * grown[1] + theirs[0] * theirs[1] - shared)
    worth = iou * np.minimum(track[6], other[3])
    worth /= np.maximum(track[6], other[3])
    worth *= scores.take(columns)
    return Candidates(rows, columns, iou, worth)
