"""A constant velocity fitted to positions on the road.

x(t) = x0 + vx t and y(t) = y0 + vy t are fitted by generalised least squares, reweighted after Huber ("Robust
Statistics", 1981, ch. 7) so that a box that jumped counts little.

The standard error comes from the residuals along the direction of travel, by Huber's formula, and is never smaller than
what the covariances promise. Boxes err alike in neighbouring frames, so its variance is multiplied by
(1 + r) / (1 - r), where r is the lag-1 correlation of the residuals (Bartlett 1946), corrected for the bias
-(2 + 4 r) / n that the removed trend causes (Marriott and Pope 1954) and held in 0..0.95.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array, Int64Array, SpeedEstimate

NANOSECONDS = 1e9
HUBER = 1.345
"""Residuals beyond this many scales count with less weight: 95 % efficient where there is no outlier."""
ROUNDS = 20
"""Reweightings; the weights stand still long before."""
LARGEST_CORRELATION = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """Seconds (n,) from their mean, metres (n, 2), information = inverse covariance (n, 2, 2) and weights (n,)."""

    seconds: Float64Array
    metres: Float64Array
    information: Float64Array
    weights: Float64Array


def constant_velocity(pts_ns: Int64Array, metres: Float64Array, covariance: Float64Array) -> SpeedEstimate:
    """The velocity of a vehicle that was at `metres` (n, 2), known to `covariance` (n, 2, 2), at `pts_ns` (n,), n > 2.

    The standard error is the fit's alone.
    """
    seconds = (pts_ns - pts_ns[0]) / NANOSECONDS
    information = np.linalg.inv(covariance).astype(np.float64)
    path = _Path(seconds - seconds.mean(), metres, information, np.ones(len(seconds)))
    for _ in range(ROUNDS):
        path = _Path(path.seconds, path.metres, path.information, _huber_weights(path, _solve(path)))
    velocity = _solve(path)[2:]
    speed = float(np.hypot(*velocity))
    return SpeedEstimate(
        speed_mps=speed,
        standard_error_mps=_standard_error(path, _solve(path)),
        heading_deg=math.degrees(math.atan2(velocity[0], velocity[1])),
        distance_m=speed * float(seconds[-1]),
        start_pts_ns=int(pts_ns[0]),
        end_pts_ns=int(pts_ns[-1]),
    )


def _normal_matrix(path: _Path, weights: Float64Array) -> Float64Array:
    """(4, 4) for the unknowns x0, y0, vx, vy."""
    by_power = [np.einsum("n,nij->ij", weights * path.seconds**power, path.information) for power in range(3)]
    matrix: Float64Array = np.block([[by_power[0], by_power[1]], [by_power[1], by_power[2]]])
    return matrix


def _solve(path: _Path) -> Float64Array:
    """The weighted least squares x0, y0, vx, vy."""
    pulled = np.einsum("n,nij,nj->ni", path.weights, path.information, path.metres)
    right = np.concatenate([pulled.sum(axis=0), (path.seconds[:, None] * pulled).sum(axis=0)])
    solution: Float64Array = np.linalg.solve(_normal_matrix(path, path.weights), right)
    return solution


def _residuals(path: _Path, solution: Float64Array) -> Float64Array:
    return path.metres - solution[:2] - path.seconds[:, None] * solution[2:]


def _huber_weights(path: _Path, solution: Float64Array) -> Float64Array:
    residuals = _residuals(path, solution)
    lengths = np.sqrt(np.einsum("ni,nij,nj->n", residuals, path.information, residuals))
    scale = max(float(np.median(lengths)) / math.sqrt(2 * math.log(2)), 1e-9)
    weights: Float64Array = np.minimum(1.0, HUBER * scale / np.maximum(lengths, 1e-12))
    return weights


def _standard_error(path: _Path, solution: Float64Array) -> float:
    heading = solution[2:] / max(float(np.hypot(*solution[2:])), 1e-12)
    along = np.sqrt(np.einsum("i,nij,j->n", heading, path.information, heading)) * (
        _residuals(path, solution) @ heading
    )
    influence = path.weights * along
    undamped = max(float((path.weights == 1.0).mean()), 0.5)
    residual_variance = float(influence @ influence) / (len(along) - 2) / undamped**2
    promised = np.linalg.inv(_normal_matrix(path, np.ones_like(along)))[2:, 2:]
    variance = float(heading @ promised @ heading) * max(residual_variance, 1.0) * _inflation(influence)
    return math.sqrt(variance)


def _inflation(residuals: Float64Array) -> float:
    """How much correlation between neighbouring residuals (n,) widens the variance of a slope, >= 1."""
    n, energy = len(residuals), float(residuals @ residuals)
    lag_1 = float(residuals[1:] @ residuals[:-1]) / energy if energy > 0 else 0.0
    unbiased = lag_1 + (2 + 4 * lag_1) / n
    correlation = min(max(unbiased, 0.0), LARGEST_CORRELATION)
    return (1 + correlation) / (1 - correlation)
