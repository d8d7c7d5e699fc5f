"""A batch Kalman filter with constant velocity, right at any frame rate.

Every coordinate of every track is a filter of its own with the state (position, velocity), so a covariance is a
symmetric 2x2 block and no matrix is ever inverted. All of them live in one array, `Moments`: float64 (5, n, c) for n
tracks with c coordinates; its planes are position, velocity, variance of the position, covariance of both, variance
of the velocity. The functions are pure: they return new moments.

The process noise is white noise acceleration in continuous time (Bar-Shalom, Li, Kirubarajan, Estimation with
Applications to Tracking and Navigation, 2001, section 6.2.2): predicting twice over dt/2 equals predicting
once over dt.
"""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float64Array

Moments = Float64Array


def start(position: Float64Array, position_variance: Float64Array, velocity_variance: Float64Array) -> Moments:
    """Tracks at rest with unknown velocity; all arguments (n, c).

    Args:
        position: the first measurement, in any unit u.
        position_variance: u².
        velocity_variance: (u/s)², how fast a thing may be that was seen once.
    """
    nothing = np.zeros_like(position)
    return np.stack([position, nothing, position_variance, nothing, velocity_variance])


def predict(moments: Moments, dt_s: float, acceleration_density: Float64Array) -> Moments:
    """The state `dt_s` seconds later.

    Args:
        moments: (5, n, c).
        dt_s: seconds, >= 0.
        acceleration_density: (n, c) or broadcast to it, spectral density of the acceleration noise in u²/s³.
    """
    position, velocity, variance, covariance, velocity_variance = moments
    gained = acceleration_density * dt_s
    later = np.empty_like(moments)
    later[0] = position + dt_s * velocity
    later[1] = velocity
    later[2] = variance + dt_s * (2 * covariance + dt_s * (velocity_variance + gained / 3))
    later[3] = covariance + dt_s * (velocity_variance + gained / 2)
    later[4] = velocity_variance + gained
    return later


def correct(moments: Moments, measured: Float64Array, measured_variance: Float64Array) -> Moments:
    """The state after one measurement of every track's positions.

    Args:
        moments: (5, n, c).
        measured: (n, c) in u.
        measured_variance: (n, c) in u², positive.
    """
    position, velocity, variance, covariance, velocity_variance = moments
    total = variance + measured_variance
    gain = variance / total
    velocity_gain = covariance / total
    surprise = measured - position
    corrected = np.empty_like(moments)
    corrected[0] = position + gain * surprise
    corrected[1] = velocity + velocity_gain * surprise
    corrected[2] = gain * measured_variance
    corrected[3] = velocity_gain * measured_variance
    corrected[4] = velocity_variance - velocity_gain * covariance
    return corrected
