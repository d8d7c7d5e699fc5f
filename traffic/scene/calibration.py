"""From points in the image to positions on the road, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array
from traffic.geometry import BoolArray, Homography
from traffic.scene.settings import RoadSettings, as_points


@dataclass(frozen=True, slots=True, eq=False)
class RoadPositions:
    """Positions on the road plane, n of them.

    Attributes:
        metres: (n, 2), x across the road and y along it; NaN at or beyond the horizon.
        covariance: (n, 2, 2) square metres; NaN at or beyond the horizon.
        usable: (n,) near enough to measure with.
    """

    metres: Float64Array
    covariance: Float64Array
    usable: BoolArray


class Calibration:
    """The road plane of one camera."""

    def __init__(self, road: RoadSettings) -> None:
        self._road = road
        self.homography = Homography.fit(as_points(road.image_points), as_points(road.ground_points_m))

    @property
    def scale_error(self) -> float:
        """One standard deviation of the lengths, as a share."""
        return self._road.scale_error

    @property
    def residuals_m(self) -> Float64Array:
        """How far each image point lands from its ground point, metres, (n,); zeros where there are only 4 pairs."""
        landed = self.homography.to_ground(as_points(self._road.image_points))
        distances: Float64Array = np.linalg.norm(landed - as_points(self._road.ground_points_m), axis=1)
        return distances

    def share_at_height(self, height_m: float) -> float:
        """Lengths at a height above the road, as a share of what `locate` says of them; 1 for an unknown camera height.

        A point at height h is seen where the line of sight meets the road, (H / (H - h)) times as far from the foot of
        a camera at height H: by similar triangles every length there is told too long by that factor.
        """
        camera_height_m = self._road.camera_height_m
        return 1.0 if camera_height_m is None else 1.0 - height_m / camera_height_m

    def locate(self, points: Float64Array) -> RoadPositions:
        """Where on the road the points (n, 2) of the image lie."""
        covariance = self.homography.ground_covariance(points, self._road.pixel_sigma_px)
        worst_variance = np.nan_to_num(_larger_eigenvalue(covariance), nan=np.inf)
        usable: BoolArray = worst_variance <= self._road.maximum_position_error_m**2
        return RoadPositions(self.homography.to_ground(points), covariance, usable)


def _larger_eigenvalue(covariance: Float64Array) -> Float64Array:
    """Of symmetric matrices (n, 2, 2), (n,)."""
    a, b, d = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    return (a + d) / 2 + np.hypot((a - d) / 2, b)
