"""A batch Kalman filter with constant velocity, right at any frame rate.

Every coordinate of every track is a filter of its own with the state (position, velocity), so a covariance is a
symmetric 2x2 block and no matrix is ever inverted. All of them live in one array, `Moments`: float64 (5, ...), one
filter for each place behind the first axis; its planes are position, velocity, variance of the position, covariance
of both, variance of the velocity. `predict` and `correct` change it in place: a frame of few vehicles costs as many
calls as one of many, so calls and copies are what there is to save.

The process noise is white noise acceleration in continuous time (Bar-Shalom, Li, Kirubarajan, Estimation with
Applications to Tracking and Navigation, 2001, section 6.2.2): predicting twice over dt/2 equals predicting
once over dt.
"""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float64Array

Moments = Float64Array


def start(position: Float64Array, position_variance: Float64Array, velocity_variance: Float64Array) -> Moments:
    """Tracks at rest with unknown velocity; all arguments of one shape.

    Args:
        position: the first measurement, in any unit u.
        position_variance: u².
        velocity_variance: (u/s)², how fast a thing may be that was seen once.
    """
    nothing = np.zeros_like(position)
    return np.stack([position, nothing, position_variance, nothing, velocity_variance])


def predict(moments: Moments, dt_s: float | Float64Array, acceleration_density: Float64Array) -> None:
    """Move the moments (5, ...) on by `dt_s` seconds, >= 0, in place.

    Args:
        moments: changed in place.
        dt_s: seconds, broadcast to (...).
        acceleration_density: broadcast to (...), spectral density of the acceleration noise in u²/s³.
    """
    position, velocity, variance, covariance, velocity_variance = moments
    gained = acceleration_density * dt_s
    position += velocity * dt_s
    variance += covariance * dt_s
    covariance += (velocity_variance + gained * 0.5) * dt_s
    variance += covariance * dt_s
    variance -= gained * (dt_s * dt_s / 6)
    velocity_variance += gained


def correct(moments: Moments, measured: Float64Array, measured_variance: Float64Array) -> None:
    """Take one measurement of every position into the moments (5, ...), in place.

    Args:
        moments: changed in place.
        measured: (...) in u; finite.
        measured_variance: broadcast to (...), in u², positive; infinite where there is no measurement.
    """
    surprise = measured - moments[0]
    gains = moments[2:4] / (moments[2] + measured_variance)
    moments[:2] += gains * surprise
    moments[4] -= gains[1] * moments[3]
    moments[2:4] -= gains * moments[2]
