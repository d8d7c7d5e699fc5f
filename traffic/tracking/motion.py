"""How a vehicle's box moves: the Kalman filter's coordinates and its noise, both in proportion to the box.

The coordinates are (centre x, centre y, width, height) in pixels. A vehicle twice as near is twice as large and moves
twice as many pixels, so every standard deviation below is a share of the box's own width (x, width) or height.
"""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array, Float64Array
from traffic.tracking import kalman
from traffic.tracking.kalman import Moments

MEASURED_STD = 0.06
"""Of a detection with score 0, in box sizes; a score of 1 leaves LEAST_NOISE of it."""
LEAST_NOISE = 0.3
START_SPEED_STD = np.array([3.0, 3.0, 0.5, 0.5])
"""Box sizes a second: what a vehicle seen once may do."""
ACCELERATION_STD = np.array([0.7, 0.7, 0.5, 0.5])
"""Root of the spectral density of the acceleration, box sizes / s^1.5."""
LEAST_SIZE_PX = 1.0


def coordinates(xyxy: Float32Array) -> Float64Array:
    """Boxes (n, 4) as (n, 4) centre x, centre y, width, height."""
    corners = xyxy.astype(np.float64)
    size = corners[:, 2:] - corners[:, :2]
    return np.concatenate([corners[:, :2] + size / 2, np.maximum(size, LEAST_SIZE_PX)], axis=1)


def start(measured: Float64Array, scores: Float32Array) -> Moments:
    """The moments of tracks that begin with these coordinates (n, 4) and scores (n,)."""
    return kalman.start(measured, _measured_variance(measured, scores), (_scale(measured) * START_SPEED_STD) ** 2)


def predict(moments: Moments, dt_s: float) -> Moments:
    """The moments `dt_s` seconds later; no box shrinks below a pixel."""
    later = kalman.predict(moments, dt_s, (_scale(moments[0]) * ACCELERATION_STD) ** 2)
    np.maximum(later[0, :, 2:], LEAST_SIZE_PX, out=later[0, :, 2:])
    return later


def correct(moments: Moments, measured: Float64Array, scores: Float32Array) -> Moments:
    """The moments after a detection of every track: coordinates (n, 4) and scores (n,)."""
    return kalman.correct(moments, measured, _measured_variance(measured, scores))


def _measured_variance(measured: Float64Array, scores: Float32Array) -> Float64Array:
    share = MEASURED_STD * (LEAST_NOISE + (1 - LEAST_NOISE) * (1 - scores[:, None].astype(np.float64)))
    variance: Float64Array = (_scale(measured) * share) ** 2
    return variance


def _scale(centred: Float64Array) -> Float64Array:
    return centred[:, [2, 3, 2, 3]]
