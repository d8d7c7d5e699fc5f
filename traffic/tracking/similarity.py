"""How alike a predicted track and a detection are."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array, Float64Array, Int64Array
from traffic.tracking.assignment import Candidates
from traffic.tracking.kalman import Moments

MARGIN_STDS = 1.0
"""How many standard deviations of the predicted place both boxes grow by on every side."""
MOST_MARGIN = 0.75
"""And never more than this share of the track's own width or height."""


def candidates(moments: Moments, measured: Float64Array, scores: Float32Array, least_iou: float) -> Candidates:
    """The pairs of a track and a detection that may be the same vehicle, and how much each is worth.

    The worth is the IoU, both boxes grown by the uncertainty of the track's place, times the ratio of the heights,
    times the detection's score, so of two detections of one vehicle the better one is taken.
    A track whose speed is known has hardly any margin, so this is the plain IoU of the predicted box. A track seen
    once, or lost for a while, may be a box's length away: then boxes that don't overlap can be compared too. Growing
    follows Yang et al., Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by
    Buffering the Matching Space, WACV 2023, but by the filter's own figure; the heights follow Yang et al.,
    Hybrid-SORT: Weak Cues Matter for Online Multi-Object Tracking, AAAI 2024.

    Args:
        moments: (5, n, 4) predicted to the moment of the detections.
        measured: (m, 4) centre x, centre y, width, height.
        scores: (m,) of the detections.
        least_iou: a pair with a smaller grown IoU is none.

    Returns:
        Rows into the tracks and columns into the detections; worth in 0..1.
    """
    tracks = moments[0]
    margin = np.minimum(MARGIN_STDS * np.sqrt(moments[2, :, :2]), MOST_MARGIN * tracks[:, 2:])
    rows, columns = _touching(tracks, measured, margin)
    a, b, grown = tracks[rows], measured[columns], 2 * margin[rows]
    size, other = a[:, 2:] + grown, b[:, 2:] + grown
    free = (size + other) / 2 - np.abs(a[:, :2] - b[:, :2])
    shared = np.minimum(free, np.minimum(size, other)).prod(axis=1)
    iou = shared / (size.prod(axis=1) + other.prod(axis=1) - shared)
    heights = np.minimum(a[:, 3], b[:, 3]) / np.maximum(a[:, 3], b[:, 3])
    worth = iou * heights * scores[columns]
    good = (iou >= least_iou) & (worth > 0)
    return Candidates(rows[good], columns[good], worth[good])


def _touching(tracks: Float64Array, measured: Float64Array, margin: Float64Array) -> tuple[Int64Array, Int64Array]:
    reach = tracks[:, 2:] / 2 + 2 * margin
    low, high = tracks[:, :2] - reach, tracks[:, :2] + reach
    other_low, other_high = measured[:, :2] - measured[:, 2:] / 2, measured[:, :2] + measured[:, 2:] / 2
    touching = low[:, :1] < other_high[:, 0]
    touching &= high[:, :1] > other_low[:, 0]
    touching &= low[:, 1:] < other_high[:, 1]
    touching &= high[:, 1:] > other_low[:, 1]
    return np.divmod(np.flatnonzero(touching), max(len(measured), 1))
