"""A pinhole camera on a pole, exact in both directions between the road plane and the image.

World axes, in metres: x across the road to the right, y along the road away from the camera, z up; the pole stands
at y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NEAR_M = 0.5


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it looks.

    `focal_px` is the focal length in pixels, the principal point is the centre of the frame; `pitch_rad` is positive
    downwards, `yaw_rad` positive to the right.
    """

    width: int
    height: int
    focal_px: float
    height_m: float
    pitch_rad: float
    yaw_rad: float = 0.0
    x_m: float = 0.0

    @property
    def position(self) -> Floats:
        """The centre of projection, (3,) metres."""
        return np.array([self.x_m, 0.0, self.height_m])

    def rotation(self) -> Floats:
        """World to camera, (3, 3): rows are right, down and forward."""
        cos_p, sin_p = np.cos(self.pitch_rad), np.sin(self.pitch_rad)
        cos_y, sin_y = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        forward = np.array([sin_y * cos_p, cos_y * cos_p, -sin_p])
        right = np.array([cos_y, -sin_y, 0.0])
        return np.stack([right, np.cross(forward, right), forward])

    def intrinsics(self) -> Floats:
        """The calibration matrix K, (3, 3)."""
        return np.array([[self.focal_px, 0.0, self.width / 2], [0.0, self.focal_px, self.height / 2], [0.0, 0.0, 1.0]])

    def to_camera(self, points: Floats) -> Floats:
        """World points (n, 3) in the camera's axes (right, down, forward), metres."""
        moved: Floats = (points - self.position) @ self.rotation().T
        return moved

    def to_pixels(self, in_camera: Floats) -> Floats:
        """Points (n, 3) in the camera's axes, all in front of it, as pixels (n, 2)."""
        scale = self.focal_px / in_camera[:, 2:3]
        pixels: Floats = in_camera[:, :2] * scale + np.array([self.width / 2, self.height / 2])
        return pixels

    def project(self, points: Floats) -> Floats:
        """World points (n, 3), all in front of the camera, as pixels (n, 2)."""
        return self.to_pixels(self.to_camera(points))

    def ground_to_image(self) -> Floats:
        """The homography of the road plane z = 0: metres (x, y, 1) to pixels, (3, 3), last element 1."""
        rotation = self.rotation()
        columns = np.column_stack([rotation[:, 0], rotation[:, 1], -rotation @ self.position])
        matrix = self.intrinsics() @ columns
        scaled: Floats = matrix / matrix[2, 2]
        return scaled

    def ground_pixels(self, points: Floats) -> Floats:
        """Road points (n, 2) metres as pixels (n, 2)."""
        return self.project(np.column_stack([points, np.zeros(len(points))]))

    def ground_metres(self, pixels: Floats) -> Floats:
        """Pixels (n, 2) below the horizon as road points (n, 2) metres."""
        homogeneous = np.column_stack([pixels, np.ones(len(pixels))]) @ np.linalg.inv(self.ground_to_image()).T
        metres: Floats = homogeneous[:, :2] / homogeneous[:, 2:3]
        return metres

    def horizon_y(self) -> float:
        """The image row of the horizon, pixels; it may lie outside the frame."""
        return float(self.height / 2 - self.focal_px * np.tan(self.pitch_rad))

    def scaled(self, factor: int) -> Camera:
        """The same view with `factor` times as many pixels a side."""
        return replace(self, width=self.width * factor, height=self.height * factor, focal_px=self.focal_px * factor)


def clip_near(polygon: Floats, near_m: float = NEAR_M) -> Floats:
    """The part of a polygon (n, 3) in camera axes that lies beyond the near plane, (m, 3); Sutherland and Hodgman
    1974.
    """
    kept: list[Floats] = []
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if start[2] >= near_m:
            kept.append(start)
        if (start[2] >= near_m) != (end[2] >= near_m):
            kept.append(start + (end - start) * ((near_m - start[2]) / (end[2] - start[2])))
    return np.array(kept).reshape(-1, 3)
