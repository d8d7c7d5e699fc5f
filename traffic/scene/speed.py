"""Speed: how fast a vehicle drove over the road, from where its boxes met it.

The ground points of the boxes go through the homography; each carries the covariance that the pixel noise has there. A
path is cut where the vehicle was out of sight or could not be measured (see `stretches`), and the longest stretch is
told: by a constant velocity (see `constant_velocity`).

The standard error has three parts, added in quadrature: the fit's; the calibration's, which is `scale_error` times the
speed: metres that are 1 % too long make every speed 1 % too high, and no residual shows it; and, where no single speed
describes the stretch (see `steadiness`: a stop, strong braking, another vehicle's boxes), how far the speed of a part
departs from the fitted one beyond noise. The distance is then that between the two ends, not speed times duration.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from traffic.datatypes import Float64Array, Int64Array, SpeedEstimate, Trajectory
from traffic.geometry import BoolArray, cut_by_border, points_in_polygon
from traffic.scene.calibration import Calibration
from traffic.scene.constant_velocity import constant_velocity
from traffic.scene.settings import SceneSettings, SpeedSettings, as_points
from traffic.scene.steadiness import Line, covered_m, unsteadiness_mps
from traffic.scene.stretches import stretches

NANOSECONDS = 1e9


class SpeedMeter:
    """Measures the speeds of one camera's vehicles; tells none where the scene has no calibration."""

    def __init__(self, scene: SceneSettings) -> None:
        self._settings = scene.speed
        self._calibration = None if scene.road is None else Calibration(scene.road)
        zones = {zone.name: as_points(zone.points) for zone in scene.zones}
        self._zone = None if scene.speed.zone is None else zones[scene.speed.zone]

    def measure(self, trajectory: Trajectory, vehicle_type: str) -> SpeedEstimate | None:
        """The speed over the longest stretch that can be measured, None where all are too short.

        A vehicle that stopped or braked hard within the stretch is told a speed with a standard error as large as
        the change, so that no rule holds it against the vehicle.

        Args:
            trajectory: the vehicle's boxes.
            vehicle_type: one of VEHICLE_TYPES; tells how high above the road the lower edge of its box lies.
        """
        if self._calibration is None:
            return None
        kept = self._whole_and_inside(trajectory)
        told = measured_speed(
            trajectory.pts_ns, trajectory.ground_points, self._calibration, self._settings, measurable=kept
        )
        height_m: float = getattr(self._settings.lower_edge_m, vehicle_type)
        return None if told is None else _shortened(told, self._calibration.share_at_height(height_m))

    def _whole_and_inside(self, trajectory: Trajectory) -> BoolArray:
        whole = ~cut_by_border(trajectory.xyxy, trajectory.frame_size, self._settings.border_margin_px)
        return whole if self._zone is None else whole & points_in_polygon(trajectory.ground_points, self._zone)


def measured_speed(
    pts_ns: Int64Array,
    contact_points: Float64Array,
    calibration: Calibration,
    settings: SpeedSettings,
    *,
    measurable: BoolArray | None = None,
) -> SpeedEstimate | None:
    """The speed of a vehicle that met the road at `contact_points` (n, 2) pixels at `pts_ns` (n,).

    Args:
        pts_ns: when the vehicle was seen.
        contact_points: where.
        calibration: the road plane; points too far away for it are left out.
        settings: what a stretch must have.
        measurable: which observations count, (n,); all if none is given.

    Returns:
        The longest stretch's; None where every stretch is shorter than the settings ask for.
    """
    positions = calibration.locate(contact_points)
    kept = positions.usable if measurable is None else positions.usable & measurable
    told = [
        _stretch_speed(pts_ns[stretch], positions.metres[stretch], positions.covariance[stretch], calibration)
        for stretch in stretches(pts_ns, kept)
        if len(stretch) >= settings.minimum_observations
    ]
    return max((each for each in told if _is_long_enough(each, settings)), key=_distance, default=None)


def _distance(estimate: SpeedEstimate) -> float:
    return estimate.distance_m


def _is_long_enough(estimate: SpeedEstimate, settings: SpeedSettings) -> bool:
    """By the distance between its ends and by the fit's, which are two where the speed is unsteady."""
    duration_s = (estimate.end_pts_ns - estimate.start_pts_ns) / NANOSECONDS
    length_m = min(estimate.distance_m, estimate.speed_mps * duration_s)
    return duration_s >= settings.minimum_duration_s and length_m >= settings.minimum_length_m


def _stretch_speed(
    pts_ns: Int64Array, metres: Float64Array, covariance: Float64Array, calibration: Calibration
) -> SpeedEstimate:
    fitted = constant_velocity(pts_ns, metres, covariance)
    heading = _unit_vector(fitted.heading_deg)
    sigma = np.sqrt(np.einsum("i,nij,j->n", heading, covariance, heading))
    line = Line((pts_ns - pts_ns[0]) / NANOSECONDS, metres @ heading, sigma)
    departure_mps = unsteadiness_mps(line, fitted.speed_mps)
    distance_m = fitted.distance_m if departure_mps == 0 else covered_m(line)
    error = math.hypot(fitted.standard_error_mps, calibration.scale_error * fitted.speed_mps, departure_mps)
    return replace(fitted, standard_error_mps=error, distance_m=distance_m)


def _unit_vector(heading_deg: float) -> Float64Array:
    """(2,), see SpeedEstimate.heading_deg."""
    return np.array([math.sin(math.radians(heading_deg)), math.cos(math.radians(heading_deg))])


def _shortened(estimate: SpeedEstimate, share: float) -> SpeedEstimate:
    return replace(
        estimate,
        speed_mps=share * estimate.speed_mps,
        standard_error_mps=share * estimate.standard_error_mps,
        distance_m=share * estimate.distance_m,
    )
