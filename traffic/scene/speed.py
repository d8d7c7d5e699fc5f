"""Speed: a constant velocity fitted to where a vehicle met the road.

The ground points of the boxes go through the homography; each carries the covariance that the pixel noise has there.
x(t) = x0 + vx t and y(t) = y0 + vy t are fitted by generalised least squares, reweighted after Huber ("Robust
Statistics", 1981, ch. 7) so that a box that jumped counts little.

The standard error has two parts, added in quadrature. The fit's comes from the residuals along the direction of
travel, by Huber's formula, and is never smaller than what `pixel_sigma_px` promises. Boxes err alike in neighbouring
frames, so its variance is multiplied by (1 + r) / (1 - r), where r is the lag-1 correlation of the residuals (Bartlett
1946), corrected for the bias -(2 + 4 r) / n that the removed trend causes (Marriott and Pope 1954) and held in 0..0.95.
The calibration's is `scale_error` times the speed: metres that are 1 % too long make every speed 1 % too high, and no
residual shows it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from traffic.datatypes import Float64Array, Int64Array, SpeedEstimate, Trajectory
from traffic.geometry import BoolArray, cut_by_border, points_in_polygon
from traffic.scene.calibration import Calibration
from traffic.scene.settings import SceneSettings, SpeedSettings, as_points

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


class SpeedMeter:
    """Measures the speeds of one camera's vehicles; tells none where the scene has no calibration."""

    def __init__(self, scene: SceneSettings) -> None:
        self._settings = scene.speed
        self._calibration = None if scene.road is None else Calibration(scene.road)
        zones = {zone.name: as_points(zone.points) for zone in scene.zones}
        self._zone = None if scene.speed.zone is None else zones[scene.speed.zone]

    def measure(self, trajectory: Trajectory, vehicle_type: str) -> SpeedEstimate | None:
        """The speed over the longest stretch that can be measured, None where it is too short.

        Args:
            trajectory: the vehicle's boxes.
            vehicle_type: one of VEHICLE_CLASSES; tells how high above the road the lower edge of its box lies.
        """
        if self._calibration is None:
            return None
        kept = self._whole_and_inside(trajectory)
        points = trajectory.ground_points[kept]
        told = measured_speed(trajectory.pts_ns[kept], points, self._calibration, self._settings)
        height_m: float = getattr(self._settings.lower_edge_m, vehicle_type)
        return None if told is None else _shortened(told, self._calibration.share_at_height(height_m))

    def _whole_and_inside(self, trajectory: Trajectory) -> BoolArray:
        whole = ~cut_by_border(trajectory.xyxy, trajectory.frame_size, self._settings.border_margin_px)
        return whole if self._zone is None else whole & points_in_polygon(trajectory.ground_points, self._zone)


def measured_speed(
    pts_ns: Int64Array, contact_points: Float64Array, calibration: Calibration, settings: SpeedSettings
) -> SpeedEstimate | None:
    """The speed of a vehicle that met the road at `contact_points` (n, 2) pixels at `pts_ns` (n,).

    Returns:
        None where the stretch is shorter than the settings ask for.
    """
    positions = calibration.locate(contact_points)
    kept = positions.usable
    if np.count_nonzero(kept) < settings.minimum_observations:
        return None
    estimate = _fit(pts_ns[kept], positions.metres[kept], positions.covariance[kept])
    total_error = math.hypot(estimate.standard_error_mps, calibration.scale_error * estimate.speed_mps)
    estimate = replace(estimate, standard_error_mps=total_error)
    duration_s = (estimate.end_pts_ns - estimate.start_pts_ns) / NANOSECONDS
    long_enough = duration_s >= settings.minimum_duration_s and estimate.distance_m >= settings.minimum_length_m
    return estimate if long_enough else None


def _shortened(estimate: SpeedEstimate, share: float) -> SpeedEstimate:
    return replace(
        estimate,
        speed_mps=share * estimate.speed_mps,
        standard_error_mps=share * estimate.standard_error_mps,
        distance_m=share * estimate.distance_m,
    )


def _fit(pts_ns: Int64Array, metres: Float64Array, covariance: Float64Array) -> SpeedEstimate:
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
