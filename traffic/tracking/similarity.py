"""How alike predicted tracks and detections are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from traffic.datatypes import Float64Array, Int64Array
from traffic.tracking.gate import touching
from traffic.tracking.kalman import Moments
from traffic.tracking.observed import HIGH, LOW, PAIRED, WEIGHT, Observed

MARGIN_STDS = 1.0
"""How many standard deviations of the predicted place both boxes grow by on every side."""
MOST_MARGIN = 0.5
"""And never more than this share of the track's own width or height."""


class Candidates(NamedTuple):
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


def candidates(moments: Moments, observed: Observed) -> Candidates:
    """All pairs whose grown boxes overlap.

    The worth is the IoU, both boxes grown by the uncertainty of the track's place, times the ratio of the heights,
    times the detection's weight, so of two detections of one vehicle the better one is taken.
    A track whose speed is known has hardly any margin, so this is the plain IoU of the predicted box. A track seen
    once, or lost for a while, may be a box's length away: then boxes that don't overlap can be compared too. Growing
    follows Yang et al., Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by
    Buffering the Matching Space, WACV 2023, but by the filter's own figure; the heights follow Yang et al.,
    Hybrid-SORT: Weak Cues Matter for Online Multi-Object Tracking, AAAI 2024.

    Args:
        moments: (5, 2, 2, n) predicted to the moment of the detections.
        observed: the detections.
    """
    tracks = _grown(moments)
    boxes = observed.table[PAIRED, :-1]
    rows, columns = touching(tracks[LOW] - tracks[4:], tracks[HIGH] + tracks[4:], boxes[LOW], boxes[HIGH])
    track, box = tracks.take(rows, axis=1), boxes.take(columns, axis=1)
    sides = np.empty((3, 2, len(rows)))
    shared, own, theirs = sides
    np.subtract(np.minimum(track[HIGH], box[HIGH]), np.maximum(track[LOW], box[LOW]), out=shared)
    np.subtract(track[HIGH], track[LOW], out=own)
    np.subtract(box[HIGH], box[LOW], out=theirs)
    heights = np.minimum(own[1], theirs[1]) / np.maximum(own[1], theirs[1])
    sides += track[4:]
    both, area, other_area = sides[:, 0] * sides[:, 1]
    iou = both / (area + other_area - both)
    heights *= iou
    heights *= box[WEIGHT]
    return Candidates(rows, columns, iou, heights)


def _grown(moments: Moments) -> Float64Array:
    """(6, n): low corner, high corner and margin, that is by how much both sides together grow, of every track."""
    tracks = np.empty((6, moments.shape[-1]))
    centre, size = moments[0]
    half = size * 0.5
    np.subtract(centre, half, out=tracks[LOW])
    np.add(centre, half, out=tracks[HIGH])
    margin = np.sqrt(moments[2, 0], out=tracks[4:])
    margin *= 2 * MARGIN_STDS
    half *= 4 * MOST_MARGIN
    np.minimum(margin, half, out=margin)
    return tracks
