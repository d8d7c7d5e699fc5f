"""How a vehicle's box moves: the Kalman filter's coordinates and its noise, both in proportion to the box.

A box is (2, 2): its centre and its size, each as x and y, in pixels. Arrays of n boxes are (2, 2, n), the boxes last,
so that a plane of one coordinate is contiguous. A vehicle twice as near is twice as large and moves twice as many
pixels, so every standard deviation below is a share of the box's own width (x) or height (y).
"""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float64Array
from traffic.tracking import kalman
from traffic.tracking.kalman import Moments

MEASURED_STD = 0.25
"""Of a detection with score 0, in box sizes; a score of 1 leaves LEAST_NOISE of it. A half-hidden vehicle has a low
score, and its box is that of the visible half as often as not."""
LEAST_NOISE = 0.1
START_SPEED_VARIANCE = np.array([[[3.0]], [[0.5]]]) ** 2
"""Of the centre and of the size, box sizes a second squared: what a vehicle seen once may do."""
ACCELERATION_DENSITY = np.array([[[0.4]], [[0.2]]]) ** 2
"""Spectral density of the acceleration of the centre and of the size, box sizes² / s³."""
MOST_GROWTH = 0.3
"""A vehicle's height changes by this share of itself in a second, at most, as far as the perspective is concerned."""
MOST_GROWTH_AT_ONCE = 0.5
"""And between two frames."""
LEAST_SIZE_PX = 1.0


def measure(corners: Float64Array, scores: Float64Array, boxes: Float64Array, variance: Float64Array) -> None:
    """Fill in what detections tell of the vehicles; all columns are the same n detections.

    Args:
        corners: (4, n) x1, y1, x2, y2, pixels; x2 and y2 are moved where a side has less than a pixel.
        scores: (n,).
        boxes: (4, n), filled with centre and size.
        variance: (2, n), filled with the variance of x and of y, pixels².
    """
    centre, size, low, high = boxes[:2], boxes[2:], corners[:2], corners[2:]
    np.maximum(high, low + LEAST_SIZE_PX, out=high)
    np.subtract(high, low, out=size)
    np.add(low, high, out=centre)
    centre *= 0.5
    share = scores * (MEASURED_STD * (LEAST_NOISE - 1))
    share += MEASURED_STD
    np.multiply(size, share, out=variance)
    variance *= variance


def start(boxes: Float64Array, variance: Float64Array) -> Moments:
    """The moments (5, 2, 2, n) of tracks that begin with these boxes (2, 2, n), known up to `variance` (2, n)."""
    return kalman.start(boxes, np.stack([variance, variance]), boxes[1] ** 2 * START_SPEED_VARIANCE)


def predict(moments: Moments, dt_s: float | Float64Array) -> None:
    """Move the moments (5, 2, 2, n) on by `dt_s` seconds, one for all or (n,), in place; no box gets below a pixel.

    The way is straight and the speed constant on the road, not in the picture. A point at depth Z + Vt is seen at
    p + p't / (1 + tV/Z), whatever the camera, and V/Z is what the box's height h tells: -h'/h. So a vehicle that drives
    away slows down and shrinks ever more slowly, and never gets to the horizon.
    """
    size = moments[0, 1]
    towards = 1 / (1 - _growth(moments, dt_s))
    moments[1] *= towards
    kalman.predict(moments, dt_s, size * size * ACCELERATION_DENSITY)
    moments[1] *= towards
    np.maximum(size, LEAST_SIZE_PX, out=size)


def _growth(moments: Moments, dt_s: float | Float64Array) -> Float64Array:
    """By what share of itself each height grows in `dt_s` seconds, (n,)."""
    growth: Float64Array = moments[1, 1, 1] / moments[0, 1, 1]
    np.minimum(np.maximum(growth, -MOST_GROWTH, out=growth), MOST_GROWTH, out=growth)
    growth *= dt_s
    return np.minimum(growth, MOST_GROWTH_AT_ONCE, out=growth)
